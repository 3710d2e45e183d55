#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "neuralake/delta/snapshot.h"
#include "neuralake/engine/engine.h"
#include "neuralake/observe/log.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/serve/catalog_state.h"
#include "neuralake/site/snippets.h"

namespace neuralake::app {

/// Looks at the served tables from time to time: how large and how fresh they are goes into the
/// metrics, and when one has changed the pages of the catalog are written anew. A table that is not
/// as its definition declares it is told in the log.
///
/// \threads one thread calls `Run`
class TableWatch {
 public:
  struct Options {
    std::string site_folder;  ///< Empty: no pages.
    site::SnippetOptions snippets;
    std::int64_t small_bytes = 0;  ///< A smaller data file waits for compaction.
  };
  struct Parts {
    const serve::CatalogState& catalog;
    engine::Engine& engine;
    observe::Metrics& metrics;
    observe::Log& log;
    Clock& clock;
  };

  TableWatch(Options options, Parts parts) : options_(std::move(options)), parts_(parts) {}

  /// Look and publish until `stop`.
  void Run(const std::stop_token& stop);

 private:
  bool LookAtTables(const catalog::CatalogModel& model, const std::stop_token& stop);
  void Report(const std::string& name, const delta::Snapshot& snapshot);
  void TellDrift(const std::string& name, const catalog::TableModel& table,
                 const columnar::Schema& schema);
  void Publish(const catalog::CatalogPtr& model, const std::stop_token& stop);

  const Options options_;
  const Parts parts_;
  std::map<std::string, delta::Version> versions_;  // by location, of the last look
  std::map<std::string, std::string> drifts_;       // by name, as told last
  std::string published_;                           // digest of the catalog on the pages
  MonoTime look_at_{};                              // the next look; not before
  MonoTime publish_at_{};                           // the next pages, whatever happens
};

}  // namespace neuralake::app
