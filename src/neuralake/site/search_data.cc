#include "neuralake/site/search_data.h"

#include <set>

#include <nlohmann/json.hpp>

#include "neuralake/site/columns.h"
#include "neuralake/site/format.h"
#include "neuralake/site/html.h"
#include "neuralake/site/names.h"
#include "neuralake/site/page.h"

namespace neuralake::site {
namespace {

using Json = nlohmann::ordered_json;

/// The version of the shape; the script refuses another.
constexpr int kFormat = 1;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> Clean(const std::vector<std::string>& texts) {
  std::vector<std::string> clean;
  for (const std::string& text : texts) clean.push_back(CleanUtf8(text));
  return clean;
}

Json TableJson(std::size_t database_number, const catalog::DatabaseModel& database,
               const catalog::TableModel& table, const TableFacts& facts) {
  Json json{{"database", database_number},
            {"name", CleanUtf8(table.name)},
            {"page", TablePath(database.name, table.name)},
            {"kind", KindWord(table.kind)}};
  // Absent rather than empty: with thousands of tables the file stays small.
  const std::string summary = Summary(table.description);
  if (!summary.empty()) json["summary"] = summary;
  if (!table.owner.empty()) json["owner"] = CleanUtf8(table.owner);
  if (!table.tags.empty()) json["tags"] = Clean(table.tags);
  if (facts.rows) json["rows"] = *facts.rows;
  if (facts.bytes) json["bytes"] = *facts.bytes;
  if (facts.updated) json["updated"] = facts.updated->time_since_epoch().count();
  if (table.deprecation) json["deprecated"] = true;
  if (!facts.problem.empty()) json["unreadable"] = true;
  if (facts.unwritten) json["unwritten"] = true;
  return json;
}

/// The words of `name`, as the script splits it: by what is no letter or digit, and before an
/// upper-case letter that follows a lower-case one.
std::vector<std::string> Words(std::string_view name) {
  std::vector<std::string> words(1);
  bool was_lower = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    const bool word =
        upper || lower || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (!word || (upper && was_lower)) words.emplace_back();
    if (word) words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    was_lower = lower;
  }
  std::erase(words, "");
  return words;
}

std::string ShardKey(std::string_view word) {
  const char first = word.front();
  const bool plain = (first >= 'a' && first <= 'z') || (first >= '0' && first <= '9');
  return plain ? std::string(1, first) : "other";
}

/// Column name to the numbers of its tables.
std::map<std::string, std::vector<std::size_t>> TablesByColumn(
    const catalog::CatalogModel& model, const std::vector<TableFacts>& facts) {
  std::map<std::string, std::vector<std::size_t>> tables;
  std::size_t number = 0;
  for (const catalog::DatabaseModel& database : model.databases) {
    for (const catalog::TableModel& table : database.tables) {
      std::set<std::string> names;
      for (const ShownColumn& column : MergeColumns(table, facts[number]))
        names.insert(column.name);
      for (const std::string& name : names) tables[CleanUtf8(name)].push_back(number);
      ++number;
    }
  }
  return tables;
}

}  // namespace

std::string CatalogScript(const catalog::CatalogModel& model, const std::vector<TableFacts>& facts,
                          const std::vector<std::string>& shards) {
  Json databases = Json::array();
  Json tables = Json::array();
  for (const catalog::DatabaseModel& database : model.databases) {
    for (const catalog::TableModel& table : database.tables) {
      tables.push_back(TableJson(databases.size(), database, table, facts[tables.size()]));
    }
    databases.push_back(
        {{"name", CleanUtf8(database.name)}, {"page", DatabasePath(database.name)}});
  }
  const Json catalog{{"format", kFormat},
                     {"name", CleanUtf8(model.name)},
                     {"databases", std::move(databases)},
                     {"tables", std::move(tables)},
                     {"shards", shards}};
  return "window.neuralake=window.neuralake||{};window.neuralake.catalog=" + Dump(catalog) + ";\n";
}

std::map<std::string, std::string> ColumnShards(const catalog::CatalogModel& model,
                                                const std::vector<TableFacts>& facts) {
  std::map<std::string, Json> shards;
  for (const auto& [name, tables] : TablesByColumn(model, facts)) {
    std::set<std::string> keys;
    for (const std::string& word : Words(name)) keys.insert(ShardKey(word));
    if (keys.empty()) keys.insert("other");
    const Json entry{{"name", name}, {"anchor", ColumnAnchor(name)}, {"tables", tables}};
    for (const std::string& key : keys) shards[key].push_back(entry);
  }
  std::map<std::string, std::string> scripts;
  for (const auto& [key, columns] : shards) {
    scripts[key] =
        "window.neuralake=window.neuralake||{};(window.neuralake.columns=window.neuralake.columns"
        "||{})[" +
        Dump(key) + "]=" + Dump(columns) + ";\n";
  }
  return scripts;
}

}  // namespace neuralake::site
