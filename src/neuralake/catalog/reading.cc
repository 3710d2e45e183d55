#include "neuralake/catalog/reading.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "neuralake/base/words.h"
#include "neuralake/catalog/fields.h"
#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

struct KindName {
  std::string_view name;
  TableKind kind;
};

constexpr std::array kKinds = {
    KindName{"delta", TableKind::kDelta}, KindName{"parquet", TableKind::kParquet},
    KindName{"csv", TableKind::kCsv}, KindName{"function", TableKind::kFunction}};

/// What a wrong type was meant to be: the nearest name, else all of them.
std::string TypeAdvice(std::string_view refusal) {
  constexpr std::string_view kUnknown = "unknown type ";
  std::vector<std::string_view> names = {"array", "map", "struct"};
  for (const auto& row : columnar::TypeRows()) {
    names.push_back(row.short_name);
    if (row.delta_name != row.short_name) names.push_back(row.delta_name);
  }
  if (!refusal.starts_with(kUnknown)) return {};
  refusal.remove_prefix(kUnknown.size());
  if (const auto nearest = Nearest(refusal.substr(0, refusal.find(' ')), names)) {
    return fmt::format("; did you mean {}?", *nearest);
  }
  std::string all = "; known are array, map, struct";
  for (const auto& row : columnar::TypeRows()) all += fmt::format(", {}", row.short_name);
  return all;
}

Column ReadColumn(const Json& json, const Fields& table, std::vector<Problem>& problems) {
  const bool named = json.is_object() && json.contains("name") && json["name"].is_string();
  const std::string name = named ? json["name"].get<std::string>() : "?";
  Fields fields(json, table.place(), table.subject() + "." + name, problems);
  Column column;
  column.place = fields.place();
  column.name = fields.Text("name");
  column.description = fields.Text("description");
  column.unit = fields.Text("unit");
  column.tags = fields.Texts("tags");
  column.nullable = fields.Flag("nullable", true);
  if (const auto type = fields.OptionalText("type")) {
    auto parsed = columnar::ParseType(*type);
    if (parsed) {
      column.type = *std::move(parsed);
    } else {
      fields.Report(parsed.error().message + TypeAdvice(parsed.error().message));
    }
  }
  return column;
}

void ReadKind(Fields& fields, TableModel& table) {
  const std::string kind = fields.Text("kind");
  const auto* found = std::ranges::find(kKinds, kind, &KindName::name);
  if (found == kKinds.end()) {
    fields.Report(
        fmt::format("unknown kind of table '{}'; known are delta, parquet, csv, function", kind));
    return;
  }
  table.kind = found->kind;
}

void ReadSource(const Json& json, Fields& fields, TableModel& table,
                std::vector<Problem>& problems) {
  if (table.kind == TableKind::kFunction) {
    Fields function(fields.Object("function"), table.place, fields.subject(), problems);
    table.function.module = function.Text("module");
    table.function.name = function.Text("name");
    if (table.function.module.empty() || table.function.name.empty()) {
      fields.Report("the function's module and name are missing");
    }
    return;
  }
  if (!json.contains("uri")) fields.Report("uri is missing");
  table.uri = fields.Text("uri");
  if (table.kind == TableKind::kParquet) {
    table.hive_partitioning = fields.Flag("hive_partitioning", false);
  }
  if (table.kind == TableKind::kCsv) {
    Fields csv(fields.Object("csv"), table.place, fields.subject(), problems);
    table.csv.delimiter = csv.Text("delimiter", ",");
    table.csv.header = csv.Flag("header", true);
    table.csv.null_values = csv.Texts("null_values");
  }
}

