#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/ingest/decode/column.h"
#include "neuralake/ingest/decode/json_tape.h"

namespace neuralake::ingest {

/// What becomes of members that the table has no column for, and of those inside a struct that it
/// does not declare.
struct UnknownMembers {
  enum class Policy : std::uint8_t {
    kIgnore,
    kReject,   ///< The row does not fit.
    kCollect,  ///< As a JSON object into the string column `column`; inside a struct as kReject.
  };
  Policy policy = Policy::kIgnore;
  std::string column{};
};

/// Turns JSON objects into rows by the columns' types. Strict: a member or key that comes twice
/// and a value that its type cannot hold exactly are refused.
///
/// | declared | accepted |
/// |---|---|
/// | boolean | `true`, `false`; the same as text |
/// | integers | a number, or its text, that is whole and in range (`5`, `5.0`, `"5"`) |
/// | float, double | a number in range, or its text; `"NaN"`, `"Infinity"`, `"-Infinity"` |
/// | decimal | a number or its text; no digit may be lost |
/// | string | a string |
/// | binary | base64 |
/// | date | `"2020-01-31"`; a whole number of days since 1970 |
/// | timestamp | ISO 8601 text, without a zone UTC; a number since 1970 (see `ParseEpoch`) |
/// | timestamp_ntz | the same without a zone |
/// | struct | an object |
/// | array | an array |
/// | map | an object; keys are read as text of the key's type |
///
/// \threads one thread at a time
class JsonRows {
 public:
  /// \param row  where rows go; outlives this
  JsonRows(StructColumn& row, UnknownMembers unknown) : row_(row), unknown_(std::move(unknown)) {}

  /// Add the row that the object `value` stands for; whole or not at all.
  /// \errors kInvalid  why it does not fit, with the path of the member
  Status Append(const JsonValue& value);

 private:
  Status AppendWhole(const JsonValue& value);
  Status AppendCollected(const std::string& object);

  StructColumn& row_;
  const UnknownMembers unknown_;
};

/// Add one value to `column`; whole or not at all.
/// \errors kInvalid  as above
Status AppendJsonValue(Column& column, const JsonValue& value, UnknownMembers::Policy policy);

}  // namespace neuralake::ingest
