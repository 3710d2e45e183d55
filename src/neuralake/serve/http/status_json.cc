#include "neuralake/serve/http/status_json.h"

#include <chrono>

#include <nlohmann/json.hpp>

#include "neuralake/columnar/time_text.h"

namespace neuralake::serve {
namespace {

using Json = nlohmann::ordered_json;

std::string Iso(WallTime time) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  return columnar::FormatTimestampIso(micros.count());
}

std::string_view StateName(query::State state) {
  switch (state) {
    case query::State::kWaiting:
      return "waiting";
    case query::State::kRunning:
      return "running";
    case query::State::kSending:
      return "sending";
    case query::State::kFinished:
      return "finished";
  }
  return "";
}

Json SummaryJson(const query::Summary& summary) {
  const auto elapsed = std::chrono::duration<double, std::milli>(summary.elapsed).count();
  Json json = {{"query_id", summary.id},
               {"sql", summary.sql},
               {"protocol", summary.protocol},
               {"client", summary.client},
               {"state", StateName(summary.state)},
               {"lane", summary.lane == query::Lane::kShort ? "short" : "long"},
               {"arrived", Iso(summary.arrived)},
               {"elapsed_ms", elapsed},
               {"rows", summary.rows},
               {"bytes", summary.bytes},
               {"truncated", summary.truncated},
               {"versions", summary.versions},
               {"error", nullptr}};
  if (!summary.outcome) {
    const Error& error = summary.outcome.error();
    json["error"] = {{"kind", Row(error.kind).name}, {"message", error.message}};
  }
  return json;
}

}  // namespace

Json ProblemList(const CatalogStatus& catalog) {
  const std::string& text = catalog.problems;
  Json lines = Json::array();
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string StatusJson(std::string_view word, const CatalogStatus& catalog,
                       std::string_view ingest) {
  std::size_t tables = 0;
  for (const auto& database : catalog.model->databases) tables += database.tables.size();
  const Json reading = catalog.reading_since ? Json(Iso(*catalog.reading_since)) : Json(nullptr);
  Json json = {{"status", word},
               {"version", NEURALAKE_VERSION},
               {"catalog",
                {{"current", catalog.problems.empty()},
                 {"digest", catalog.model->digest},
                 {"databases", catalog.model->databases.size()},
                 {"tables", tables},
                 {"loaded", Iso(catalog.loaded)},
                 {"checked", Iso(catalog.checked)},
                 {"reading_since", reading},
                 {"problems", ProblemList(catalog)}}}};
  if (!ingest.empty()) json["ingest"] = ingest;
  // Messages may quote what Python printed.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string QueriesJson(const std::vector<query::Summary>& running,
                        const std::vector<query::Summary>& recent) {
  Json json = {{"running", Json::array()}, {"recent", Json::array()}};
  for (const auto& summary : running) json["running"].push_back(SummaryJson(summary));
  for (const auto& summary : recent) json["recent"].push_back(SummaryJson(summary));
  // A statement may hold bytes that are not UTF-8: it came from a client.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace neuralake::serve
