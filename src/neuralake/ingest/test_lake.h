#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/rng.h"
#include "neuralake/catalog/model.h"
#include "neuralake/ingest/push_log.h"
#include "neuralake/ingest/table/table_directory.h"
#include "neuralake/ingest/wal/test_folder.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::ingest {

/// For tests: a lake in memory with the table `lake.events(id long, name string)`, whose store
/// fails when told, whose disk loses power, and whose time a test moves.
class TestLake {
 public:
  explicit TestLake(std::uint64_t seed = 11);

  /// An ingest process without its threads: a test flushes.
  struct Process {
    std::unique_ptr<PendingBudget> budget;
    std::unique_ptr<TableDirectory> tables;
    std::unique_ptr<PushLog> log;
    int woken = 0;

    IngestTable& table() const;
    TablePipeline& pipeline() const { return *table().pipeline; }
    Status Flush() const;
  };
  struct Options {
    PushLogOptions push{.wal = {.segment_bytes = 16 << 10, .bytes_max = 1 << 20}};
    FlushOptions flush{.rows = 1000, .bytes = 1 << 20};
    std::uint64_t pending_bytes_max = 1 << 20;
    KillSwitch* kills = &KillSwitch::Off();  ///< Of the log.
  };
  std::unique_ptr<Process> Start(const Options& options);
  std::unique_ptr<Process> Start() { return Start(Options{}); }

  /// The same, after `process` lost power: what was not synced is lost by chance.
  std::unique_ptr<Process> Restart(std::unique_ptr<Process> process, const Options& options);
  std::unique_ptr<Process> Restart(std::unique_ptr<Process> process) {
    return Restart(std::move(process), Options{});
  }

  /// A push to `lake.events` of rows with these numbers.
  static Result<PushAnswer> Push(Process& process, const std::vector<int>& ids,
                                 const std::string& key = "");
  static Result<PushAnswer> PushText(Process& process, std::string_view ndjson,
                                     const std::string& key = "",
                                     const std::string& table = "events");

  /// What the column `column` of a table holds, as text, in order.
  std::vector<std::string> Values(const std::string& column, const std::string& table = "events");
  std::vector<std::string> Ids() { return Values("id"); }

  /// From the next start on the catalog has `lake.events` also under the name `lake.<name>`.
  void AddName(const std::string& name);

  /// The table as another writer has it.
  std::shared_ptr<delta::Table> Open(const std::string& table);
  storage::FaultyStore& store(const std::string& table = "events");
  /// Let the store of `lake.events` refuse the next data file and the next commit.
  void DenyCommit();

  std::shared_ptr<TestFolder::Disk> disk = std::make_shared<TestFolder::Disk>();
  FakeClock clock;
  SeededRng rng;
  catalog::CatalogPtr catalog;

 private:
  std::shared_ptr<storage::FaultyStore> StoreOf(const std::string& uri);

  storage::MemoryRegistry registry_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<storage::FaultyStore>> stores_;
};

/// A deadline that no test reaches.
Deadline Long();

}  // namespace neuralake::ingest
