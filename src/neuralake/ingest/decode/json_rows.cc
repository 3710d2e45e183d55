#include "neuralake/ingest/decode/json_rows.h"

#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/ingest/decode/text_values.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

namespace od = simdjson::ondemand;

std::unexpected<Error> Broken(std::string_view what) {
  return Fail(ErrorKind::kInvalid, fmt::format("not JSON: {}", what));
}

/// The value of a simdjson result, or its error as ours.
template <class T>
Result<T> Get(simdjson::simdjson_result<T> result) {
  T value;
  if (const auto code = std::move(result).get(value); code != simdjson::SUCCESS) {
    return Broken(simdjson::error_message(code));
  }
  return value;
}

/// A number, true, false or null as it was written. Does not move the parser, which skips it.
std::string_view Token(od::value& value) {
  const auto token = value.raw_json_token();
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

Status CheckDepth(int depth) {
  if (depth < kJsonDepthMax) return {};
  return Fail(ErrorKind::kInvalid, fmt::format("it nests deeper than {} levels", kJsonDepthMax));
}

/// Read `value` to its end, so that it is known to be JSON, and append its text to `out` if given.
Status Copy(od::value value, std::string* out, int depth);

Status CopyObject(od::object object, std::string* out, int depth) {
  char before = '{';
  for (auto each : object) {
    auto field = TRY(Get(std::move(each)));
    const auto key = TRY(Get(field.unescaped_key()));
    if (out != nullptr) {
      out->push_back(std::exchange(before, ','));
      columnar::AppendJsonString(key, *out);
      out->push_back(':');
    }
    TRY(Copy(field.value(), out, depth + 1));
  }
  if (out != nullptr) out->append(before == '{' ? "{}" : "}");
  return {};
}

Status CopyArray(od::array array, std::string* out, int depth) {
  char before = '[';
  for (auto each : array) {
    if (out != nullptr) out->push_back(std::exchange(before, ','));
    TRY(Copy(TRY(Get(std::move(each))), out, depth + 1));
  }
  if (out != nullptr) out->append(before == '[' ? "[]" : "]");
  return {};
}

Status Copy(od::value value, std::string* out, int depth) {
  TRY(CheckDepth(depth));
  switch (TRY(Get(value.type()))) {
    case od::json_type::object:
      return CopyObject(TRY(Get(value.get_object())), out, depth);
    case od::json_type::array:
      return CopyArray(TRY(Get(value.get_array())), out, depth);
    case od::json_type::string: {
      const auto text = TRY(Get(value.get_string()));
      if (out != nullptr) columnar::AppendJsonString(text, *out);
      return {};
    }
    default: {
      const auto token = Token(value);
      if (!IsJsonNumber(token) && token != "true" && token != "false" && token != "null") {
        return Broken(fmt::format("'{}'", token.substr(0, kReasonTextMax)));
      }
      if (out != nullptr) out->append(token);
      return {};
    }
  }
}

/// What goes into a path: the member's name before what is wrong inside it.
Status Inside(Status status, std::string_view name) {
  if (status.has_value()) return status;
  return Annotate(std::move(status).error(), name);
}

Status AppendTo(Column& column, od::value value, int depth);

Status AppendScalar(Column& column, std::string_view token) {
  if (token == "null") return column.AppendNull();
  if (token == "true" || token == "false") return column.AppendBoolean(token == "true");
  if (IsJsonNumber(token)) return column.AppendNumber(token);
  return Broken(fmt::format("'{}'", token.substr(0, kReasonTextMax)));
}

std::unexpected<Error> WrongShape(const Column& column, std::string_view what) {
  return Fail(ErrorKind::kInvalid, fmt::format("{} where {} is declared", what,
                                               columnar::FormatType(column.field().type)));
}

Status AppendArray(Column& column, od::array array, int depth) {
  if (column.shape() != Column::Shape::kArray) return WrongShape(column, "an array");
  auto& list = static_cast<ListColumn&>(column);
  std::size_t at = 0;
  for (auto each : array) {
    auto appended = AppendTo(list.element(), TRY(Get(std::move(each))), depth + 1);
    if (!appended.has_value()) return Inside(std::move(appended), fmt::format("[{}]", at));
    ++at;
  }
  return list.Close();
}

Status AppendMap(ListColumn& map, od::object object, int depth) {
  for (auto each : object) {
    auto field = TRY(Get(std::move(each)));
    const auto key = TRY(Get(field.unescaped_key()));
    TRY(Inside(map.key().AppendText(key), fmt::format("key '{}'", key)));
    auto appended = AppendTo(map.value(), field.value(), depth + 1);
    if (!appended.has_value()) return Inside(std::move(appended), fmt::format("['{}']", key));
  }
  return map.Close();
}

/// Put the members of `object` into the children of `row`, each at most once. Members without a
/// child go to `unknown`.
template <class Unknown>
Status AppendMembers(StructColumn& row, od::object object, int depth, const Unknown& unknown) {
  const auto length = row.length();
  std::size_t expected = 0;
  for (auto each : object) {
    auto field = TRY(Get(std::move(each)));
    const auto key = TRY(Get(field.unescaped_key()));
    // Producers keep to one order of members: the next one is nearly always the right one.
    auto at = static_cast<std::ptrdiff_t>(expected);
    if (expected >= row.count() || row.child(expected).field().name != key) at = row.Find(key);
    if (at < 0) {
      TRY(unknown(key, field.value()));
      continue;
    }
    auto& child = row.child(static_cast<std::size_t>(at));
    if (child.length() > length) {
      return Fail(ErrorKind::kInvalid, fmt::format("member '{}' comes twice", key));
    }
    auto appended = AppendTo(child, field.value(), depth + 1);
    if (!appended.has_value()) return Inside(std::move(appended), child.field().name);
    expected = static_cast<std::size_t>(at) + 1;
  }
  return {};
}

Status AppendObject(Column& column, od::object object, int depth) {
  if (column.shape() == Column::Shape::kMap) {
    return AppendMap(static_cast<ListColumn&>(column), object, depth);
  }
  if (column.shape() != Column::Shape::kStruct) return WrongShape(column, "an object");
  auto& members = static_cast<StructColumn&>(column);
  TRY(AppendMembers(members, object, depth, [&](std::string_view, od::value value) {
    return Copy(value, nullptr, depth + 1);
  }));
  return members.Close();
}

Status AppendTo(Column& column, od::value value, int depth) {
  TRY(CheckDepth(depth));
  switch (TRY(Get(value.type()))) {
    case od::json_type::object:
      return AppendObject(column, TRY(Get(value.get_object())), depth);
    case od::json_type::array:
      return AppendArray(column, TRY(Get(value.get_array())), depth);
    case od::json_type::string:
      return column.AppendText(TRY(Get(value.get_string())));
    default:
      return AppendScalar(column, Token(value));
  }
}

/// The text of a value of any kind, its end found without looking inside.
Result<std::string_view> Span(od::value value) {
  const auto type = TRY(Get(value.type()));
  auto text = value.raw_json_token();
  if (type == od::json_type::object) {
    text = TRY(Get(TRY(Get(value.get_object())).raw_json()));
  } else if (type == od::json_type::array) {
    text = TRY(Get(TRY(Get(value.get_array())).raw_json()));
  }
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

}  // namespace

struct JsonRows::Parser {
  od::parser parser;
  std::string buffer;  ///< The text with the zeros behind it that simdjson may read.

  Result<od::document> Begin(std::string_view text) {
    buffer.assign(text);
    buffer.append(simdjson::SIMDJSON_PADDING, '\0');
    return Get(parser.iterate(buffer.data(), text.size(), buffer.size()));
  }

  static Status End(od::document& document) {
    // The only way to ask whether all was read: there is no place left to stand at.
    if (document.current_location().error() == simdjson::OUT_OF_BOUNDS) return {};
    return Broken("something follows the value");
  }
};

JsonRows::JsonRows(StructColumn& row, UnknownMembers unknown)
    : parser_(std::make_unique<Parser>()), row_(row), unknown_(std::move(unknown)) {}

JsonRows::~JsonRows() = default;

Status JsonRows::Append(std::string_view text) {
  const auto length = row_.length();
  auto appended = AppendWhole(text);
  if (!appended.has_value()) row_.Truncate(length);
  return appended;
}

Status JsonRows::AppendWhole(std::string_view text) {
  auto document = TRY(parser_->Begin(text));
  if (TRY(Get(document.type())) != od::json_type::object) {
    return Fail(ErrorKind::kInvalid, "a row must be a JSON object");
  }
  std::string collected;
  TRY(AppendMembers(
      row_, TRY(Get(document.get_object())), 0, [&](std::string_view key, od::value value) {
        return TakeUnknown(key, [&](std::string* out) { return Copy(value, out, 1); }, collected);
      }));
  TRY(Parser::End(document));
  if (!collected.empty()) TRY(AppendCollected(collected + "}"));
  return row_.Close();
}

Status JsonRows::TakeUnknown(std::string_view key, const std::function<Status(std::string*)>& copy,
                             std::string& collected) const {
  switch (unknown_.policy) {
    case UnknownMembers::Policy::kReject:
      return Fail(ErrorKind::kInvalid, fmt::format("the table has no column '{}'", key));
    case UnknownMembers::Policy::kIgnore:
      return copy(nullptr);
    case UnknownMembers::Policy::kCollect:
      break;
  }
  collected += collected.empty() ? "{" : ",";
  columnar::AppendJsonString(key, collected);
  collected += ":";
  return copy(&collected);
}

Status JsonRows::AppendCollected(const std::string& object) {
  const auto at = row_.Find(unknown_.column);
  if (at < 0) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("the table has no column '{}' for unknown members", unknown_.column));
  }
  auto& column = row_.child(static_cast<std::size_t>(at));
  if (column.length() > row_.length()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("'{}' is given, and it is where unknown members go", unknown_.column));
  }
  return column.AppendText(object);
}

