#include "neuralake/serve/http/route_metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace neuralake::serve {
namespace {

constexpr std::string_view kOther = "other";

/// Routes without names in them.
constexpr std::array<std::string_view, 8> kPlain = {
    "/",           "/health",        "/ready",         "/metrics", "/openapi.json",
    "/api/v1/sql", "/api/v1/tables", "/api/v1/queries"};

/// Take the first part of `path`.
std::string_view Take(std::string_view& path) {
  const auto slash = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return part;
}

std::string_view TableRoute(std::string_view rest) {
  Take(rest);
  if (Take(rest).empty()) return kOther;
  if (rest.empty()) return "/api/v1/tables/{db}/{table}";
  return rest == "rows" ? "/api/v1/tables/{db}/{table}/rows" : kOther;
}

}  // namespace

std::string_view RouteName(std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  const auto plain = std::ranges::find(kPlain, path);
  if (plain != kPlain.end()) return *plain;
  if (path == "/catalog" || path.starts_with("/catalog/")) return "/catalog/";
  constexpr std::string_view kV1 = "/api/v1/";
  if (!path.starts_with(kV1)) return kOther;
  path.remove_prefix(kV1.size());
  const std::string_view word = Take(path);
  if (word == "tables") return TableRoute(path);
  if (word == "ingest") return "/api/v1/ingest/{db}/{table}";
  if (word == "queries") return "/api/v1/queries/{id}";
  if (word == "graphql") return "/api/v1/graphql";
  return kOther;
}

void RouteMetrics::Count(std::string_view route, int status, Duration took) {
  auto& requests = requests_[{route, status}];
  if (requests == nullptr) {
    requests =
        &metrics_.Counter("neuralake_http_requests_total", "HTTP requests that were answered",
                          {{"route", std::string(route)}, {"status", std::to_string(status)}});
  }
  auto& seconds = seconds_[route];
  if (seconds == nullptr) {
    seconds = &metrics_.Seconds("neuralake_http_request_seconds",
                                "from the end of the head to the last byte handed to the system",
                                {{"route", std::string(route)}});
  }
  requests->Increment();
  seconds->Observe(std::chrono::duration<double>(took).count());
}

}  // namespace neuralake::serve
