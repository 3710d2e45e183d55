#include "neuralake/verify/vector/deletion_vector.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <zlib.h>

#include "neuralake/base/uri.h"
#include "neuralake/verify/limits.h"
#include "neuralake/verify/vector/bitmap.h"
#include "neuralake/verify/vector/z85.h"

namespace neuralake::verify {
namespace {

constexpr std::uint32_t kMagic = 1681511377;
constexpr char kFileVersion = 1;
constexpr std::size_t kUuidText = 20;
constexpr std::int64_t kVectorBytesMax = std::int64_t{1} << 30;

std::uint32_t BigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string UuidText(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return text;
}

class VectorCheck {
 public:
  VectorCheck(const FileAction& file, std::optional<std::int64_t> num_rows, bool keep,
              FilePlaces& places, const Place& place, Findings& findings, const Deadline& deadline)
      : vector_(*file.vector),
        num_rows_(num_rows),
        keep_(keep),
        places_(places),
        place_(place),
        findings_(findings),
        deadline_(deadline) {}

  Result<DeletedRows> Run() {
    const auto bytes = TRY(ReadBytes());
    if (!bytes) return DeletedRows();
    return Decode(*bytes);
  }

 private:
  void Add(Rule rule, std::string message) { findings_.Add(rule, place_, std::move(message)); }

  /// The place of the vector's file; nothing, and a finding, when the descriptor has none.
  std::optional<std::string> FileName() {
    if (vector_.storage == "p") return PercentDecode(vector_.path);
    if (vector_.path.size() < kUuidText) {
      Add(Rule::kVectorDescriptor, Quoted(vector_.path) + " is too short for a UUID");
      return std::nullopt;
    }
    const std::string prefix = vector_.path.substr(0, vector_.path.size() - kUuidText);
    const auto uuid = DecodeZ85(std::string_view(vector_.path).substr(prefix.size()));
    if (!uuid) {
      Add(Rule::kVectorDescriptor, Quoted(vector_.path) + " does not end in a UUID");
      return std::nullopt;
    }
    return (prefix.empty() ? "" : prefix + "/") + "deletion_vector_" + UuidText(*uuid) + ".bin";
  }

  Result<std::optional<std::string>> ReadBytes() {
    if (vector_.storage == "i") return Inline();
    if (vector_.storage != "u" && vector_.storage != "p") {
      Add(Rule::kVectorDescriptor, "unknown storage type " + Quoted(vector_.storage));
      return std::nullopt;
    }
    if (vector_.size < 0 || vector_.size > kVectorBytesMax || vector_.offset.value_or(0) < 0) {
      Add(Rule::kVectorDescriptor,
          fmt::format("{} bytes at {}", vector_.size, vector_.offset.value_or(0)));
      return std::nullopt;
    }
    const auto name = FileName();
    if (!name) return std::nullopt;
    auto found = places_.Find(*name);
    if (!found) {
      Add(Rule::kVectorDescriptor, found.error().message);
      return std::nullopt;
    }
    return FromFile(*found, *name);
  }

  std::optional<std::string> Inline() {
    auto bytes = DecodeZ85(vector_.path);
    if (!bytes) {
      Add(Rule::kVectorDescriptor, "the inline vector is no Z85");
      return std::nullopt;
    }
    const auto size = static_cast<std::int64_t>(bytes->size());
    if (vector_.offset) Add(Rule::kVectorDescriptor, "an inline vector has an offset");
    // The text has whole groups of four bytes: what is behind the size is padding.
    if (vector_.size < 0 || vector_.size > size || size - vector_.size >= 4) {
      Add(Rule::kVectorChecksum,
          fmt::format("the inline vector has {} bytes and not {}", size, vector_.size));
      return std::nullopt;
    }
    bytes->resize(static_cast<std::size_t>(vector_.size));
    return bytes;
  }

