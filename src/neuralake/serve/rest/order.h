#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/serve/rest/filter.h"

namespace neuralake::serve {

/// One term of an ORDER BY.
struct OrderTerm {
  const columnar::Field* column = nullptr;
  bool descending = false;
  bool nulls_first = false;
};

/// The column `name`. \errors kInvalid  lists those there are
Result<const columnar::Field*> FindColumn(const columnar::Schema& columns, std::string_view name);

/// Parse `a.desc,b.asc.nullsfirst`; `asc` and `nullslast` are the defaults.
/// \errors kInvalid
Result<std::vector<OrderTerm>> ParseOrder(const columnar::Schema& columns, std::string_view text);

/// `"a" DESC NULLS LAST, "b" ASC NULLS FIRST`.
std::string OrderSql(const std::vector<OrderTerm>& order);

/// The condition that a row comes after the one with the texts `after` in `order`.
/// \errors kInvalid  a text is not of its column's type
Result<std::string> AfterSql(const std::vector<OrderTerm>& order,
                             const std::vector<std::string>& after, Parameters& parameters);

}  // namespace neuralake::serve
