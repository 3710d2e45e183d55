#include "table_watch.h"

#include <algorithm>

#include "neuralake/catalog/diff.h"
#include "neuralake/site/facts/storage_facts.h"
#include "neuralake/site/publish.h"

namespace neuralake::app {
namespace {

using namespace std::chrono_literals;

/// How often it is seen that another catalog is served.
constexpr auto kPoll = 250ms;
/// Between two looks at the tables; more when a look takes long, so that looking stays cheap.
constexpr auto kLookInterval = 5s;
constexpr int kLookShare = 20;  // at most one part of so many is spent on looking
/// Pages are also written anew when no table seems to have changed: Parquet and CSV files have no
/// versions to look at.
constexpr auto kPublishInterval = 5min;
constexpr auto kLookTimeMax = 60s;
constexpr auto kFactsTimeMax = 5min;

}  // namespace

void TableWatch::Run(const std::stop_token& stop) {
  do {
    const auto model = parts_.catalog.Get()->model;
    const bool other = model->digest != published_;
    const MonoTime begun = parts_.clock.Mono();
    if (!other && begun < look_at_) continue;
    const bool changed = LookAtTables(*model, stop);
    if (other || changed || begun >= publish_at_) Publish(model, stop);
    published_ = model->digest;
    const MonoTime now = parts_.clock.Mono();
    look_at_ = now + std::max(Duration{kLookInterval}, Duration{(now - begun) * kLookShare});
  } while (parts_.clock.Sleep(kPoll, stop));
}

/// Whether a Delta table has another version than at the last look.
bool TableWatch::LookAtTables(const catalog::CatalogModel& model, const std::stop_token& stop) {
  const Deadline deadline = Deadline::After(kLookTimeMax, stop, parts_.clock);
  std::map<std::string, delta::Version> versions;
  for (const auto& database : model.databases) {
    for (const auto& table : database.tables) {
      if (table.kind != catalog::TableKind::kDelta || deadline.Expired()) continue;
      const auto opened = parts_.engine.Table(table.uri);
      if (!opened) continue;  // a table without data yet, or a store that is away
      const auto snapshot = (*opened)->Latest(deadline);
      if (!snapshot) continue;
      versions.emplace(table.uri, (*snapshot)->version());
      TellDrift(database.name + "." + table.name, table, (*snapshot)->metadata().schema);
      const auto before = versions_.find(table.uri);
      if (before == versions_.end() || before->second != (*snapshot)->version()) {
        Report(database.name + "." + table.name, **snapshot);
      }
    }
  }
  const bool changed = versions != versions_;
  versions_ = std::move(versions);
  return changed;
}

void TableWatch::TellDrift(const std::string& name, const catalog::TableModel& table,
                           const columnar::Schema& schema) {
  std::string drift = catalog::Drift(table, schema);
  if (drifts_[name] == drift) return;
  if (!drift.empty()) {
    parts_.log.Warn("catalog", "a table is not as its definition declares it",
                    {{"table", name},
                     {"difference", drift},
                     {"rows", "fit the table as it is; those that do not are dead letters"},
                     {"columns", "are added by neuralake table write --schema-mode merge"}});
  }
  drifts_[name] = std::move(drift);
}

void TableWatch::Report(const std::string& name, const delta::Snapshot& snapshot) {
  const observe::Labels labels{{"table", name}};
  const auto set = [&](const char* metric, const char* help, double value) {
    parts_.metrics.Gauge(metric, help, labels).Set(value);
  };
  const auto& files = snapshot.files();
  std::size_t small = 0;
  for (std::size_t file = 0; file < files.count(); ++file) {
    small += files.size(file) < options_.small_bytes ? 1 : 0;
  }
  set("neuralake_table_version", "the newest version seen",
      static_cast<double>(snapshot.version()));
  set("neuralake_table_files", "live data files", static_cast<double>(files.count()));
  set("neuralake_table_files_pending",
      "live data files that are small enough to be merged by compaction",
      static_cast<double>(small));
  set("neuralake_table_bytes", "bytes of the live data files",
      static_cast<double>(snapshot.size_bytes()));
  if (const auto rows = snapshot.num_records()) {
    set("neuralake_table_rows", "rows", static_cast<double>(*rows));
  }
  set("neuralake_table_committed_timestamp_seconds",
      "when the newest version was committed; its age is how far a table that is fed lags",
      std::chrono::duration<double>(snapshot.timestamp().time_since_epoch()).count());
}

void TableWatch::Publish(const catalog::CatalogPtr& model, const std::stop_token& stop) {
  publish_at_ = parts_.clock.Mono() + kPublishInterval;
  if (options_.site_folder.empty()) return;
  const auto source = site::FactsFromStorage(
      Deadline::After(kFactsTimeMax, stop, parts_.clock),
      [this](const std::string& location) { return parts_.engine.Table(location); });
  auto facts = site::CollectFacts(*model, source);
  if (stop.stop_requested()) return;
  const site::Site site(model, std::move(facts), options_.snippets);
  const auto published = site::Publish(site, options_.site_folder);
  const char* const outcome = published ? "good" : "failed";
  parts_.metrics
      .Counter("neuralake_site_publications_total", "times the catalog pages were written",
               {{"outcome", outcome}})
      .Increment();
  if (!published) parts_.log.Failure("site", published.error());
}

}  // namespace neuralake::app
