#include "neuralake/serve/http/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "neuralake/query/test_executor.h"

namespace neuralake::serve {
namespace {

using testing::HasSubstr;

catalog::CatalogPtr Model() {
  auto model = std::make_shared<catalog::CatalogModel>();
  catalog::TableModel numbers;
  numbers.name = "numbers";
  numbers.description = "Counts";
  catalog::Column n;
  n.name = "n";
  n.type = columnar::ParseType("long").value();
  n.unit = "apples";
  numbers.columns = {n};
  catalog::TableModel files = numbers;
  files.name = "files";
  files.kind = catalog::TableKind::kParquet;
  model->databases.push_back({"test", "", {files, numbers}, {}});
  model->digest = "0123456789abcdef";
  return model;
}

class ApiTest : public testing::Test {
 protected:
  Reply Ask(std::string_view method, std::string_view target, std::string_view body = "") {
    request_.method = method;
    request_.target = target;
    request_.body = body;
    request_.request_id = "r-1";
    Reply reply = api_.Handle(request_);
    while (auto* blocking = std::get_if<BlockingReply>(&reply.what)) reply = blocking->work();
    return reply;
  }
  HttpResponse Get(std::string_view target) { return Whole(Ask("GET", target)); }
  static HttpResponse Whole(Reply reply) {
    EXPECT_TRUE(std::holds_alternative<HttpResponse>(reply.what));
    return std::get<HttpResponse>(std::move(reply.what));
  }

