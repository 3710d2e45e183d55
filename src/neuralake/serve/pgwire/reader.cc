#include "neuralake/serve/pgwire/reader.h"

namespace neuralake::serve {
namespace {

std::unexpected<Error> TooShort() {
  return Fail(ErrorKind::kInvalid, "protocol violation: a message ends before its last field");
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

Result<std::string_view> PgReader::Bytes(std::size_t count) {
  if (bytes_.size() < count) return TooShort();
  const std::string_view taken = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return taken;
}

Result<std::uint8_t> PgReader::Byte() {
  return static_cast<std::uint8_t>(BigEndian(TRY(Bytes(1))));
}

Result<std::int16_t> PgReader::Int16() {
  return static_cast<std::int16_t>(BigEndian(TRY(Bytes(2))));
}

Result<std::int32_t> PgReader::Int32() {
  return static_cast<std::int32_t>(BigEndian(TRY(Bytes(4))));
}

Result<std::int64_t> PgReader::Int64() {
  return static_cast<std::int64_t>(BigEndian(TRY(Bytes(8))));
}

Result<std::string_view> PgReader::Text() {
  const auto end = bytes_.find('\0');
  if (end == std::string_view::npos) return TooShort();
  const std::string_view text = bytes_.substr(0, end);
  bytes_.remove_prefix(end + 1);
  return text;
}

Result<std::size_t> PgReader::Count(std::size_t bytes_each) {
  const auto count = static_cast<std::uint16_t>(TRY(Int16()));
  if (count * bytes_each > bytes_.size()) return TooShort();
  return count;
}

Result<std::optional<std::string_view>> PgReader::Value() {
  const std::int32_t size = TRY(Int32());
  if (size == -1) return std::optional<std::string_view>();
  if (size < 0) return TooShort();
  return std::optional(TRY(Bytes(static_cast<std::size_t>(size))));
}

Status PgReader::End() const {
  if (bytes_.empty()) return {};
  return Fail(ErrorKind::kInvalid, "protocol violation: a message goes on after its last field");
}

}  // namespace neuralake::serve
