#include "neuralake/catalog/model.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/base/words.h"

namespace neuralake::catalog {
namespace {

/// Find by name in a vector in order of folded names.
template <class T>
const T* FindSorted(const std::vector<T>& items, std::string_view name) {
  const std::string folded = Folded(name);
  const auto found =
      std::ranges::lower_bound(items, folded, {}, [](const T& item) { return Folded(item.name); });
  return found != items.end() && Folded(found->name) == folded ? &*found : nullptr;
}

}  // namespace

std::string_view KindName(TableKind kind) {
  switch (kind) {
    case TableKind::kDelta:
      return "delta";
    case TableKind::kParquet:
      return "parquet";
    case TableKind::kCsv:
      return "csv";
    case TableKind::kFunction:
      return "function";
  }
  return "";
}

const Column* TableModel::Find(std::string_view column) const {
  const std::string folded = Folded(column);
  const auto found =
      std::ranges::find(columns, folded, [](const Column& one) { return Folded(one.name); });
  return found == columns.end() ? nullptr : &*found;
}

const TableModel* DatabaseModel::Find(std::string_view table) const {
  return FindSorted(tables, table);
}

const DatabaseModel* CatalogModel::Find(std::string_view database) const {
  return FindSorted(databases, database);
}

const TableModel* CatalogModel::Find(std::string_view database, std::string_view table) const {
  const DatabaseModel* found = Find(database);
  return found == nullptr ? nullptr : found->Find(table);
}

std::string FormatProblem(const Problem& problem) {
  std::string text;
  if (!problem.place.file.empty()) text += problem.place.file + ":";
  if (problem.place.line > 0) text += std::to_string(problem.place.line) + ":";
  if (!text.empty()) text += ' ';
  if (!problem.subject.empty()) text += problem.subject + ": ";
  if (problem.severity == Severity::kWarning) text += "warning: ";
  return text + problem.message;
}

bool HasErrors(const std::vector<Problem>& problems) {
  return std::ranges::any_of(problems,
                             [](const Problem& p) { return p.severity == Severity::kError; });
}

}  // namespace neuralake::catalog