  query::TestExecutor executor_;
  observe::Metrics metrics_;
  FakeClock clock_;
  query::Service queries_{executor_, metrics_, {}};
  CatalogState catalog_{Model(), clock_};
  HttpRequest request_;
  std::vector<IngestRequest> pushed_;
  bool ingest_is_up_ = true;
  IngestParts ingest_{[this](const IngestRequest& push) {
                        pushed_.push_back(push);
                        return HttpResponse{};
                      },
                      [] { return std::string("neuralake_ingest_up 1\n"); },
                      [this] { return ingest_is_up_; }};
  Api api_{{queries_, catalog_, metrics_, clock_, "", ingest_}};
};

TEST_F(ApiTest, TurnsSqlIntoAStatement) {
  Reply reply = Ask("POST", "/api/v1/sql", R"({"sql": "rows 5", "limit": 3, "format": "csv"})");
  const auto& statement = std::get<StatementReply>(reply.what);
  EXPECT_EQ(statement.request.statement.sql, "rows 5");
  EXPECT_EQ(statement.request.rows_max, 3u);
  EXPECT_EQ(statement.format, Format::kCsv);
  EXPECT_TRUE(statement.request.grants.write);
}

TEST_F(ApiTest, LimitsRowsWhenTheRequestDoesNot) {
  Reply reply = Ask("POST", "/api/v1/sql", "rows 5");
  EXPECT_EQ(std::get<StatementReply>(reply.what).request.rows_max, 10'000u);
}

TEST_F(ApiTest, PlansRowsOfATable) {
  Reply reply = Ask("GET", "/api/v1/tables/test/numbers/rows?n=gt.5&limit=2");
  const auto& statement = std::get<StatementReply>(reply.what);
  EXPECT_EQ(statement.request.statement.sql,
            R"(SELECT * FROM "test"."numbers" WHERE "n" > $1 LIMIT 3)");
  EXPECT_EQ(statement.request.rows_max, 2u);
  EXPECT_FALSE(statement.request.grants.write);
}

TEST_F(ApiTest, RemembersTheColumnsOfATable) {
  Ask("GET", "/api/v1/tables/test/numbers/rows");
  request_.target = "/api/v1/tables/test/numbers/rows";
  EXPECT_TRUE(std::holds_alternative<StatementReply>(api_.Handle(request_).what));
  clock_.Advance(std::chrono::seconds(3));
  EXPECT_TRUE(std::holds_alternative<BlockingReply>(api_.Handle(request_).what));
}

TEST_F(ApiTest, DescribesTablesFromTheCatalog) {
  const auto all = nlohmann::json::parse(Get("/api/v1/tables").body);
  EXPECT_EQ(all["tables"].size(), 2u);
  EXPECT_EQ(all["tables"][1]["links"]["rows"], "/api/v1/tables/test/numbers/rows");
  const auto one = nlohmann::json::parse(Get("/api/v1/tables/test/numbers").body);
  EXPECT_EQ(one["columns"][0]["type"], "BIGINT");
  EXPECT_EQ(one["columns"][0]["unit"], "apples");
}

TEST_F(ApiTest, GeneratesOpenApiFromTheCatalog) {
  const auto document = nlohmann::json::parse(Get("/openapi.json").body);
  EXPECT_EQ(document["openapi"], "3.1.1");
  EXPECT_TRUE(document["paths"].contains("/api/v1/tables/test/numbers/rows"));
  EXPECT_TRUE(document["paths"].contains("/api/v1/ingest/test/numbers"));
  EXPECT_FALSE(document["paths"].contains("/api/v1/ingest/test/files"));
  const auto& row = document["components"]["schemas"]["test.numbers"];
  EXPECT_EQ(row["properties"]["n"]["description"], "in apples");
  EXPECT_EQ(row["properties"]["n"]["type"], nlohmann::json({"integer", "string", "null"}));
  const auto& wrapped = document["paths"]["/api/v1/tables/test/numbers/rows"]["get"]["responses"]
                                ["200"]["content"]["application/json"]["schema"];
  EXPECT_EQ(wrapped["allOf"][0]["$ref"], "#/components/schemas/Answer");
}

TEST_F(ApiTest, SaysThatTheServedCatalogLagsBehind) {
  EXPECT_TRUE(nlohmann::json::parse(Get("/ready").body)["catalog"]["current"]);
  catalog_.Refuse("lake.py:3: aviation.flights: no type colour\nlake.py:9: other");
  const auto ready = nlohmann::json::parse(Get("/ready").body);
  EXPECT_FALSE(ready["catalog"]["current"]);
  EXPECT_EQ(ready["catalog"]["problems"].size(), 2u);
  EXPECT_EQ(ready["catalog"]["tables"], 2);
  EXPECT_EQ(Get("/health").status, 200);
}

TEST_F(ApiTest, StopsBeingReadyWhenItDrains) {
  EXPECT_EQ(Get("/ready").status, 200);
  api_.Drain();
  EXPECT_EQ(Get("/ready").status, 503);
}

TEST_F(ApiTest, IsReadyForStatementsWithoutTheIngestProcessAndTellsOfIt) {
  EXPECT_EQ(nlohmann::json::parse(Get("/ready").body)["ingest"], "ready");
  ingest_is_up_ = false;
  const HttpResponse response = Get("/ready");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(nlohmann::json::parse(response.body)["ingest"], "away");
  EXPECT_FALSE(nlohmann::json::parse(Get("/health").body).contains("ingest"));
}

TEST_F(ApiTest, SaysAtOnceWhetherItIsReady) {
  request_.method = "GET";
  request_.target = "/ready";
  EXPECT_TRUE(std::holds_alternative<HttpResponse>(api_.Handle(request_).what));
}

TEST_F(ApiTest, RefusesOtherMethods) {
  const HttpResponse response = Get("/api/v1/sql");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers[0].second, "POST");
  EXPECT_EQ(Whole(Ask("POST", "/health")).status, 405);
  EXPECT_EQ(Whole(Ask("HEAD", "/health")).status, 200);
  EXPECT_EQ(Whole(Ask("GET", "/api/v1/queries/x")).status, 405);
}

TEST_F(ApiTest, RefusesRoutesThatAreNotThere) {
  for (const char* target :
       {"/nope", "/api", "/api/v2/sql", "/api/v1", "/api/v1/nope", "/api/v1/tables/x",
        "/api/v1/tables/test/numbers/columns", "/api/v1/tables/a/b/rows/c", "/health/x"}) {
    const HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_THAT(response.body, HasSubstr(R"("kind":"not_found")")) << target;
  }
}

TEST_F(ApiTest, NamesATableThatIsNotThere) {
  EXPECT_THAT(Get("/api/v1/tables/test/nope/rows").body, HasSubstr("no table test.nope"));
  EXPECT_THAT(Get("/api/v1/tables/test/nope").body, HasSubstr("no table test.nope"));
}

TEST_F(ApiTest, RefusesGraphqlClearly) {
  const HttpResponse response = Whole(Ask("POST", "/api/v1/graphql", "{}"));
  EXPECT_EQ(response.status, 501);
  EXPECT_THAT(response.body, HasSubstr("graphql is not there yet"));
}

TEST_F(ApiTest, ForwardsRowsToTheIngestProcess) {
  request_.idempotency_key = "k1";
  request_.idempotency_keys = 1;
  EXPECT_EQ(Whole(Ask("POST", "/api/v1/ingest/TEST/numbers", "[{}]")).status, 200);
  ASSERT_EQ(pushed_.size(), 1u);
  EXPECT_EQ(pushed_[0].database, "test");
  EXPECT_EQ(pushed_[0].body, "[{}]");
  EXPECT_EQ(pushed_[0].idempotency_key, "k1");
  EXPECT_EQ(Whole(Ask("POST", "/api/v1/ingest/test/files", "[]")).status, 501);
}

TEST_F(ApiTest, RefusesAPushUnderTwoKeysOrAnEmptyOne) {
  request_.idempotency_key = "k1";
  request_.idempotency_keys = 2;
  EXPECT_EQ(Whole(Ask("POST", "/api/v1/ingest/test/numbers", "[{}]")).status, 400);
  request_.idempotency_key = "";
  request_.idempotency_keys = 1;
  EXPECT_EQ(Whole(Ask("POST", "/api/v1/ingest/test/numbers", "[{}]")).status, 400);
  EXPECT_TRUE(pushed_.empty());
}

TEST_F(ApiTest, CancelsAStatementByItsName) {
  query::Request waiting;
  waiting.statement.sql = "wait";
  waiting.protocol = "test";
  const auto run = queries_.Open(std::move(waiting));
  EXPECT_THAT(Get("/api/v1/queries").body, HasSubstr(run->id()));
  EXPECT_EQ(Whole(Ask("DELETE", "/api/v1/queries/" + run->id())).status, 202);
  EXPECT_TRUE(run->deadline().Expired());
  EXPECT_EQ(Whole(Ask("DELETE", "/api/v1/queries/nope")).status, 404);
}

TEST_F(ApiTest, GivesMetricsAsText) {
  EXPECT_THAT(Get("/metrics").body, HasSubstr("neuralake_statements_running"));
}

TEST_F(ApiTest, SendsPeopleToTheCatalog) {
  const HttpResponse response = Get("/");
  EXPECT_EQ(response.status, 308);
  EXPECT_EQ(response.headers[0].second, "/catalog/");
  EXPECT_EQ(Get("/catalog").status, 308);
  EXPECT_EQ(Get("/catalog/").status, 404) << "no pages are configured here";
}

}  // namespace
}  // namespace neuralake::serve
