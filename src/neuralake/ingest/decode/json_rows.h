#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/ingest/decode/column.h"

namespace neuralake::ingest {

/// What becomes of members that the table has no column for.
struct UnknownMembers {
  enum class Policy : std::uint8_t {
    kIgnore,
    kReject,   ///< The row does not fit.
    kCollect,  ///< As a JSON object into the string column `column`.
  };
  Policy policy = Policy::kIgnore;
  std::string column;
};

/// Turns JSON objects into rows by the columns' types. Strict: what is not JSON, a member that
/// comes twice, and a value that its type cannot hold exactly are refused.
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
  JsonRows(StructColumn& row, UnknownMembers unknown);
  ~JsonRows();

  /// Add the row that `text`, one JSON object, stands for; whole or not at all.
  /// \errors kInvalid  why it does not fit, with the path of the member
  Status Append(std::string_view text);

  /// Add the one value `text` to a column that is nested: a cell of CSV.
  /// \errors kInvalid
  Status AppendValue(Column& column, std::string_view text);

  /// Cut a body into the texts of its rows: the elements of an array, which are not looked into, or
  /// the one object, which is.
  /// \errors kInvalid  not JSON, or neither object nor array; with the offset
  Result<std::vector<std::string_view>> Split(std::string_view body);

 private:
  struct Parser;

  Status AppendWhole(std::string_view text);
  Status TakeUnknown(std::string_view key, const std::function<Status(std::string*)>& copy,
                     std::string& collected) const;
  Status AppendCollected(const std::string& object);

  std::unique_ptr<Parser> parser_;
  StructColumn& row_;
  UnknownMembers unknown_;
};

}  // namespace neuralake::ingest
