#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "neuralake/base/error.h"

namespace neuralake::ingest {

/// Appends little-endian numbers and length-prefixed texts to a string: the one encoding of log
/// records, key files and the socket's frames.
class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  template <class T>
    requires std::is_integral_v<T>
  void Number(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.append(bytes, sizeof(T));
  }
  /// A text of up to 4 GiB, its length before it.
  void Text(std::string_view text) {
    Number(static_cast<std::uint32_t>(text.size()));
    out_.append(text);
  }
  /// Bytes without a length: the last part.
  void Rest(std::string_view bytes) { out_.append(bytes); }

 private:
  std::string& out_;
};

/// Reads back what a WireWriter wrote; never past the end.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  /// \errors kCorruption  too few bytes are left
  template <class T>
    requires std::is_integral_v<T>
  Result<T> Number() {
    if (bytes_.size() < sizeof(T)) return Short();
    T value;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_.remove_prefix(sizeof(T));
    return value;
  }
  Result<std::string_view> Text() {
    const auto size = TRY(Number<std::uint32_t>());
    if (bytes_.size() < size) return Short();
    const auto text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  /// All that is left.
  std::string_view Rest() { return std::exchange(bytes_, {}); }
  bool empty() const { return bytes_.empty(); }

 private:
  static std::unexpected<Error> Short() {
    return Fail(ErrorKind::kCorruption, "a record ends before its last field");
  }

  std::string_view bytes_;
};

}  // namespace neuralake::ingest
