#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/columnar/value.h"

namespace neuralake::serve {

/// Collects the parameters of a statement while its text is written.
class Parameters {
 public:
  /// Keep `value`; returns how the text names it: `$3`.
  std::string Add(columnar::Value value);

  std::vector<columnar::Value> Take() { return std::move(values_); }

 private:
  std::vector<columnar::Value> values_;
};

/// Whether `text` begins like a filter: `eq.`, `not.in.`, …
bool LooksLikeFilter(std::string_view text);

/// The SQL condition of `column=text` in PostgREST's manner: `eq.5`, `neq.a`, `gt.`, `gte.`, `lt.`,
/// `lte.`, `like.*a*`, `in.(1,2,"a,b")`, `is.null|not_null|true|false`, each with `not.` before it.
///
/// Values are bound to `parameters`, typed as the column is; only the column's own name and
/// operators of ours get into the text.
/// \errors kInvalid  names the column and what is wrong with the text
/// \source docs.postgrest.org, "Horizontal Filtering"
Result<std::string> FilterSql(const columnar::Field& column, std::string_view text,
                              Parameters& parameters);

/// A value of the column's type from its text; the empty text is a value only of a string column.
/// \errors kInvalid  names the column
Result<columnar::Value> ColumnValue(const columnar::Field& column, std::string_view text);

}  // namespace neuralake::serve