  /// \returns nothing, and a finding, when they are not there
  Result<std::optional<std::string>> Range(const FilePlace& at, const std::string& name,
                                           std::uint64_t offset, std::uint64_t length) {
    auto bytes = at.store->ReadRange(at.key, offset, length, deadline_);
    if (!bytes && (bytes.error().kind == ErrorKind::kNotFound || !at.is_own)) {
      Add(Rule::kVectorRead, fmt::format("{}: {}", Quoted(name), bytes.error().message));
      return std::nullopt;
    }
    if (!bytes) return std::unexpected(std::move(bytes).error());
    if (bytes->size() < length) {
      Add(Rule::kVectorRead,
          fmt::format("{} ends within the {} bytes at {}", Quoted(name), length, offset));
      return std::nullopt;
    }
    return *std::move(bytes);
  }

  Result<std::optional<std::string>> FromFile(const FilePlace& at, const std::string& name) {
    const auto version = TRY(Range(at, name, 0, 1));
    if (!version) return std::nullopt;
    if ((*version)[0] != kFileVersion) {
      Add(Rule::kVectorFormat,
          fmt::format("{} is of version {}", Quoted(name), static_cast<int>((*version)[0])));
      return std::nullopt;
    }
    // A vector without an offset comes right behind the version.
    const auto offset = static_cast<std::uint64_t>(vector_.offset.value_or(1));
    const auto size = static_cast<std::uint64_t>(vector_.size);
    const auto framed = TRY(Range(at, name, offset, size + 8));
    if (!framed) return std::nullopt;
    const std::string_view view = *framed;
    if (BigEndian(view) != size) {
      Add(Rule::kVectorChecksum, fmt::format("{} has a vector of {} bytes at {} and not of {}",
                                             Quoted(name), BigEndian(view), offset, size));
      return std::nullopt;
    }
    std::string bytes(view.substr(4, size));
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    if (BigEndian(view.substr(4 + size)) != sum) {
      Add(Rule::kVectorChecksum,
          fmt::format("the checksum at {} of {} is {:08x} and not {:08x}", offset, Quoted(name),
                      sum, BigEndian(view.substr(4 + size))));
    }
    return bytes;
  }

  DeletedRows Decode(std::string_view bytes) {
    DeletedRows deleted;
    std::uint32_t magic = 0;
    if (bytes.size() >= sizeof magic) std::memcpy(&magic, bytes.data(), sizeof magic);
    if (magic != kMagic) {
      Add(Rule::kVectorFormat, fmt::format("it begins with {}", magic));
      return deleted;
    }
    const auto rows = static_cast<std::uint64_t>(num_rows_.value_or(0));
    const std::uint64_t kept = keep_ ? std::min(rows, kVectorRowsMax) : 0;
    std::uint64_t greatest = 0;
    const auto count = WalkBitmap(bytes.substr(4), [&](std::uint64_t first, std::uint64_t last) {
      greatest = std::max(greatest, last);
      const std::uint64_t end = std::min(last + 1, kept);
      if (first >= end) return;
      if (deleted.rows.size() < end) deleted.rows.resize(end);
      for (std::uint64_t row = first; row < end; ++row) deleted.rows[row] = true;
    });
    if (!count) {
      Add(Rule::kVectorFormat, count.error().message);
      return deleted;
    }
    if (static_cast<std::int64_t>(*count) != vector_.cardinality) {
      Add(Rule::kVectorCardinality,
          fmt::format("it holds {} rows and not {}", *count, vector_.cardinality));
    }
    if (num_rows_ && *count > 0 && greatest >= rows) {
      Add(Rule::kVectorPosition, fmt::format("it deletes row {} of {}", greatest, rows));
    }
    return deleted;
  }

  const VectorDescriptor& vector_;
  const std::optional<std::int64_t> num_rows_;
  const bool keep_;
  FilePlaces& places_;
  const Place& place_;
  Findings& findings_;
  const Deadline& deadline_;
};

}  // namespace

Result<DeletedRows> CheckVector(const FileAction& file, std::optional<std::int64_t> num_rows,
                                bool keep, FilePlaces& places, const Place& place,
                                Findings& findings, const Deadline& deadline) {
  return VectorCheck(file, num_rows, keep, places, place, findings, deadline).Run();
}

}  // namespace neuralake::verify
