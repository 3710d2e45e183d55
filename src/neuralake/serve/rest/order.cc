#include "neuralake/serve/rest/order.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/query/tokens.h"

namespace neuralake::serve {
namespace {

/// Take what stands before `separator` from `rest`.
std::string_view Take(std::string_view& rest, char separator) {
  const std::string_view taken = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
  return taken;
}

// A column's name may hold a point, so words are taken from the end.
Result<OrderTerm> ParseTerm(const columnar::Schema& columns, std::string_view text) {
  const std::string_view whole = text;
  OrderTerm term;
  const auto ends = [&text](std::string_view word) {
    if (!text.ends_with(word)) return false;
    text.remove_suffix(word.size());
    return true;
  };
  if (ends(".nullsfirst")) {
    term.nulls_first = true;
  } else {
    ends(".nullslast");
  }
  if (ends(".desc")) {
    term.descending = true;
  } else {
    ends(".asc");
  }
  if (const columnar::Field* column = columns.Find(text)) {
    term.column = column;
    return term;
  }
  // Not a column: perhaps one with a word behind it that is no direction.
  const auto point = whole.find('.');
  const columnar::Field* before = columns.Find(whole.substr(0, point));
  if (before == nullptr || point == std::string_view::npos) {
    return std::unexpected(FindColumn(columns, text).error());
  }
  return Fail(
      ErrorKind::kInvalid,
      fmt::format("order by {}: no direction {}; there are asc, desc, nullsfirst, nullslast{}",
                  before->name, whole.substr(point + 1),
                  text == whole ? "" : ", asc or desc first"));
}

}  // namespace

Result<const columnar::Field*> FindColumn(const columnar::Schema& columns, std::string_view name) {
  if (const columnar::Field* found = columns.Find(name)) return found;
  std::string names;
  for (const auto& field : columns.fields) names += (names.empty() ? "" : ", ") + field.name;
  return Fail(ErrorKind::kInvalid, fmt::format("no column {}; there are {}", name, names));
}

Result<std::vector<OrderTerm>> ParseOrder(const columnar::Schema& columns, std::string_view text) {
  std::vector<OrderTerm> order;
  while (!text.empty()) {
    OrderTerm term = TRY(ParseTerm(columns, Take(text, ',')));
    if (term.column->type.is_nested()) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("order by {}: a nested column has no order", term.column->name));
    }
    order.push_back(term);
  }
  return order;
}

std::string OrderSql(const std::vector<OrderTerm>& order) {
  std::string sql;
  for (const OrderTerm& term : order) {
    if (!sql.empty()) sql += ", ";
    sql += fmt::format("{} {} NULLS {}", query::QuoteIdentifier(term.column->name),
                       term.descending ? "DESC" : "ASC", term.nulls_first ? "FIRST" : "LAST");
  }
  return sql;
}

Result<std::string> AfterSql(const std::vector<OrderTerm>& order,
                             const std::vector<std::string>& after, Parameters& parameters) {
  std::string sql;
  std::string equal;  // all terms before this one are the same
  for (std::size_t i = 0; i < order.size(); ++i) {
    const columnar::Field& column = *order[i].column;
    const std::string name = query::QuoteIdentifier(column.name);
    const std::string value = parameters.Add(TRY(ColumnValue(column, after.at(i))));
    std::string beyond = fmt::format("{} {} {}", name, order[i].descending ? "<" : ">", value);
    if (!order[i].nulls_first) beyond = fmt::format("({} OR {} IS NULL)", beyond, name);
    if (!sql.empty()) sql += " OR ";
    sql += fmt::format("({}{})", equal, beyond);
    equal += fmt::format("{} = {} AND ", name, value);
  }
  return "(" + sql + ")";
}

}  // namespace neuralake::serve