Status JsonRows::AppendValue(Column& column, std::string_view text) {
  const auto length = column.length();
  auto appended = [&]() -> Status {
    auto document = TRY(parser_->Begin(text));
    TRY(AppendTo(column, TRY(Get(document.get_value())), 0));
    return Parser::End(document);
  }();
  if (!appended.has_value()) column.Truncate(length);
  return appended;
}

Result<std::vector<std::string_view>> JsonRows::Split(std::string_view body) {
  std::vector<std::string_view> rows;
  auto document = TRY(parser_->Begin(body));
  const auto whole = [&]() -> Status {
    const auto type = TRY(Get(document.type()));
    if (type == od::json_type::object) {
      TRY(Copy(TRY(Get(document.get_value())), nullptr, 0));
      rows.push_back(body);
      return Parser::End(document);
    }
    if (type != od::json_type::array) {
      return Fail(ErrorKind::kInvalid, "neither an object nor an array of objects");
    }
    for (auto each : TRY(Get(document.get_array()))) {
      const auto span = TRY(Span(TRY(Get(std::move(each)))));
      rows.push_back(
          body.substr(static_cast<std::size_t>(span.data() - parser_->buffer.data()), span.size()));
    }
    return Parser::End(document);
  }();
  if (whole.has_value()) return rows;
  auto error = std::move(whole).error();
  const char* place = nullptr;
  if (document.current_location().get(place) == simdjson::SUCCESS) {
    error.position = place - parser_->buffer.data();
  }
  return std::unexpected(std::move(error));
}

}  // namespace neuralake::ingest
