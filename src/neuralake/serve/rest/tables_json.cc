#include <nlohmann/json.hpp>

#include "neuralake/base/uri.h"
#include "neuralake/serve/format/type_name.h"
#include "neuralake/serve/http/status_json.h"
#include "neuralake/serve/rest/documents.h"

namespace neuralake::serve {
namespace {

using Json = nlohmann::ordered_json;

Json About(std::string_view database, const catalog::TableModel& table) {
  const std::string path =
      "/api/v1/tables/" + PercentEncode(database) + "/" + PercentEncode(table.name);
  return {
      {"database", database},
      {"name", table.name},
      {"kind", catalog::KindName(table.kind)},
      {"description", table.description},
      {"owner", table.owner},
      {"tags", table.tags},
      {"deprecation", table.deprecation ? Json(*table.deprecation) : Json()},
      {"key", table.key},
      {"partition_by", table.partition_by},
      {"links", {{"schema", path}, {"rows", path + "/rows"}}},
  };
}

Json ColumnJson(const columnar::Field& field, const catalog::Column* declared) {
  // The engine tells types; what must have a value, the definition says.
  const bool nullable = field.nullable && (declared == nullptr || declared->nullable);
  Json column = {{"name", field.name}, {"type", SqlTypeName(field.type)}, {"nullable", nullable}};
  if (declared != nullptr) {
    column["description"] = declared->description;
    column["unit"] = declared->unit;
    column["tags"] = declared->tags;
  }
  return column;
}

}  // namespace

std::string TablesJson(const CatalogStatus& status) {
  const catalog::CatalogModel& model = *status.model;
  Json tables = Json::array();
  for (const auto& database : model.databases) {
    for (const auto& table : database.tables) tables.push_back(About(database.name, table));
  }
  return Json({{"catalog", model.name},
               {"digest", model.digest},
               {"current", status.problems.empty()},
               {"problems", ProblemList(status)},
               {"tables", tables}})
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string TableJson(std::string_view database, const catalog::TableModel& table,
                      const columnar::Schema& columns) {
  Json json = About(database, table);
  Json list = Json::array();
  for (const auto& field : columns.fields)
    list.push_back(ColumnJson(field, table.Find(field.name)));
  json["columns"] = list;
  return json.dump();
}

}  // namespace neuralake::serve
