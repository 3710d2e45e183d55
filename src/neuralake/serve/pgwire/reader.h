#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// Takes a message of the Postgres protocol apart; never reads past its end.
///
/// \source PostgreSQL manual, "Message Data Types"
class PgReader {
 public:
  explicit PgReader(std::string_view bytes) : bytes_(bytes) {}

  /// \errors kInvalid  the message ends too early
  Result<std::uint8_t> Byte();
  Result<std::int16_t> Int16();
  Result<std::int32_t> Int32();
  Result<std::int64_t> Int64();

  /// A text up to its zero byte.
  Result<std::string_view> Text();
  Result<std::string_view> Bytes(std::size_t count);

  /// A count of things that take at least `bytes_each` of what is left.
  Result<std::size_t> Count(std::size_t bytes_each);

  /// A value with its length before it; nothing for null.
  Result<std::optional<std::string_view>> Value();

  /// \errors kInvalid  something is left
  Status End() const;
  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace neuralake::serve
