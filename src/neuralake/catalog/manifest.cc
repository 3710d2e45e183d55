#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "neuralake/catalog/locations.h"
#include "neuralake/catalog/model.h"
#include "neuralake/catalog/reading.h"

namespace neuralake::catalog {
namespace {

using Json = nlohmann::json;

Json WriteColumn(const Column& column) {
  Json json = {{"name", column.name},
               {"nullable", column.nullable},
               {"description", column.description},
               {"unit", column.unit},
               {"tags", column.tags}};
  json["type"] = column.type ? Json(columnar::FormatType(*column.type)) : Json();
  return json;
}

Json WritePlace(const SourcePlace& place) { return {{"file", place.file}, {"line", place.line}}; }

Json WriteTable(const TableModel& table) {
  Json json = {{"name", table.name},
               {"kind", KindName(table.kind)},
               {"description", table.description},
               {"owner", table.owner},
               {"tags", table.tags},
               {"key", table.key},
               {"columns", Json::array()},
               {"place", WritePlace(table.place)}};
  json["deprecation"] = table.deprecation ? Json(*table.deprecation) : Json();
  for (const Column& column : table.columns) json["columns"].push_back(WriteColumn(column));
  if (table.kind == TableKind::kFunction) {
    json["function"] = {{"module", table.function.module}, {"name", table.function.name}};
    return json;
  }
  json["uri"] = PortableLocation(table.uri);
  switch (table.kind) {
    case TableKind::kDelta:
      json["partition_by"] = table.partition_by;
      json["properties"] = table.properties.empty() ? Json::object() : Json(table.properties);
      break;
    case TableKind::kParquet:
      json["partition_by"] = table.partition_by;
      json["hive_partitioning"] = table.hive_partitioning;
      break;
    case TableKind::kCsv:
      json["csv"] = {{"delimiter", table.csv.delimiter},
                     {"header", table.csv.header},
                     {"null_values", table.csv.null_values}};
      break;
    case TableKind::kFunction:
      break;
  }
  return json;
}

std::string WriteManifest(const CatalogModel& model) {
  Json json = {
      {"format", kManifestFormat}, {"version", kFormatVersion}, {"databases", Json::array()}};
  for (const DatabaseModel& database : model.databases) {
    Json tables = Json::array();
    for (const TableModel& table : database.tables) tables.push_back(WriteTable(table));
    json["databases"].push_back({{"name", database.name},
                                 {"description", database.description},
                                 {"place", WritePlace(database.place)},
                                 {"tables", std::move(tables)}});
  }
  // The library keeps the keys of an object in order, which makes the text canonical.
  return json.dump(2) + "\n";
}

std::string Digest(std::string_view bytes) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), hash, &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", hash[i]);
  return text;
}

std::unexpected<Error> Refuse(std::vector<Problem> problems) {
  SortProblems(problems);
  std::string text;
  for (const Problem& problem : problems) {
    if (problem.severity == Severity::kWarning) continue;
    if (!text.empty()) text += '\n';
    text += FormatProblem(problem);
  }
  return Fail(ErrorKind::kInvalid, std::move(text));
}

}  // namespace

std::vector<Problem> CheckDefinitions(std::string_view json) {
  Reading reading = ReadDocument(json, kDefinitionsFormat);
  CheckModel(reading.model, reading.problems);
  SortProblems(reading.problems);
  return std::move(reading.problems);
}

Result<std::string> MakeManifest(std::string_view definitions_json) {
  Reading reading = ReadDocument(definitions_json, kDefinitionsFormat);
  CheckModel(reading.model, reading.problems);
  if (HasErrors(reading.problems)) return Refuse(std::move(reading.problems));
  return WriteManifest(reading.model);
}

Result<CatalogPtr> LoadManifest(std::string_view json, std::string_view project) {
  Reading reading = ReadDocument(json, kManifestFormat);
  CheckModel(reading.model, reading.problems);
  if (HasErrors(reading.problems)) return Refuse(std::move(reading.problems));
  auto model = std::make_shared<CatalogModel>(std::move(reading.model));
  model->digest = Digest(json);
  for (DatabaseModel& database : model->databases) {
    for (TableModel& table : database.tables) {
      table.uri = ResolvedLocation(table.uri, project);
    }
  }
  return model;
}

}  // namespace neuralake::catalog
