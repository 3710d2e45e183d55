#include "neuralake/delta/roaring_check.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace neuralake::delta {
namespace {

constexpr std::uint32_t kCookieNoRuns = 12346;
constexpr std::uint32_t kCookieRuns = 12347;
constexpr std::uint32_t kContainersMax = 65'536;
constexpr std::uint32_t kNoOffsetsBelow = 4;  // containers, when there are runs
constexpr std::uint32_t kArrayValuesMax = 4096;
constexpr std::size_t kBitsetBytes = 8192;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  bool Take(T& value) {
    if (bytes_.size() - at_ < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return true;
  }

  bool Skip(std::size_t count) {
    if (bytes_.size() - at_ < count) return false;
    at_ += count;
    return true;
  }

  std::size_t at() const { return at_; }
  unsigned char Peek(std::size_t offset) const {
    return static_cast<unsigned char>(bytes_[at_ + offset]);
  }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

struct Container {
  std::uint32_t count;
  bool is_run;
};

bool CheckArray(Reader& reader, std::uint32_t count) {
  int last = -1;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint16_t value = 0;
    if (!reader.Take(value) || static_cast<int>(value) <= last) return false;
    last = value;
  }
  return true;
}

bool CheckBitset(Reader& reader, std::uint32_t count) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < kBitsetBytes / sizeof(std::uint64_t); ++i) {
    std::uint64_t word = 0;
    if (!reader.Take(word)) return false;
    bits += static_cast<std::uint32_t>(std::popcount(word));
  }
  return bits == count;
}

bool CheckRuns(Reader& reader, std::uint32_t count) {
  std::uint16_t runs = 0;
  if (!reader.Take(runs)) return false;
  std::int64_t last = -1;
  std::uint32_t values = 0;
  for (std::uint32_t i = 0; i < runs; ++i) {
    std::uint16_t start = 0;
    std::uint16_t more = 0;
    if (!reader.Take(start) || !reader.Take(more)) return false;
    if (start <= last || std::uint32_t{start} + more > 0xffff) return false;
    last = std::int64_t{start} + more;
    values += std::uint32_t{more} + 1;
  }
  return values == count;
}

/// The head: which containers follow.
bool ReadHead(Reader& reader, std::vector<Container>& containers) {
  std::uint32_t cookie = 0;
  std::uint32_t count = 0;
  if (!reader.Take(cookie)) return false;
  const bool has_runs = (cookie & 0xffff) == kCookieRuns;
  if (has_runs) {
    count = (cookie >> 16) + 1;
  } else if (cookie != kCookieNoRuns || !reader.Take(count)) {
    return false;
  }
  if (count > kContainersMax) return false;
  std::vector<bool> is_run(count, false);
  if (has_runs) {
    const std::size_t bytes = (count + 7) / 8;
    if (reader.left() < bytes) return false;
    for (std::uint32_t i = 0; i < count; ++i) is_run[i] = (reader.Peek(i / 8) >> (i % 8) & 1) != 0;
    reader.Skip(bytes);
  }
  int last_key = -1;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint16_t key = 0;
    std::uint16_t count_less_one = 0;
    if (!reader.Take(key) || !reader.Take(count_less_one)) return false;
    if (static_cast<int>(key) <= last_key) return false;
    last_key = key;
    containers.push_back({std::uint32_t{count_less_one} + 1, is_run[i]});
  }
  // Offsets are for random access; the containers follow in order without gaps.
  const bool has_offsets = !has_runs || count >= kNoOffsetsBelow;
  return !has_offsets || reader.Skip(std::size_t{count} * sizeof(std::uint32_t));
}

}  // namespace

std::size_t SoundBitmapSize(std::string_view bytes) {
  Reader reader(bytes);
  std::vector<Container> containers;
  if (!ReadHead(reader, containers)) return 0;
  for (const auto& [count, is_run] : containers) {
    const bool good = is_run                     ? CheckRuns(reader, count)
                      : count <= kArrayValuesMax ? CheckArray(reader, count)
                                                 : CheckBitset(reader, count);
    if (!good) return 0;
  }
  return reader.at();
}

}  // namespace neuralake::delta