TableModel ReadTable(const Json& json, const Fields& database, std::vector<Problem>& problems) {
  const bool named = json.is_object() && json.contains("name") && json["name"].is_string();
  const std::string name = named ? json["name"].get<std::string>() : "?";
  Fields fields(json, database.place(), database.subject() + "." + name, problems);
  TableModel table;
  table.place = fields.place();
  table.name = fields.Text("name");
  if (!json.is_object()) return table;
  ReadKind(fields, table);
  ReadSource(json, fields, table, problems);
  table.description = fields.Text("description");
  table.owner = fields.Text("owner");
  table.tags = fields.Texts("tags");
  table.deprecation = fields.OptionalText("deprecation");
  table.key = fields.Texts("key");
  table.partition_by = fields.Texts("partition_by");
  table.properties = fields.TextMap("properties");
  for (const Json& column : fields.List("columns")) {
    table.columns.push_back(ReadColumn(column, fields, problems));
  }
  return table;
}

DatabaseModel ReadDatabase(const Json& json, std::vector<Problem>& problems) {
  const bool named = json.is_object() && json.contains("name") && json["name"].is_string();
  Fields fields(json, {}, named ? json["name"].get<std::string>() : "?", problems);
  DatabaseModel database;
  database.place = fields.place();
  database.name = fields.Text("name");
  database.description = fields.Text("description");
  for (const Json& table : fields.List("tables")) {
    database.tables.push_back(ReadTable(table, fields, problems));
  }
  std::ranges::stable_sort(database.tables, {}, [](const auto& t) { return Folded(t.name); });
  return database;
}

/// Problems that the Python side found itself.
void TakeProblems(Fields& document, std::vector<Problem>& problems) {
  for (const Json& json : document.List("problems")) {
    Fields fields(json, {}, "", problems);
    Problem problem;
    problem.place.file = fields.Text("file");
    const bool numbered = json.is_object() && json.contains("line") && json["line"].is_number();
    problem.place.line = numbered ? json["line"].get<int>() : 0;
    problem.subject = fields.Text("subject");
    problem.message = fields.Text("message");
    problems.push_back(std::move(problem));
  }
}

bool CheckHeader(const Json& json, std::string_view format, std::vector<Problem>& problems) {
  const bool marked = json.is_object() && json.contains("format") && json["format"] == format;
  if (!marked) {
    problems.push_back({{}, "", fmt::format("this is not a {} document", format)});
    return false;
  }
  const Json version = json.value("version", Json());
  if (version == kFormatVersion) return true;
  problems.push_back(
      {{},
       "",
       fmt::format("version {} of {} is not known to this build, which reads {}; use "
                   "a package and a program of one release",
                   version.dump(), format, kFormatVersion)});
  return false;
}

}  // namespace

Reading ReadDocument(std::string_view text, std::string_view format) {
  Reading reading;
  auto& problems = reading.problems;
  if (text.size() > kManifestBytesMax) {
    problems.push_back({{},
                        "",
                        fmt::format("a {} document of {} bytes; at most {} are read", format,
                                    text.size(), kManifestBytesMax)});
    return reading;
  }
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    problems.push_back({{}, "", fmt::format("a {} document that is not JSON", format)});
    return reading;
  }
  if (!CheckHeader(json, format, problems)) return reading;
  Fields fields(json, {}, "", problems);
  TakeProblems(fields, problems);
  for (const Json& database : fields.List("databases")) {
    reading.model.databases.push_back(ReadDatabase(database, problems));
  }
  std::ranges::stable_sort(reading.model.databases, {},
                           [](const auto& d) { return Folded(d.name); });
  return reading;
}

std::vector<std::string> ReadSources(std::string_view text) {
  std::vector<std::string> sources;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("sources") || !json["sources"].is_array()) return sources;
  for (const Json& source : json["sources"]) {
    if (source.is_string()) sources.push_back(source.get<std::string>());
  }
  return sources;
}

void SortProblems(std::vector<Problem>& problems) {
  std::ranges::stable_sort(problems, {}, [](const Problem& p) {
    return std::tie(p.place.file, p.place.line, p.subject);
  });
  const auto repeated = std::ranges::unique(problems);
  problems.erase(repeated.begin(), repeated.end());
}

}  // namespace neuralake::catalog
