#include "neuralake/engine/types/duck_error.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "neuralake/base/characters.h"
#include "neuralake/base/words.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/store/store_registry.h"

namespace neuralake::engine {
namespace {

using duckdb::ExceptionType;

// Under these keys of an exception's extra information our own kind travels through DuckDB.
constexpr const char* kKindKey = "neuralake_kind";
constexpr std::string_view kStoreScheme = StoreRegistry::kScheme;
constexpr const char* kPositionKey = "neuralake_position";
constexpr const char* kSqlStateKey = "neuralake_sqlstate";
constexpr const char* kOfFunctionKey = "neuralake_of_function";

ErrorKind KindOf(ExceptionType type) {
  switch (type) {
    case ExceptionType::OUT_OF_MEMORY:
    case ExceptionType::OBJECT_SIZE:
      return ErrorKind::kResourceExhausted;
    case ExceptionType::NOT_IMPLEMENTED:
      return ErrorKind::kUnsupported;
    case ExceptionType::PERMISSION:
      return ErrorKind::kPermissionDenied;
    case ExceptionType::INTERRUPT:
      return ErrorKind::kCancelled;
    case ExceptionType::IO:
      return ErrorKind::kCorruption;
    case ExceptionType::FATAL:
    case ExceptionType::INTERNAL:
    case ExceptionType::SERIALIZATION:
    case ExceptionType::SCHEDULER:
    case ExceptionType::OPTIMIZER:
    case ExceptionType::NULL_POINTER:
      return ErrorKind::kInternal;
    case ExceptionType::TRANSACTION:
      return ErrorKind::kConflict;
    default:
      return ErrorKind::kInvalid;
  }
}

std::int64_t Number(const duckdb::unordered_map<duckdb::string, duckdb::string>& info,
                    const char* key) {
  const auto found = info.find(key);
  if (found == info.end()) return -1;
  std::int64_t number = -1;
  const auto& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// With the setting `errors_as_json`, which keeps the position, the message holds all parts.
bool IsJson(const duckdb::ErrorData& data) { return data.RawMessage().starts_with('{'); }

std::string_view Subtype(const duckdb::ErrorData& data) {
  const auto found = data.ExtraInfo().find("error_subtype");
  return found == data.ExtraInfo().end() ? std::string_view() : std::string_view(found->second);
}

// Of what is missing, by the words of the catalog: `Scalar Function with name nope does not
// exist!`.
std::string_view SqlStateOfMissing(std::string_view message) {
  const std::string_view kind = message.substr(0, message.find(" with name "));
  if (kind.ends_with("Function") || kind.ends_with("Macro")) return "42883";
  if (kind == "Schema") return "3F000";
  return kind == "Table" || kind == "View" ? "42P01" : "42704";
}

// Of a text or a number that is not one of the type it is to become: `Could not convert string
// '99' to INT8`. The value says anything, so that words are looked for only around it.
std::string_view SqlStateOfConversion(std::string_view message) {
  for (const std::string_view type : {"date", "timestamp", "time"}) {
    if (message.starts_with(fmt::format("{} field value out of range", type))) return "22008";
    if (message.starts_with(fmt::format("invalid {} field format", type))) return "22007";
  }
  if (message.ends_with("to INTERVAL")) return "22007";
  const auto begin = message.find('\'');
  const auto end = message.rfind('\'');
  if (begin == std::string_view::npos || begin == end) {
    return message.find("out of range") == std::string_view::npos ? "22P02" : "22003";
  }
  const auto value = message.substr(begin + 1, end - begin - 1);
  const bool number = value.find_first_not_of("+-.0123456789") == std::string_view::npos &&
                      value.find_first_of("0123456789") != std::string_view::npos;
  return number || message.substr(end).find("out of range") != std::string_view::npos ? "22003"
                                                                                      : "22P02";
}

std::string_view SqlStateOfBinding(std::string_view message) {
  if (message.find(" does not have a column named ") != std::string_view::npos) return "42703";
  if (message.starts_with("Ambiguous reference to column")) return "42702";
  if (message.starts_with("No function matches")) return "42883";
  const bool grouped = message.find("GROUP BY") != std::string_view::npos ||
                       message.find("aggregates") != std::string_view::npos;
  if (grouped) return "42803";
  if (message.starts_with("Referenced table")) return "42P01";
  if (message.find("Cannot mix values of type") != std::string_view::npos) return "42804";
  return "";
}

// PostgreSQL's code for what DuckDB threw, where it is finer than that of our kind.
// Source: https://www.postgresql.org/docs/18/errcodes-appendix.html
std::string_view FinerSqlState(const duckdb::ErrorData& data) {
  const std::string_view subtype = Subtype(data);
  if (subtype == "COLUMN_NOT_FOUND") return "42703";
  if (subtype == "NO_MATCHING_FUNCTION") return "42883";
  if (subtype == "MISSING_ENTRY") return SqlStateOfMissing(data.RawMessage());
  switch (data.Type()) {
    case ExceptionType::CONVERSION:
      return SqlStateOfConversion(data.RawMessage());
    case ExceptionType::OUT_OF_RANGE:
      return "22003";
    case ExceptionType::DIVIDE_BY_ZERO:
      return "22012";
    case ExceptionType::BINDER:
      return SqlStateOfBinding(data.RawMessage());
    default:
      return "";
  }
}

// Paths inside the engine name a store by number: the key behind it is what people know.
void DropStorePaths(std::string& message) {
  for (std::size_t at = message.find(kStoreScheme); at != std::string::npos;
       at = message.find(kStoreScheme, at)) {
    const auto path = std::string_view(message).substr(at);
    const auto place = path.size() - StoreRegistry::KeyOf(path).size();
    if (place == 0) return;
    message.erase(at, place);
  }
}

// DuckDB advises settings, which nobody but the operator has here.
void DropAdvice(std::string& message) {
  for (const std::string_view advice :
       {"Possible solutions:", "Use \"SET ", "Database is launched in"}) {
    message.resize(std::min(message.size(), message.find(advice)));
  }
}

// DuckDB cuts values at a byte, which may be inside a character: what is left of one is dropped.
std::string Valid(std::string_view message) {
  std::string valid;
  valid.reserve(message.size());
  for (std::size_t at = 0; at < message.size();) {
    std::size_t bytes = 1;
    while (at + bytes < message.size() &&
           (static_cast<unsigned char>(message[at + bytes]) & 0xC0U) == 0x80U) {
      ++bytes;
    }
    const auto character = message.substr(at, bytes);
    if (duckdb::Value::StringIsValid(character.data(), character.size())) valid += character;
    at += bytes;
  }
  return valid;
}

// One line, lower case at its start, no full stop: as our own messages are.
std::string Tidy(std::string message) {
  const auto details = message.find("\n\nLINE ");
  if (details != std::string::npos) message.resize(details);
  DropAdvice(message);
  DropStorePaths(message);
  std::ranges::replace(message, '\n', ' ');
  while (!message.empty() && (message.back() == ' ' || message.back() == '.')) message.pop_back();
  const bool word = message.size() > 1 && std::islower(static_cast<unsigned char>(message[1]));
  if (word) message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  return message;
}

std::vector<std::string> QuotedNames(std::string_view text) {
  std::vector<std::string> names;
  while (true) {
    const auto begin = text.find('"');
    const auto end = begin == std::string_view::npos ? begin : text.find('"', begin + 1);
    if (end == std::string_view::npos) return names;
    names.emplace_back(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

// DuckDB lists columns that are somehow like an unknown one; what was meant is worth one name.
std::string NameNearest(std::string message) {
  for (const char* list : {"Candidate bindings:", "Did you mean:"}) {
    const auto at = message.find(list);
    if (at == std::string::npos) continue;
    const auto candidates = QuotedNames(std::string_view(message).substr(at));
    const auto unknown = QuotedNames(std::string_view(message).substr(0, at));
    message.resize(message.find_last_not_of(" !", at - 1) + 1);
    if (unknown.empty() || candidates.empty()) return message;
    const std::vector<std::string_view> names(candidates.begin(), candidates.end());
    if (const auto nearest = Nearest(unknown.back(), names)) {
      return message + "; did you mean " + std::string(*nearest) + "?";
    }
    message += "; the most like it are";
    for (const auto& name : names) message += (name == names[0] ? " " : ", ") + std::string(name);
    return message;
  }
  return message;
}

}  // namespace

bool IsOurs(const duckdb::ErrorData& data) { return Number(data.ExtraInfo(), kKindKey) >= 0; }

void ThrowError(const Error& error) {
  duckdb::unordered_map<duckdb::string, duckdb::string> info;
  info[kKindKey] = std::to_string(static_cast<int>(error.kind));
  if (error.position >= 0) info[kPositionKey] = std::to_string(error.position);
  if (!error.sqlstate.empty()) info[kSqlStateKey] = error.sqlstate;
  throw duckdb::Exception(info, ExceptionType::INVALID_INPUT, error.message);
}

void ThrowOfFunction(const duckdb::ErrorData& error) {
  auto info = error.ExtraInfo();
  info[kOfFunctionKey] = "1";
  throw duckdb::Exception(info, error.Type(), error.RawMessage());
}

bool IsOfFunction(const duckdb::ErrorData& data) {
  if (IsJson(data)) return IsOfFunction(duckdb::ErrorData(data.RawMessage()));
  return Number(data.ExtraInfo(), kOfFunctionKey) >= 0;
}

std::optional<std::size_t> ErrorOffset(const duckdb::ErrorData& data, std::string_view sql) {
  if (IsJson(data)) return ErrorOffset(duckdb::ErrorData(data.RawMessage()), sql);
  const auto position = Number(data.ExtraInfo(), "position");
  if (position < 0) return std::nullopt;
  const auto place = static_cast<std::size_t>(position);
  // The grammar counts characters, everything after it bytes.
  return Subtype(data) == "SYNTAX_ERROR" ? ByteOffset(sql, place) : std::min(place, sql.size());
}

Error FromDuckError(const duckdb::ErrorData& data, std::string_view sql) {
  if (IsJson(data)) return FromDuckError(duckdb::ErrorData(data.RawMessage()), sql);
  Error error;
  error.message = Shortened(NameNearest(Tidy(Valid(data.RawMessage()))), kErrorBytesMax);
  const auto kind = Number(data.ExtraInfo(), kKindKey);
  if (kind >= 0 && kind <= static_cast<int>(ErrorKind::kInternal)) {
    error.kind = static_cast<ErrorKind>(kind);
    error.message = Shortened(data.RawMessage(), kErrorBytesMax);
    error.position = Number(data.ExtraInfo(), kPositionKey);
    const auto code = data.ExtraInfo().find(kSqlStateKey);
    if (code != data.ExtraInfo().end()) error.sqlstate = code->second;
    return error;
  }
  error.kind = KindOf(data.Type());
  if (data.Type() == ExceptionType::OUT_OF_MEMORY) {
    error.message = "out of memory: " + error.message;
  }
  if (Subtype(data) == "MISSING_ENTRY") error.kind = ErrorKind::kNotFound;
  error.sqlstate = std::string(FinerSqlState(data));
  const auto offset = ErrorOffset(data, sql);
  if (offset && !sql.empty()) error.position = CharacterOffset(sql, *offset);
  return error;
}

bool EndsInstance(const duckdb::ErrorData& data) {
  return duckdb::Exception::InvalidatesDatabase(data.Type()) ||
         data.Type() == ExceptionType::INTERNAL ||
         (IsJson(data) && EndsInstance(duckdb::ErrorData(data.RawMessage())));
}

}  // namespace neuralake::engine
