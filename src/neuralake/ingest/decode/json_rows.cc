#include "neuralake/ingest/decode/json_rows.h"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "neuralake/columnar/json_text.h"

namespace neuralake::ingest {

namespace {

/// What goes into a path: the member's name before what is wrong inside it.
Status Inside(Status status, std::string_view name) {
  if (status.has_value()) return status;
  return Annotate(std::move(status).error(), name);
}

std::unexpected<Error> WrongShape(const Column& column, std::string_view what) {
  return Fail(ErrorKind::kInvalid, fmt::format("{} where {} is declared", what,
                                               columnar::FormatType(column.field().type)));
}

/// Adds values to columns; knows what becomes of members of structs that nothing is declared for.
class Appender {
 public:
  explicit Appender(UnknownMembers::Policy policy)
      : ignores_unknown_(policy == UnknownMembers::Policy::kIgnore) {}

  Status Append(Column& column, const JsonValue& value) const;

  /// Put the members of `object` into the children of `row`, each at most once. Members without a
  /// child go to `unknown`.
  template <class Unknown>
  Status AppendMembers(StructColumn& row, const JsonValue& object, const Unknown& unknown) const;

 private:
  Status AppendArray(Column& column, const JsonValue& array) const;
  Status AppendMap(ListColumn& map, const JsonValue& object) const;
  Status AppendObject(Column& column, const JsonValue& object) const;

  const bool ignores_unknown_;
};

Status Appender::AppendArray(Column& column, const JsonValue& array) const {
  if (column.shape() != Column::Shape::kArray) return WrongShape(column, "an array");
  auto& list = static_cast<ListColumn&>(column);
  std::size_t at = 0;
  TRY(array.ForEachElement([&](const JsonValue& element) -> Status {
    auto appended = Append(list.element(), element);
    if (!appended.has_value()) return Inside(std::move(appended), fmt::format("[{}]", at));
    ++at;
    return {};
  }));
  return list.Close();
}

Status Appender::AppendMap(ListColumn& map, const JsonValue& object) const {
  std::set<std::string, std::less<>> keys;
  TRY(object.ForEachMember([&](std::string_view key, const JsonValue& value) -> Status {
    if (!keys.emplace(key).second) {
      return Fail(ErrorKind::kInvalid, fmt::format("key '{}' comes twice", key));
    }
    auto appended = map.key().AppendText(key);
    if (appended.has_value()) appended = Append(map.value(), value);
    if (!appended.has_value()) return Inside(std::move(appended), fmt::format("['{}']", key));
    return {};
  }));
  return map.Close();
}

template <class Unknown>
Status Appender::AppendMembers(StructColumn& row, const JsonValue& object,
                               const Unknown& unknown) const {
  const auto length = row.length();
  std::size_t expected = 0;
  return object.ForEachMember([&](std::string_view name, const JsonValue& value) -> Status {
    // Producers keep to one order of members: the next one is nearly always the right one.
    auto at = static_cast<std::ptrdiff_t>(expected);
    if (expected >= row.count() || row.child(expected).field().name != name) at = row.Find(name);
    if (at < 0) return unknown(name, value);
    auto& child = row.child(static_cast<std::size_t>(at));
    if (child.length() > length) {
      return Fail(ErrorKind::kInvalid, fmt::format("member '{}' comes twice", name));
    }
    auto appended = Append(child, value);
    if (!appended.has_value()) return Inside(std::move(appended), child.field().name);
    expected = static_cast<std::size_t>(at) + 1;
    return {};
  });
}

Status Appender::AppendObject(Column& column, const JsonValue& object) const {
  if (column.shape() == Column::Shape::kMap) {
    return AppendMap(static_cast<ListColumn&>(column), object);
  }
  if (column.shape() != Column::Shape::kStruct) return WrongShape(column, "an object");
  auto& members = static_cast<StructColumn&>(column);
  TRY(AppendMembers(members, object, [&](std::string_view name, const JsonValue&) -> Status {
    if (ignores_unknown_) return {};
    return Fail(ErrorKind::kInvalid, fmt::format("the struct has no member '{}'", name));
  }));
  return members.Close();
}

Status Appender::Append(Column& column, const JsonValue& value) const {
  switch (value.kind()) {
    case JsonKind::kNull:
      return column.AppendNull();
    case JsonKind::kTrue:
    case JsonKind::kFalse:
      return column.AppendBoolean(value.kind() == JsonKind::kTrue);
    case JsonKind::kNumber:
      return column.AppendNumber(value.text());
    case JsonKind::kString:
      return column.AppendText(value.text());
    case JsonKind::kArray:
      return AppendArray(column, value);
    case JsonKind::kObject:
      return AppendObject(column, value);
  }
  std::unreachable();
}

}  // namespace

Status JsonRows::Append(const JsonValue& value) {
  const auto length = row_.length();
  auto appended = AppendWhole(value);
  if (!appended.has_value()) row_.Truncate(length);
  return appended;
}

Status JsonRows::AppendWhole(const JsonValue& value) {
  if (value.kind() != JsonKind::kObject) {
    return Fail(ErrorKind::kInvalid, "a row must be a JSON object");
  }
  std::string collected;
  const Appender appender(unknown_.policy);
  TRY(appender.AppendMembers(
      row_, value, [&](std::string_view name, const JsonValue& member) -> Status {
        if (unknown_.policy == UnknownMembers::Policy::kReject) {
          return Fail(ErrorKind::kInvalid, fmt::format("the table has no column '{}'", name));
        }
        if (unknown_.policy == UnknownMembers::Policy::kIgnore) return {};
        collected += collected.empty() ? "{" : ",";
        columnar::AppendJsonString(name, collected);
        collected += ':';
        member.AppendTo(collected);
        return {};
      }));
  if (!collected.empty()) TRY(AppendCollected(collected + "}"));
  return row_.Close();
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

Status AppendJsonValue(Column& column, const JsonValue& value, UnknownMembers::Policy policy) {
  const auto length = column.length();
  auto appended = Appender(policy).Append(column, value);
  if (!appended.has_value()) column.Truncate(length);
  return appended;
}

}  // namespace neuralake::ingest
