#include "push_forward.h"

#include <chrono>
#include <memory>

#include "ingest_watch.h"
#include <nlohmann/json.hpp>

#include "neuralake/columnar/time_text.h"
#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/ingest/push_client.h"

namespace neuralake::app {
namespace {

/// For the rows of one push to be durable. A log that is full or a disk that stands still is told
/// by then.
constexpr auto kPushTimeMax = std::chrono::seconds(30);
constexpr auto kMetricsTimeMax = std::chrono::seconds(1);

std::string Iso(WallTime time) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  return columnar::FormatTimestampIso(micros.count());
}

serve::HttpResponse Acknowledged(const ingest::PushAnswer& answer) {
  using Object = nlohmann::ordered_json;
  Object json = {{"accepted", answer.counts.accepted},
                 {"rejected", answer.counts.rejected},
                 {"replayed", answer.replayed},
                 {"acknowledged", Iso(WallTime(std::chrono::milliseconds(answer.received_ms)))},
                 {"lsn", answer.lsn}};
  for (const auto& each : answer.reasons) {
    json["reasons"].push_back({{"row", each.row}, {"reason", each.reason}});
  }
  serve::HttpResponse response;
  // A reason may quote bytes that came and are no UTF-8.
  response.body = json.dump(-1, ' ', false, Object::error_handler_t::replace);
  return response;
}

}  // namespace

serve::IngestParts ForwardPushes(const std::string& socket, observe::Metrics& metrics,
                                 Clock& clock) {
  const auto client = std::make_shared<ingest::PushClient>(socket);
  // Not over the connections of pushes, which may all be waiting.
  const auto watch = std::make_shared<IngestWatch>(socket, clock);
  const auto reporter = std::make_shared<ingest::PushClient>(socket);
  auto& away = metrics.Counter("neuralake_ingest_away_total",
                               "pushes that were turned away because the ingest process was away");
  serve::IngestParts parts;
  parts.push = [client, &away, &clock](const serve::IngestRequest& push) {
    if (const auto type = ingest::ParseContentType(push.content_type); !type) {
      auto refused = serve::ErrorResponse(type.error(), push.request_id);
      refused.status = 415;
      return refused;
    }
    const auto answer = client->Push(
        {push.database, push.table, push.content_type, push.idempotency_key, push.body},
        Deadline::After(kPushTimeMax, {}, clock));
    if (answer) return Acknowledged(*answer);
    if (answer.error().kind == ErrorKind::kUnavailable) away.Increment();
    return serve::ErrorResponse(answer.error(), push.request_id);
  };
  parts.up = [watch] { return watch->up(); };
  parts.metrics = [reporter, &clock] {
    const auto text = reporter->Metrics(Deadline::After(kMetricsTimeMax, {}, clock));
    const std::string up = text ? "1" : "0";
    return "# HELP neuralake_ingest_up 1 while the ingest process answers\n"
           "# TYPE neuralake_ingest_up gauge\nneuralake_ingest_up " +
           up + "\n" + text.value_or("");
  };
  return parts;
}

}  // namespace neuralake::app
