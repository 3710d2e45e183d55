#include "neuralake/site/quote.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace neuralake::site {
namespace {

/// DuckDB 1.5's keywords of the classes `reserved` and `type_function`, in byte order.
constexpr auto kKeywords = std::to_array<std::string_view>({"all",
                                                            "analyse",
                                                            "analyze",
                                                            "and",
                                                            "anti",
                                                            "any",
                                                            "array",
                                                            "as",
                                                            "asc",
                                                            "asof",
                                                            "asymmetric",
                                                            "at",
                                                            "authorization",
                                                            "binary",
                                                            "both",
                                                            "by",
                                                            "case",
                                                            "cast",
                                                            "check",
                                                            "collate",
                                                            "collation",
                                                            "column",
                                                            "columns",
                                                            "concurrently",
                                                            "constraint",
                                                            "create",
                                                            "cross",
                                                            "default",
                                                            "deferrable",
                                                            "desc",
                                                            "describe",
                                                            "distinct",
                                                            "do",
                                                            "else",
                                                            "end",
                                                            "except",
                                                            "false",
                                                            "fetch",
                                                            "for",
                                                            "foreign",
                                                            "freeze",
                                                            "from",
                                                            "full",
                                                            "generated",
                                                            "glob",
                                                            "group",
                                                            "having",
                                                            "ilike",
                                                            "in",
                                                            "initially",
                                                            "inner",
                                                            "intersect",
                                                            "into",
                                                            "is",
                                                            "isnull",
                                                            "join",
                                                            "lambda",
                                                            "lateral",
                                                            "leading",
                                                            "left",
                                                            "like",
                                                            "limit",
                                                            "map",
                                                            "natural",
                                                            "not",
                                                            "notnull",
                                                            "null",
                                                            "offset",
                                                            "on",
                                                            "only",
                                                            "or",
                                                            "order",
                                                            "outer",
                                                            "overlaps",
                                                            "pivot",
                                                            "pivot_longer",
                                                            "pivot_wider",
                                                            "placing",
                                                            "positional",
                                                            "primary",
                                                            "qualify",
                                                            "references",
                                                            "returning",
                                                            "right",
                                                            "select",
                                                            "semi",
                                                            "show",
                                                            "similar",
                                                            "some",
                                                            "struct",
                                                            "summarize",
                                                            "symmetric",
                                                            "table",
                                                            "tablesample",
                                                            "then",
                                                            "to",
                                                            "trailing",
                                                            "true",
                                                            "try_cast",
                                                            "union",
                                                            "unique",
                                                            "unpack",
                                                            "unpivot",
                                                            "using",
                                                            "variadic",
                                                            "verbose",
                                                            "when",
                                                            "where",
                                                            "window",
                                                            "with"});
static_assert(std::ranges::is_sorted(kKeywords));

bool IsPlain(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

}  // namespace

std::string QuoteSql(std::string_view identifier) {
  if (IsPlain(identifier) && !std::ranges::binary_search(kKeywords, identifier)) {
    return std::string(identifier);
  }
  std::string out = "\"";
  for (const char c : identifier) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string QuotePython(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string QuoteShell(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + '\'';
}

}  // namespace neuralake::site
