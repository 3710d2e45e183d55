#include "neuralake/serve/http/api.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "neuralake/serve/http/static_files.h"
#include "neuralake/serve/http/status_json.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/rest/documents.h"
#include "neuralake/serve/rest/rows.h"

namespace neuralake::serve {
namespace {

Reply Json(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return {std::move(response)};
}

/// An error whose status is HTTP's own.
Reply Refuse(int status, const HttpRequest& request, ErrorKind kind, std::string message) {
  HttpResponse response = ErrorResponse({kind, std::move(message), {}, -1}, request.request_id);
  response.status = status;
  return {std::move(response)};
}

std::unexpected<Error> NoRoute(const HttpRequest& request) {
  return Fail(ErrorKind::kNotFound,
              fmt::format("no route {}; /openapi.json lists those there are", request.target));
}

/// Whether the method is one of `allowed`; `GET` allows `HEAD`.
bool Allows(const HttpRequest& request, std::string_view allowed) {
  const std::string_view method = request.method == "HEAD" ? "GET" : request.method;
  return allowed == method || allowed.starts_with(std::string(method) + ", ") ||
         allowed.ends_with(", " + std::string(method));
}

Reply NotAllowed(const HttpRequest& request, std::string_view allowed) {
  Reply reply = Refuse(405, request, ErrorKind::kInvalid,
                       fmt::format("{} is not possible here; {} is", request.method, allowed));
  std::get<HttpResponse>(reply.what).headers.emplace_back("Allow", allowed);
  return reply;
}

Result<const catalog::TableModel*> FindTable(const catalog::CatalogModel& model,
                                             const std::string& database,
                                             const std::string& table) {
  if (const auto* found = model.Find(database, table)) return found;
  return Fail(
      ErrorKind::kNotFound,
      fmt::format("no table {}.{}; GET /api/v1/tables lists those there are", database, table));
}

Reply FromResult(Result<Reply> result, std::string_view request_id) {
  if (result) return *std::move(result);
  return {ErrorResponse(result.error(), request_id)};
}

}  // namespace

Api::Api(Parts parts) : parts_(std::move(parts)), columns_(parts_.queries, parts_.clock) {}

std::size_t Api::BodyBytesMax(std::string_view method) {
  return method == "POST" ? kBodyBytesMax : 0;
}

Reply Api::Handle(const HttpRequest& request) {
  auto target = ParseTarget(request.target);
  if (!target) return {ErrorResponse(target.error(), request.request_id)};
  return FromResult(Route(request, *target), request.request_id);
}

Result<Reply> Api::Route(const HttpRequest& request, const Target& target) {
  const auto& path = target.segments;
  const std::string first = path.empty() ? "" : path[0];
  if (first == "api" && path.size() > 2 && path[1] == "v1") return RouteV1(request, target);
  const bool known = path.size() <= 1 || first == "catalog";
  if (!known) return NoRoute(request);
  if (!Allows(request, "GET")) return NotAllowed(request, "GET");
  if (first == "health") return Json(StatusJson("ok", *parts_.catalog.Get()));
  if (first == "ready") return Ready();
  if (first == "metrics") return Metrics();
  if (first == "openapi.json") return OpenApi();
  if (first == "catalog" || first.empty()) return Site(request, target);
  return NoRoute(request);
}

Result<Reply> Api::RouteV1(const HttpRequest& request, const Target& target) {
  const auto& path = target.segments;
  const std::string& name = path[2];
  if (name == "sql" && path.size() == 3) {
    if (!Allows(request, "POST")) return NotAllowed(request, "POST");
    return Sql(request, target);
  }
  if (name == "tables" && path.size() <= 6) return RouteTable(request, target);
  if (name == "queries" && path.size() <= 4) return Queries(request, target);
  if (name == "ingest" && path.size() == 5) return Ingest(request, target);
  if (name == "graphql" && path.size() == 3) {
    return Fail(ErrorKind::kUnsupported,
                "graphql is not there yet; POST /api/v1/sql and "
                "GET /api/v1/tables/{db}/{table}/rows are");
  }
  return NoRoute(request);
}

Result<Reply> Api::RouteTable(const HttpRequest& request, const Target& target) {
  const auto& path = target.segments;
  if (path.size() == 4 || (path.size() == 6 && path[5] != "rows")) return NoRoute(request);
  if (!Allows(request, "GET")) return NotAllowed(request, "GET");
  if (path.size() == 3) {
    // Thousands of tables take a while to print.
    return Reply{
        BlockingReply{[status = parts_.catalog.Get()] { return Json(TablesJson(*status)); }}};
  }
  if (path.size() == 5) return TableSchema(request, path[3], path[4]);
  return Rows(request, target, path[3], path[4]);
}

Result<Reply> Api::Sql(const HttpRequest& request, const Target& target) {
  SqlAsk ask = TRY(sql_reader_.Read(request, target));
  StatementReply reply;
  reply.request.statement = std::move(ask.statement);
  reply.request.grants = {.read = true, .write = true};
  reply.request.rows_max = ask.limit.value_or(parts_.rows_max);
  if (ask.timeout) reply.request.timeout = *ask.timeout;
  reply.format = ask.format;
  return Reply{std::move(reply)};
}

Result<Reply> Api::Rows(const HttpRequest& request, const Target& target,
                        const std::string& database, const std::string& table) {
  const catalog::CatalogPtr model = parts_.catalog.Get()->model;
  const catalog::TableModel* found = TRY(FindTable(*model, database, table));
  const std::string name = model->Find(database)->name;
  if (const auto columns = columns_.Recall(*model, name, found->name)) {
    return PlannedRows(request, target, *model, name, *found, *columns);
  }
  return Reply{BlockingReply{[this, &request, target, model, name, found] {
    const auto columns = columns_.Look(*model, name, found->name);
    if (!columns) return Reply{ErrorResponse(columns.error(), request.request_id)};
    return FromResult(PlannedRows(request, target, *model, name, *found, *columns),
                      request.request_id);
  }}};
}

Result<Reply> Api::PlannedRows(const HttpRequest& request, const Target& target,
                               const catalog::CatalogModel&, const std::string& database,
                               const catalog::TableModel& table, const columnar::Schema& columns) {
  RowsPlan plan = TRY(PlanRows(database, table, columns, target));
  StatementReply reply;
  reply.format = TRY(ChooseFormat(plan.format, request.accept));
  reply.request.statement = std::move(plan.statement);
  reply.request.rows_max = plan.limit;
  reply.pager = std::move(plan.pager);
  return Reply{std::move(reply)};
}

Result<Reply> Api::TableSchema(const HttpRequest& request, const std::string& database,
                               const std::string& table) {
  const catalog::CatalogPtr model = parts_.catalog.Get()->model;
  const catalog::TableModel* found = TRY(FindTable(*model, database, table));
  return Reply{BlockingReply{[this, &request, model, database, found] {
    const std::string& name = model->Find(database)->name;
    const auto columns = columns_.Look(*model, name, found->name);
    if (!columns) return Reply{ErrorResponse(columns.error(), request.request_id)};
    return Json(TableJson(name, *found, *columns));
  }}};
}

Result<Reply> Api::Queries(const HttpRequest& request, const Target& target) {
  if (target.segments.size() == 3) {
    if (!Allows(request, "GET")) return NotAllowed(request, "GET");
    return Json(QueriesJson(parts_.queries.Running(), parts_.queries.Recent(kQueriesShown)));
  }
  if (!Allows(request, "DELETE")) return NotAllowed(request, "DELETE");
  TRY(parts_.queries.Cancel(target.segments[3]));
  HttpResponse response;
  response.status = 202;
  response.body = R"({"cancelled":true})";
  return Reply{std::move(response)};
}

Result<Reply> Api::Ingest(const HttpRequest& request, const Target& target) {
  if (!Allows(request, "POST")) return NotAllowed(request, "POST");
  const catalog::CatalogPtr model = parts_.catalog.Get()->model;
  const auto& path = target.segments;
  const catalog::TableModel* table = TRY(FindTable(*model, path[3], path[4]));
  if (table->kind != catalog::TableKind::kDelta) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("{}.{} is a {} table; rows can be pushed into delta tables", path[3],
                            path[4], catalog::KindName(table->kind)));
  }
  if (!parts_.ingest.push) {
    return Fail(ErrorKind::kUnavailable, "no ingest process is configured");
  }
  if (request.idempotency_keys > 1) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} Idempotency-Key headers; a request has one or none",
                            request.idempotency_keys));
  }
  if (request.idempotency_keys == 1 && request.idempotency_key.empty()) {
    return Fail(ErrorKind::kInvalid, "the Idempotency-Key is empty; send one, or no such header");
  }
  IngestRequest push{model->Find(path[3])->name,        table->name,
                     std::string(request.content_type), std::string(request.idempotency_key),
                     std::string(request.body),         request.request_id};
  return Reply{BlockingReply{
      [forward = &parts_.ingest.push, push = std::move(push)] { return Reply{(*forward)(push)}; },
      /*push=*/true}};
}

