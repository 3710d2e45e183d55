#include "neuralake/serve/http/route_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

using testing::HasSubstr;

TEST(RouteName, LeavesOutTheNamesInATarget) {
  EXPECT_EQ(RouteName("/api/v1/sql"), "/api/v1/sql");
  EXPECT_EQ(RouteName("/api/v1/sql?limit=3"), "/api/v1/sql");
  EXPECT_EQ(RouteName("/api/v1/tables/a/b"), "/api/v1/tables/{db}/{table}");
  EXPECT_EQ(RouteName("/api/v1/tables/a/b/rows?x=eq.1"), "/api/v1/tables/{db}/{table}/rows");
  EXPECT_EQ(RouteName("/api/v1/ingest/a/b"), "/api/v1/ingest/{db}/{table}");
  EXPECT_EQ(RouteName("/api/v1/queries/1-2"), "/api/v1/queries/{id}");
  EXPECT_EQ(RouteName("/catalog/tables/a/b.html"), "/catalog/");
  EXPECT_EQ(RouteName("/health"), "/health");
}

TEST(RouteName, IsOneForAllTargetsThatNoRouteHas) {
  for (const char* target : {"/nope", "/api", "/api/v1/nope", "/api/v1/tables/a/b/c", "", "*"}) {
    EXPECT_EQ(RouteName(target), "other") << target;
  }
}

TEST(RouteMetrics, CountByRouteAndStatus) {
  observe::Metrics metrics;
  RouteMetrics routes(metrics);
  routes.Count("/health", 200, std::chrono::milliseconds(1));
  routes.Count("/health", 200, std::chrono::milliseconds(1));
  routes.Count("/health", 503, std::chrono::milliseconds(1));
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr(R"(requests_total{route="/health",status="200"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(requests_total{route="/health",status="503"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(request_seconds_count{route="/health"} 3)"));
}

}  // namespace
}  // namespace neuralake::serve
