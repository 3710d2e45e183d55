#include "neuralake/serve/pgwire/messages.h"

#include <fmt/format.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgwire/reader.h"

namespace neuralake::serve {
namespace {

constexpr std::int32_t kSslCode = 80877103;
constexpr std::int32_t kGssCode = 80877104;
constexpr std::int32_t kCancelCode = 80877102;
constexpr std::size_t kKeyBytesMax = 256;

std::unexpected<Error> Violation(std::string what) {
  return Fail(ErrorKind::kInvalid, "protocol violation: " + std::move(what));
}

Result<PgStartup> ParseStartup(std::int32_t version, PgReader& reader) {
  if (version >> 16 != 3) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("protocol {}.{} is not spoken here; 3.0 to 3.2 are", version >> 16,
                            version & 0xFFFF));
  }
  PgStartup startup;
  startup.minor = version & 0xFFFF;
  while (true) {
    const std::string_view name = TRY(reader.Text());
    if (name.empty()) break;
    const std::string_view value = TRY(reader.Text());
    if (name.starts_with("_pq_.")) {
      startup.unknown_options.emplace_back(name);
    } else {
      startup.parameters[std::string(name)] = value;
    }
  }
  TRY(reader.End());
  return startup;
}

Result<std::vector<std::int16_t>> ParseFormats(PgReader& reader) {
  std::vector<std::int16_t> formats(TRY(reader.Count(2)));
  for (std::int16_t& format : formats) {
    format = TRY(reader.Int16());
    if (format != 0 && format != 1) return Violation(fmt::format("no format {}", format));
  }
  return formats;
}

Result<PgParse> ParseParse(PgReader& reader) {
  PgParse message;
  message.name = TRY(reader.Text());
  message.sql = TRY(reader.Text());
  message.types.resize(TRY(reader.Count(4)));
  for (std::uint32_t& type : message.types) type = static_cast<std::uint32_t>(TRY(reader.Int32()));
  return message;
}

Result<PgBind> ParseBind(PgReader& reader) {
  PgBind message;
  message.portal = TRY(reader.Text());
  message.statement = TRY(reader.Text());
  message.parameter_formats = TRY(ParseFormats(reader));
  message.parameters.resize(TRY(reader.Count(4)));
  for (auto& parameter : message.parameters) parameter = TRY(reader.Value());
  message.result_formats = TRY(ParseFormats(reader));
  const std::size_t formats = message.parameter_formats.size();
  if (formats > 1 && formats != message.parameters.size()) {
    return Violation(
        fmt::format("{} formats for {} parameters", formats, message.parameters.size()));
  }
  return message;
}

/// `S` or `P`, then a name: the body of Describe and Close.
template <class Message>
Result<Message> ParseNamed(PgReader& reader) {
  Message message;
  message.what = static_cast<char>(TRY(reader.Byte()));
  if (message.what != 'S' && message.what != 'P') {
    return Violation("neither a statement nor a portal is named");
  }
  message.name = TRY(reader.Text());
  return message;
}

Result<PgExecute> ParseExecute(PgReader& reader) {
  PgExecute message;
  message.portal = TRY(reader.Text());
  message.rows_max = TRY(reader.Int32());
  return message;
}

Result<PgMessage> ParseBody(char type, PgReader& reader) {
  switch (type) {
    case 'Q':
      return PgQuery{TRY(reader.Text())};
    case 'P':
      return TRY(ParseParse(reader));
    case 'B':
      return TRY(ParseBind(reader));
    case 'D':
      return TRY(ParseNamed<PgDescribe>(reader));
    case 'E':
      return TRY(ParseExecute(reader));
    case 'C':
      return TRY(ParseNamed<PgClose>(reader));
    case 'S':
      return PgSync{};
    case 'H':
      return PgFlush{};
    case 'X':
      return PgTerminate{};
    default:
      return Violation(fmt::format("no message of type 0x{:02x} is expected here",
                                   static_cast<unsigned char>(type)));
  }
}

}  // namespace

Result<PgFirstMessage> ParseFirstMessage(std::string_view body) {
  PgReader reader(body);
  const std::int32_t code = TRY(reader.Int32());
  if (code == kSslCode || code == kGssCode) {
    TRY(reader.End());
    return code == kSslCode ? PgFirstMessage(PgSslRequest{}) : PgFirstMessage(PgGssRequest{});
  }
  if (code == kCancelCode) {
    PgCancelRequest cancel;
    cancel.process = TRY(reader.Int32());
    cancel.key = reader.rest();
    if (cancel.key.size() < 4 || cancel.key.size() > kKeyBytesMax) {
      return Violation("a cancel key has 4 to 256 bytes");
    }
    return cancel;
  }
  return TRY(ParseStartup(code, reader));
}

Result<PgMessage> ParseMessage(char type, std::string_view body) {
  if (type == 'd' || type == 'c' || type == 'f') return PgIgnored{};
  PgReader reader(body);
  PgMessage message = TRY(ParseBody(type, reader));
  TRY(reader.End());
  return message;
}

std::int16_t FormatAt(const std::vector<std::int16_t>& formats, std::size_t index) {
  if (formats.empty()) return 0;
  return formats.size() == 1 ? formats[0] : formats.at(index);
}

}  // namespace neuralake::serve
