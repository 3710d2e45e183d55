#include <nlohmann/json.hpp>

#include "neuralake/base/uri.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/rest/documents.h"
#include "neuralake/serve/rest/json_schema.h"

namespace neuralake::serve {
namespace {

using Json = nlohmann::ordered_json;

Json Reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

Json Content(const std::string& type, Json schema) {
  return {{type, {{"schema", std::move(schema)}}}};
}

Json Answer(std::string description, Json schema) {
  return {{"description", std::move(description)},
          {"content", Content("application/json", std::move(schema))}};
}

/// An answer with rows, in every format; `row` is the schema of one.
Json Rows(const Json& row) {
  Json whole = {{"allOf", Json::array({Reference("Answer")})},
                {"properties", {{"rows", {{"type", "array"}, {"items", row}}}}}};
  Json content = Content("application/json", whole);
  content["application/x-ndjson"] = {{"schema", row}};
  for (const char* type :
       {"text/csv", "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"}) {
    content[type] = {{"schema", {{"type", "string"}}}};
  }
  return {{"description",
           "The rows. Other formats than JSON tell that they were cut in the field "
           "or trailer Neuralake-Truncated."},
          {"content", content}};
}

Json Problem() {
  return {{"description", "What went wrong"},
          {"content", Content("application/json", Reference("Problem"))}};
}

Json Operation(std::string id, std::string summary, Json ok) {
  return {{"operationId", std::move(id)},
          {"summary", std::move(summary)},
          {"responses", {{"200", std::move(ok)}, {"default", Problem()}}}};
}

Json Parameter(std::string name, std::string where, std::string description, Json schema) {
  return {{"name", std::move(name)},
          {"in", where},
          {"required", where == "path"},
          {"description", std::move(description)},
          {"schema", std::move(schema)}};
}

Json Text() { return {{"type", "string"}}; }
Json Anything() { return {{"type", "object"}}; }

Json FixedSchemas() {
  Json error = {{"type", "object"},
                {"properties",
                 {{"kind", Text()},
                  {"message", Text()},
                  {"detail", {{"type", {"string", "null"}}}},
                  {"position",
                   {{"type", {"integer", "null"}},
                    {"description", "Character offset in the statement, from 0"}}},
                  {"request_id", Text()}}}};
  Json column = {{"type", "object"}, {"properties", {{"name", Text()}, {"type", Text()}}}};
  Json answer = {
      {"type", "object"},
      {"required", {"columns", "rows", "truncated", "next", "query_id", "versions"}},
      {"properties",
       {{"columns", {{"type", "array"}, {"items", column}}},
        {"rows", {{"type", "array"}, {"items", Anything()}}},
        {"truncated", {{"type", "boolean"}}},
        {"next", {{"type", {"string", "null"}}, {"description", "The cursor of the next page"}}},
        {"rows_changed",
         {{"type", "integer"}, {"description", "Rows that a change touched; absent otherwise"}}},
        {"query_id", Text()},
        {"versions",
         {{"type", "object"},
          {"description", "The version of each table that was read, or that a change made"},
          {"additionalProperties", {{"type", "integer"}}}}},
        {"error", error}}}};
  Json ask = {
      {"type", "object"},
      {"required", Json::array({"sql"})},
      {"additionalProperties", false},
      {"properties",
       {{"sql", Text()},
        {"params", {{"type", {"array", "object"}}, {"description", "For $1, $2, … or for $name"}}},
        {"limit", {{"type", "integer"}, {"minimum", 1}, {"default", 10000}}},
        {"timeout_ms", {{"type", "integer"}, {"minimum", 1}}},
        {"format", {{"enum", {"json", "ndjson", "csv", "arrow", "parquet"}}}}}}};
  return {{"Problem", {{"type", "object"}, {"properties", {{"error", error}}}}},
          {"Answer", answer},
          {"Ask", ask}};
}

Json SqlPath() {
  Json post = Operation("sql", "Run one SQL statement", Rows(Anything()));
  Json content = Content("application/json", Reference("Ask"));
  content["application/sql"] = {{"schema", Text()}};
  post["requestBody"] = {{"required", true}, {"content", content}};
  return {{"post", post}};
}

Json QueryPath() {
  Json cancel = Operation("cancelQuery", "Cancel a running statement",
                          Answer("It is being stopped", Anything()));
  cancel["parameters"] = Json::array({Parameter("id", "path", "The query_id", Text())});
  return {{"delete", cancel}};
}

Json FixedPaths() {
  const auto get = [](std::string id, std::string summary) {
    return Json{
        {"get", Operation(std::move(id), std::move(summary), Answer("The answer", Anything()))}};
  };
  return {{"/health", get("health", "Whether the process lives")},
          {"/ready", get("ready", "Whether statements are taken, and whether pushes are")},
          {"/api/v1/sql", SqlPath()},
          {"/api/v1/tables", get("tables", "All tables")},
          {"/api/v1/queries", get("queries", "Running and recent statements")},
          {"/api/v1/queries/{id}", QueryPath()}};
}

Json RowSchema(const catalog::TableModel& table) {
  Json properties = Json::object();
  for (const auto& column : table.columns) {
    Json schema = column.type ? JsonSchemaOf(*column.type, column.nullable) : Json::object();
    std::string text = column.description;
    if (!column.unit.empty()) text += (text.empty() ? "in " : ", in ") + column.unit;
    if (!text.empty()) schema["description"] = text;
    properties[column.name] = schema;
  }
  Json schema = {{"type", "object"}, {"properties", properties}};
  if (!table.description.empty()) schema["description"] = table.description;
  return schema;
}

Json RowsOperation(const std::string& name, const catalog::TableModel& table) {
  Json get =
      Operation("rows_" + name, table.description.empty() ? "Rows of " + name : table.description,
                Rows(Reference(name)));
  if (table.deprecation) get["deprecated"] = true;
  Json parameters = Json::array(
      {Parameter("select", "query", "Columns, separated by commas", Text()),
       Parameter("order", "query", "`column.desc.nullsfirst`, separated by commas", Text()),
       Parameter("limit", "query", "Rows of a page",
                 {{"type", "integer"},
                  {"minimum", 1},
                  {"maximum", kPageRowsMax},
                  {"default", kPageRowsDefault}}),
       Parameter("cursor", "query", "`next` of the page before", Text()),
       Parameter("format", "query", "json, ndjson, csv, arrow or parquet", Text())});
  for (const auto& column : table.columns) {
    parameters.push_back(
        Parameter(column.name, "query",
                  "A filter: `eq.1`, `neq.`, `gt.`, `gte.`, `lt.`, `lte.`, `like.*a*`, `in.(1,2)`, "
                  "`is.null`; `not.` before it negates",
                  Text()));
  }
  get["parameters"] = parameters;
  return get;
}

Json IngestOperation(const std::string& name) {
  Json post = Operation("ingest_" + name, "Append rows; acknowledged when durable",
                        Answer("What was taken", Anything()));
  Json content = Content("application/json", {{"type", "array"}, {"items", Reference(name)}});
  content["application/x-ndjson"] = {{"schema", Reference(name)}};
  content["text/csv"] = {{"schema", Text()}};
  content["application/vnd.apache.arrow.stream"] = {{"schema", Text()}};
  post["requestBody"] = {{"required", true}, {"content", content}};
  post["parameters"] = Json::array({Parameter(
      "Idempotency-Key", "header",
      "A repeat with the same key changes nothing; another body under it is refused (409)",
      Text())});
  return post;
}

}  // namespace

std::string OpenApiJson(const catalog::CatalogModel& model) {
  Json paths = FixedPaths();
  Json schemas = FixedSchemas();
  for (const auto& database : model.databases) {
    for (const auto& table : database.tables) {
      const std::string name = database.name + "." + table.name;
      const std::string place = PercentEncode(database.name) + "/" + PercentEncode(table.name);
      schemas[name] = RowSchema(table);
      paths["/api/v1/tables/" + place] = {
          {"get", Operation("table_" + name, "The definition and columns of " + name,
                            Answer("The table", Anything()))}};
      paths["/api/v1/tables/" + place + "/rows"] = {{"get", RowsOperation(name, table)}};
      if (table.kind == catalog::TableKind::kDelta) {
        paths["/api/v1/ingest/" + place] = {{"post", IngestOperation(name)}};
      }
    }
  }
  const Json document = {
      {"openapi", "3.1.1"},
      {"info",
       {{"title", model.name},
        {"version", model.digest.substr(0, 12)},
        {"description", "Made from the table definitions; changes when they change."}}},
      {"paths", paths},
      {"components", {{"schemas", schemas}}}};
  return document.dump();
}

}  // namespace neuralake::serve
