#include "neuralake/engine/sql/catalog_names.h"

#include <algorithm>
#include <vector>

#include "neuralake/base/words.h"

namespace neuralake::engine {
namespace {

/// The one of `candidates`, which have names, that `word` was most likely meant to be, or null.
template <class Named>
const Named* NearestOf(std::string_view word, const std::vector<Named>& candidates) {
  std::vector<std::string_view> names;
  for (const Named& candidate : candidates) names.push_back(candidate.name);
  const auto nearest = Nearest(word, names);
  if (!nearest) return nullptr;
  return &*std::ranges::find(candidates, *nearest, &Named::name);
}

/// The table of the catalog that `database.table` was most likely meant to be: the nearest name in
/// that database, or in the one whose name is nearest, or the same table of another.
std::string NearestTable(const catalog::CatalogModel& model, const std::string& database,
                         const std::string& table) {
  const auto* in = model.Find(database);
  if (in == nullptr) in = NearestOf(database, model.databases);
  if (in != nullptr) {
    if (const auto* nearest = NearestOf(table, in->tables)) return in->name + "." + nearest->name;
  }
  for (const auto& candidate : model.databases) {
    if (const auto* found = candidate.Find(table)) return candidate.name + "." + found->name;
  }
  return {};
}

}  // namespace

std::string DidYouMean(std::string_view meant) {
  return meant.empty() ? "" : "; did you mean " + std::string(meant) + "?";
}

std::string NoDatabase(const catalog::CatalogModel& model, const std::string& database) {
  const auto* nearest = NearestOf(database, model.databases);
  return "no database " + database + DidYouMean(nearest ? nearest->name : "");
}

std::string NoTable(const catalog::CatalogModel& model, const std::string& database,
                    const std::string& table) {
  return "no table " + database + "." + table + DidYouMean(NearestTable(model, database, table));
}

// `flights` alone: name the database that has it, since that is all that is missing.
std::string Unqualified(const catalog::CatalogModel& model, const std::string& table) {
  std::string message = "no table " + table;
  for (const auto& database : model.databases) {
    if (database.Find(table) != nullptr) {
      return message + ": write " + database.name + "." + table;
    }
  }
  for (const auto& database : model.databases) {
    if (const auto* nearest = NearestOf(table, database.tables)) {
      return message + DidYouMean(database.name + "." + nearest->name);
    }
  }
  return message + ": tables are named database.table";
}

}  // namespace neuralake::engine