Reply Api::Site(const HttpRequest& request, const Target& target) {
  const auto& path = target.segments;
  const std::string_view plain = request.target.substr(0, request.target.find('?'));
  // Links of the pages are relative: the folder's address must end with a slash.
  if (path.empty() || (path.size() == 1 && !plain.ends_with('/'))) {
    HttpResponse moved;
    moved.status = 308;
    moved.headers.emplace_back("Location", "/catalog/");
    return {std::move(moved)};
  }
  if (parts_.site_folder.empty()) {
    return {ErrorResponse({ErrorKind::kNotFound, "the catalog pages are switched off", {}, -1},
                          request.request_id)};
  }
  std::vector<std::string> below(path.begin() + 1, path.end());
  return {BlockingReply{[this, &request, below = std::move(below)] {
    return Reply{ServeFile(parts_.site_folder, below, request.if_none_match, request.request_id)};
  }}};
}

Reply Api::Ready() {
  if (draining_) {
    Reply reply = Json(StatusJson("stopping", *parts_.catalog.Get()));
    std::get<HttpResponse>(reply.what).status = 503;
    return reply;
  }
  if (!parts_.ingest.up) return Json(StatusJson("ready", *parts_.catalog.Get()));
  // Statements are taken whether or not pushes are: the status is about them alone.
  return Json(StatusJson("ready", *parts_.catalog.Get(), parts_.ingest.up() ? "ready" : "away"));
}

Reply Api::Metrics() {
  return {BlockingReply{[this] {
    parts_.queries.UpdateGauges();
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = parts_.metrics.Expose();
    if (parts_.ingest.metrics) response.body += parts_.ingest.metrics();
    return Reply{std::move(response)};
  }}};
}

Reply Api::OpenApi() {
  const catalog::CatalogPtr model = parts_.catalog.Get()->model;
  if (const auto made = openapi_.load(); made != nullptr && made->first == model->digest) {
    return Json(made->second);
  }
  return {BlockingReply{[this, model] {
    auto made = std::make_shared<const std::pair<std::string, std::string>>(model->digest,
                                                                            OpenApiJson(*model));
    openapi_ = made;
    return Json(made->second);
  }}};
}

}  // namespace neuralake::serve
