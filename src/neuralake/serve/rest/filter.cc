#include "neuralake/serve/rest/filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "neuralake/query/tokens.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

struct Comparison {
  std::string_view name;
  std::string_view sql;
};

constexpr std::array kComparisons = {
    Comparison{"eq", "="},   Comparison{"neq", "<>"}, Comparison{"gt", ">"},
    Comparison{"gte", ">="}, Comparison{"lt", "<"},   Comparison{"lte", "<="},
};
constexpr std::array<std::string_view, 4> kOthers = {"like", "in", "is", "not"};

std::unexpected<Error> Wrong(const columnar::Field& column, std::string_view what) {
  return Fail(ErrorKind::kInvalid, fmt::format("filter on {}: {}", column.name, what));
}

/// Split `a,"b,\"c",d`; quotes keep commas and parentheses, a backslash keeps a quote.
Result<std::vector<std::string>> SplitList(const columnar::Field& column, std::string_view text) {
  if (!text.starts_with('(') || !text.ends_with(')') || text.size() < 2) {
    return Wrong(column, "`in` wants a list in parentheses: in.(1,2)");
  }
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> items(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      items.back().push_back(text[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      items.emplace_back();
    } else {
      items.back().push_back(c);
    }
  }
  if (quoted) return Wrong(column, "a quote in the list is not closed");
  if (items.size() > kRowsTermsMax) {
    return Wrong(column,
                 fmt::format("the list has {} items, more than {}", items.size(), kRowsTermsMax));
  }
  return items;
}

Result<std::string> InSql(const columnar::Field& column, const std::string& name,
                          std::string_view text, Parameters& parameters) {
  std::string sql = name + " IN (";
  for (const std::string& item : TRY(SplitList(column, text))) {
    if (sql.back() != '(') sql += ", ";
    sql += parameters.Add(TRY(ColumnValue(column, item)));
  }
  return sql + ")";
}

Result<std::string> IsSql(const columnar::Field& column, const std::string& name,
                          std::string_view text) {
  if (text == "null") return name + " IS NULL";
  if (text == "not_null") return name + " IS NOT NULL";
  if (column.type.id == columnar::TypeId::kBoolean && text == "true") return name + " IS TRUE";
  if (column.type.id == columnar::TypeId::kBoolean && text == "false") return name + " IS FALSE";
  return Wrong(column, "`is` wants null or not_null, of a boolean also true or false");
}

Result<std::string> LikeSql(const columnar::Field& column, const std::string& name,
                            std::string_view text, Parameters& parameters) {
  if (column.type.id != columnar::TypeId::kString) {
    return Wrong(column, "`like` is for text columns");
  }
  std::string pattern(text);
  std::ranges::replace(pattern, '*', '%');
  return name + " LIKE " + parameters.Add({column.type, std::move(pattern)});
}

std::pair<std::string_view, std::string_view> SplitOperator(std::string_view text) {
  const auto dot = std::min(text.find('.'), text.size());
  return {text.substr(0, dot), text.substr(std::min(dot + 1, text.size()))};
}

}  // namespace

std::string Parameters::Add(columnar::Value value) {
  values_.push_back(std::move(value));
  return fmt::format("${}", values_.size());
}

bool LooksLikeFilter(std::string_view text) {
  const std::string_view name = SplitOperator(text).first;
  return name.size() < text.size() &&
         (std::ranges::find(kComparisons, name, &Comparison::name) != kComparisons.end() ||
          std::ranges::find(kOthers, name) != kOthers.end());
}

Result<std::string> FilterSql(const columnar::Field& column, std::string_view text,
                              Parameters& parameters) {
  const std::string name = query::QuoteIdentifier(column.name);
  const auto [word, rest] = SplitOperator(text);
  if (word == "not" && !rest.starts_with("not.")) {
    return "NOT (" + TRY(FilterSql(column, rest, parameters)) + ")";
  }
  if (word == "is") return IsSql(column, name, rest);
  if (column.type.is_nested()) return Wrong(column, "a nested column can only be tested with `is`");
  if (word == "in") return InSql(column, name, rest, parameters);
  if (word == "like") return LikeSql(column, name, rest, parameters);
  const auto found = std::ranges::find(kComparisons, word, &Comparison::name);
  if (found == kComparisons.end() || word.size() == text.size()) {
    return Wrong(column, fmt::format("`{}` is none of eq. neq. gt. gte. lt. lte. like. in. is. "
                                     "not.",
                                     text));
  }
  return fmt::format("{} {} {}", name, found->sql, parameters.Add(TRY(ColumnValue(column, rest))));
}

Result<columnar::Value> ColumnValue(const columnar::Field& column, std::string_view text) {
  if (column.type.id == columnar::TypeId::kString) {
    return columnar::Value{column.type, std::string(text)};
  }
  if (text.empty()) return Wrong(column, "the value is empty; for null there is is.null");
  auto value = columnar::ParsePartitionValue(text, column.type);
  if (!value) {
    return Wrong(column,
                 fmt::format("`{}` is not of type {}", text, columnar::FormatType(column.type)));
  }
  return *std::move(value);
}

}  // namespace neuralake::serve
