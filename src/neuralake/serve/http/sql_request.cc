#include "neuralake/serve/http/sql_request.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "neuralake/query/limits.h"
#include "neuralake/serve/format/utf8.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

using columnar::TypeId;
using columnar::Value;
using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::uint64_t kCountMax = std::numeric_limits<std::int64_t>::max();

Value Make(TypeId id, decltype(Value::data) data) {
  return {columnar::DataType{id, 0, 0, {}}, std::move(data)};
}

Result<Value> ParameterValue(element json, std::string_view name) {
  switch (json.type()) {
    case element_type::NULL_VALUE:
      return Make(TypeId::kVoid, {});
    case element_type::BOOL:
      return Make(TypeId::kBoolean, bool(json));
    case element_type::INT64:
      return Make(TypeId::kLong, std::int64_t(json));
    case element_type::DOUBLE:
      return Make(TypeId::kDouble, double(json));
    case element_type::STRING:
      return Make(TypeId::kString, std::string(std::string_view(json)));
    case element_type::UINT64:
      return Fail(
          ErrorKind::kInvalid,
          fmt::format("parameter {} is beyond 2^63-1; send it as a string and CAST it", name));
    default:
      return Fail(ErrorKind::kInvalid,
                  fmt::format("parameter {} is an array or an object; only single values can be "
                              "parameters",
                              name));
  }
}

Status ReadParameters(element json, engine::Statement& statement) {
  if (json.is_array()) {
    for (const element item : simdjson::dom::array(json)) {
      const std::string name = fmt::format("${}", statement.positional.size() + 1);
      statement.positional.push_back(TRY(ParameterValue(item, name)));
    }
  } else if (json.is_object()) {
    for (const auto& [key, item] : simdjson::dom::object(json)) {
      statement.named[std::string(key)] = TRY(ParameterValue(item, key));
    }
  } else if (!json.is_null()) {
    return Fail(ErrorKind::kInvalid, "params is neither a list nor an object");
  }
  if (statement.positional.size() + statement.named.size() > kParametersMax) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("there are more than {} parameters", kParametersMax));
  }
  return {};
}

Result<std::string> Text(element json, std::string_view name) {
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is not a string", name));
  }
  return std::string(text);
}

Result<std::uint64_t> Count(element json, std::string_view name) {
  std::int64_t count = 0;
  if (json.get(count) != simdjson::SUCCESS || count < 1) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is not a whole number from 1 up", name));
  }
  return static_cast<std::uint64_t>(count);
}

/// What both forms of a body are read into before defaults are applied.
struct Draft {
  SqlAsk ask;
  std::optional<std::string> format;
  std::set<std::string, std::less<>> given;  ///< Names, wherever they stood.

  /// Note that `name` was given.
  /// \errors kInvalid  for the second time: nobody could tell which one is meant
  Status Once(std::string_view name) {
    if (given.emplace(name).second) return {};
    return Fail(ErrorKind::kInvalid, fmt::format("{} is given twice", name));
  }
};

Status ReadMember(std::string_view key, element json, Draft& draft) {
  TRY(draft.Once(key));
  if (key == "sql") {
    draft.ask.statement.sql = TRY(Text(json, key));
  } else if (key == "params") {
    TRY(ReadParameters(json, draft.ask.statement));
  } else if (key == "format") {
    if (!json.is_null()) draft.format = TRY(Text(json, key));
  } else if (key == "limit") {
    if (!json.is_null()) draft.ask.limit = TRY(Count(json, key));
  } else if (key == "timeout_ms") {
    if (!json.is_null()) {
      draft.ask.timeout = std::chrono::milliseconds(TRY(Count(json, key)));
    }
  } else {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("no member {} here; there are sql, params, limit, timeout_ms, format", key));
  }
  return {};
}

Status ReadTarget(const Target& target, Draft& draft) {
  for (const auto& [name, value] : target.parameters) {
    TRY(draft.Once(name));
    if (name == "format") {
      draft.format = value;
    } else if (name == "limit") {
      draft.ask.limit = TRY(ParseCount(name, value, kCountMax));
    } else if (name == "timeout_ms") {
      draft.ask.timeout = std::chrono::milliseconds(TRY(ParseCount(name, value, kCountMax)));
    } else {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("no parameter {} here; there are limit, timeout_ms, format", name));
    }
  }
  return {};
}

// No statement begins with a brace or a bracket, so people need not name the type of their body.
bool LooksLikeJson(const HttpRequest& request) {
  constexpr std::string_view kJson = "application/json";
  const auto type = request.content_type.substr(0, kJson.size());
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (std::ranges::equal(type, kJson, {}, lower)) return true;
  const auto first = request.body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos &&
         (request.body[first] == '{' || request.body[first] == '[');
}

/// What is no text would end the statement early, or its error be no JSON.
Status CheckText(std::string_view text, std::string_view what) {
  const std::size_t valid = std::min(Utf8Prefix(text), text.find('\0'));
  if (valid >= text.size()) return {};
  const auto byte = static_cast<unsigned char>(text[valid]);
  return Fail(ErrorKind::kInvalid,
              fmt::format("{} holds {} 0x{:02x} at byte {}", what,
                          byte == 0 ? "the byte" : "no UTF-8 but", byte, valid));
}

}  // namespace

struct SqlRequestReader::Parser {
  simdjson::dom::parser json;
};

SqlRequestReader::SqlRequestReader() : parser_(std::make_unique<Parser>()) {}
SqlRequestReader::~SqlRequestReader() = default;

Result<SqlAsk> SqlRequestReader::Read(const HttpRequest& request, const Target& target) {
  Draft draft;
  TRY(ReadTarget(target, draft));
  TRY(CheckText(request.body, "the body"));
  if (LooksLikeJson(request)) {
    element whole;
    const auto error = parser_->json.parse(request.body).get(whole);
    if (error != simdjson::SUCCESS) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("the body is not a JSON object: {}", simdjson::error_message(error)));
    }
    simdjson::dom::object object;
    if (whole.get(object) != simdjson::SUCCESS) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("the body is a JSON {}, not an object such as {}",
                              whole.is_array() ? "list" : "value", R"({"sql": "SELECT 1"})"));
    }
    for (const auto& [key, value] : object) TRY(ReadMember(key, value, draft));
  } else {
    draft.ask.statement.sql = request.body;
  }
  TRY(CheckText(draft.ask.statement.sql, "the statement"));
  if (draft.ask.statement.sql.find_first_not_of(" \t\r\n;") == std::string::npos) {
    return Fail(ErrorKind::kInvalid, "there is no statement in the body");
  }
  if (draft.ask.statement.sql.size() > query::kSqlBytesMax) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("the statement has {} bytes, more than {}",
                            draft.ask.statement.sql.size(), query::kSqlBytesMax));
  }
  draft.ask.format = TRY(ChooseFormat(draft.format ? &*draft.format : nullptr, request.accept));
  return std::move(draft.ask);
}

Result<Format> ChooseFormat(const std::string* name, std::string_view accept) {
  if (name != nullptr) return ParseFormat(*name);
  const auto format = Negotiate(accept);
  if (format) return *format;
  return Fail(ErrorKind::kInvalid,
              fmt::format("Accept `{}` takes none of application/json, application/x-ndjson, "
                          "text/csv, application/vnd.apache.arrow.stream, "
                          "application/vnd.apache.parquet",
                          accept));
}

Result<std::uint64_t> ParseCount(std::string_view name, std::string_view text, std::uint64_t most) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || stop != end || count < 1 || count > most) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{}={} is not a whole number from 1 to {}", name, text, most));
  }
  return count;
}

}  // namespace neuralake::serve
