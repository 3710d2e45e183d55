#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "neuralake/observe/metrics.h"
#include "neuralake/query/service.h"
#include "neuralake/serve/catalog_state.h"
#include "neuralake/serve/format/answer.h"
#include "neuralake/serve/http/message.h"
#include "neuralake/serve/http/sql_request.h"
#include "neuralake/serve/rest/table_columns.h"

namespace neuralake::serve {

struct Reply;

/// A statement whose rows are the answer.
struct StatementReply {
  query::Request request;
  Format format = Format::kJson;
  std::unique_ptr<Pager> pager;
};

/// Work that blocks; its outcome is the reply.
struct BlockingReply {
  std::move_only_function<Reply()> work;
  /// Waits for another process: on threads of its own, so that nothing else waits with it.
  bool push = false;
};

/// What to do about a request.
struct Reply {
  std::variant<HttpResponse, StatementReply, BlockingReply> what;
};

/// Rows that a client pushes into a table.
struct IngestRequest {
  std::string database;
  std::string table;
  std::string content_type;
  std::string idempotency_key;
  std::string body;
  std::string request_id;
};

/// The ways to the ingest process. Null: no such process is configured.
struct IngestParts {
  std::function<HttpResponse(const IngestRequest&)> push;  ///< Blocks.
  std::function<std::string()> metrics;  ///< Its own, in Prometheus' text form; blocks.
  std::function<bool()> up;              ///< Whether it answered lately; says so at once.
};

/// The HTTP routes: from a request to what is to be done, without a socket in sight.
///
/// \threads one thread at a time; the work it hands out runs on others
class Api {
 public:
  struct Parts {
    query::Service& queries;
    const CatalogState& catalog;
    observe::Metrics& metrics;
    Clock& clock;
    std::string site_folder;  ///< Of the generated pages; empty: there are none.
    IngestParts ingest;
    std::uint64_t rows_max = query::kRowsDefault;
  };

  explicit Api(Parts parts);

  /// How large the body of a request may be.
  static std::size_t BodyBytesMax(std::string_view method);

  Reply Handle(const HttpRequest& request);

  /// From now on `/ready` says that the server is stopping.
  void Drain() { draining_ = true; }

 private:
  Result<Reply> Route(const HttpRequest& request, const Target& target);
  Result<Reply> RouteV1(const HttpRequest& request, const Target& target);
  Result<Reply> RouteTable(const HttpRequest& request, const Target& target);
  Result<Reply> Sql(const HttpRequest& request, const Target& target);
  Result<Reply> Rows(const HttpRequest& request, const Target& target, const std::string& database,
                     const std::string& table);
  Result<Reply> PlannedRows(const HttpRequest& request, const Target& target,
                            const catalog::CatalogModel& model, const std::string& database,
                            const catalog::TableModel& table, const columnar::Schema& columns);
  Result<Reply> TableSchema(const HttpRequest& request, const std::string& database,
                            const std::string& table);
  Result<Reply> Queries(const HttpRequest& request, const Target& target);
  Result<Reply> Ingest(const HttpRequest& request, const Target& target);
  Reply Site(const HttpRequest& request, const Target& target);
  Reply Ready();
  Reply Metrics();
  Reply OpenApi();

  Parts parts_;
  SqlRequestReader sql_reader_;
  TableColumns columns_;
  bool draining_ = false;
  // The digest of a catalog and its document; made on another thread.
  std::atomic<std::shared_ptr<const std::pair<std::string, std::string>>> openapi_;
};

}  // namespace neuralake::serve
