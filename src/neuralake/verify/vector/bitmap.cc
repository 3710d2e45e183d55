#include "neuralake/verify/vector/bitmap.h"

#include <bit>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace neuralake::verify {
namespace {

constexpr std::uint32_t kCookieWithRuns = 12347;
constexpr std::uint32_t kCookie = 12346;
constexpr std::uint32_t kContainersMax = 1 << 16;
constexpr std::uint32_t kOffsetsFrom = 4;  ///< Containers from which a form with runs has offsets.
constexpr std::uint32_t kArrayMax = 4096;
constexpr std::size_t kBitsetWords = 1024;

std::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorKind::kCorruption, std::move(message));
}

class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}

  template <class T>
  Result<T> Take() {
    T value{};
    const auto bytes = TRY(Skip(sizeof value));
    std::memcpy(&value, bytes.data(), sizeof value);  // little endian, as the machine is
    return value;
  }
  Result<std::string_view> Skip(std::size_t count) {
    if (rest_.size() < count) return Wrong("the bitmap is cut off");
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

struct Container {
  std::uint16_t key = 0;
  std::uint32_t cardinality = 0;
  bool is_runs = false;
};

Result<std::vector<Container>> ReadHeader(Bytes& bytes) {
  const auto cookie = TRY(bytes.Take<std::uint32_t>());
  std::uint32_t count = 0;
  std::string_view runs;
  if ((cookie & 0xFFFF) == kCookieWithRuns) {
    count = (cookie >> 16) + 1;
    runs = TRY(bytes.Skip((count + 7) / 8));
  } else if (cookie == kCookie) {
    count = TRY(bytes.Take<std::uint32_t>());
  } else {
    return Wrong(fmt::format("the bitmap begins with {}", cookie));
  }
  if (count > kContainersMax) return Wrong(fmt::format("the bitmap claims {} containers", count));
  std::vector<Container> containers;
  for (std::uint32_t i = 0; i < count; ++i) {
    Container container;
    container.key = TRY(bytes.Take<std::uint16_t>());
    container.cardinality = TRY(bytes.Take<std::uint16_t>()) + 1U;
    container.is_runs = !runs.empty() && (static_cast<unsigned char>(runs[i / 8]) >> (i % 8) & 1);
    if (i > 0 && container.key <= containers.back().key) return Wrong("its keys do not ascend");
    containers.push_back(container);
  }
  if (runs.empty() || count >= kOffsetsFrom) TRY(bytes.Skip(4UL * count));
  return containers;
}

Result<std::uint32_t> WalkRuns(Bytes& bytes, std::uint64_t base, const RunVisit& visit) {
  const auto runs = TRY(bytes.Take<std::uint16_t>());
  std::uint32_t found = 0;
  std::int64_t before = -1;
  for (std::uint16_t i = 0; i < runs; ++i) {
    const std::uint32_t first = TRY(bytes.Take<std::uint16_t>());
    const std::uint32_t last = first + TRY(bytes.Take<std::uint16_t>());
    if (first <= before || last > 0xFFFF) return Wrong("its runs do not ascend");
    visit(base + first, base + last);
    found += last - first + 1;
    before = last;
  }
  return found;
}

Result<std::uint32_t> WalkArray(Bytes& bytes, std::uint64_t base, std::uint32_t count,
                                const RunVisit& visit) {
  std::int64_t before = -1;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto value = TRY(bytes.Take<std::uint16_t>());
    if (value <= before) return Wrong("its positions do not ascend");
    visit(base + value, base + value);
    before = value;
  }
  return count;
}

Result<std::uint32_t> WalkBits(Bytes& bytes, std::uint64_t base, const RunVisit& visit) {
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < kBitsetWords; ++i) {
    auto word = TRY(bytes.Take<std::uint64_t>());
    found += static_cast<std::uint32_t>(std::popcount(word));
    for (; word != 0; word &= word - 1) {
      const auto at = base + i * 64 + static_cast<std::uint64_t>(std::countr_zero(word));
      visit(at, at);
    }
  }
  return found;
}

Result<std::uint32_t> WalkContainer(Bytes& bytes, const Container& container, std::uint64_t base,
                                    const RunVisit& visit) {
  if (container.is_runs) return WalkRuns(bytes, base, visit);
  if (container.cardinality > kArrayMax) return WalkBits(bytes, base, visit);
  return WalkArray(bytes, base, container.cardinality, visit);
}

}  // namespace

Result<std::uint64_t> WalkBitmap(std::string_view text, const RunVisit& visit) {
  Bytes bytes(text);
  const auto buckets = TRY(bytes.Take<std::uint64_t>());
  std::uint64_t found = 0;
  std::int64_t before = -1;
  for (std::uint64_t bucket = 0; bucket < buckets; ++bucket) {
    const auto key = TRY(bytes.Take<std::uint32_t>());
    if (key <= before) return Wrong("its buckets do not ascend");
    if (key > INT32_MAX) return Wrong("a bucket has its highest bit set");
    before = key;
    for (const Container& container : TRY(ReadHeader(bytes))) {
      const std::uint64_t base = std::uint64_t{key} << 32 | std::uint64_t{container.key} << 16;
      const auto count = TRY(WalkContainer(bytes, container, base, visit));
      if (count != container.cardinality) {
        return Wrong(
            fmt::format("a container of {} positions claims {}", count, container.cardinality));
      }
      found += count;
    }
  }
  if (bytes.left() != 0) return Wrong(fmt::format("{} bytes follow the bitmap", bytes.left()));
  return found;
}

}  // namespace neuralake::verify
