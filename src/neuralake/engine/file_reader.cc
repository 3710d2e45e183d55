#include "neuralake/engine/file_reader.h"

#include <unistd.h>

#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"
#include "neuralake/engine/scan/row_batches.h"
#include "neuralake/engine/sql/instance.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/sql/watchdog.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

// The one table of the reader's catalog; which files it has is said by each read.
constexpr const char* kDatabase = "files";
constexpr const char* kTable = "live_rows";
constexpr const char* kPinned = "files.live_rows";
constexpr const char* kStatement = "SELECT * FROM neuralake.files.live_rows";

std::uint64_t HalfOfTheMachine() {
  const auto pages = sysconf(_SC_PHYS_PAGES);
  const auto page = sysconf(_SC_PAGE_SIZE);
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) / 2;
}

EngineOptions OptionsOf(const FileReaderOptions& options) {
  EngineOptions engine;
  engine.threads = static_cast<std::size_t>(options.threads);
  engine.memory_bytes = options.memory_bytes > 0 ? static_cast<std::uint64_t>(options.memory_bytes)
                                                 : HalfOfTheMachine();
  engine.temp_directory = options.temp_directory;
  engine.cache_files = false;  // each file is read once
  return engine;
}

catalog::CatalogPtr OneTable() {
  catalog::TableModel table;
  table.name = kTable;
  catalog::DatabaseModel database;
  database.name = kDatabase;
  database.tables.push_back(std::move(table));
  auto model = std::make_shared<catalog::CatalogModel>();
  model->databases.push_back(std::move(database));
  return model;
}

class DuckFileReader final : public FileReader {
 public:
  explicit DuckFileReader(const FileReaderOptions& options)
      : options_(OptionsOf(options)),
        lake_(std::make_shared<Lake>(nullptr, nullptr, std::chrono::milliseconds{0})) {
    lake_->SetModel(OneTable());
  }

  /// The instance, made anew when the last one broke.
  Result<std::shared_ptr<Instance>> Get() {
    std::lock_guard lock(mutex_);
    if (!instance_ || instance_->broken()) instance_ = TRY(Instance::Open(options_, lake_));
    return instance_;
  }

  Status Read(const delta::SnapshotPtr& snapshot,
              const std::shared_ptr<storage::ObjectStore>& store,
              std::span<const std::uint32_t> files, const Sink& sink,
              const Deadline& deadline) override {
    TRY(deadline.Check("reading data files"));
    if (files.empty()) return {};
    const auto instance = TRY(Get());
    const auto connection = instance->Connect();
    auto source = duckdb::make_shared_ptr<DeltaSource>(snapshot, store, lake_->stores(), deletions_,
                                                       store->root().ToString());
    source->only_files.emplace(files.begin(), files.end());
    StatementState::Begin(*connection->context, deadline)->PinSource(kPinned, std::move(source));
    const Watchdog::Watch watch(watchdog_, connection->context, deadline);
    try {
      return StreamRows(*connection, kStatement, sink);
    } catch (const std::exception& thrown) {
      const duckdb::ErrorData data(thrown);
      if (EndsInstance(data)) instance->MarkBroken();
      Error error = FromDuckError(data);
      if (error.kind == ErrorKind::kCancelled) TRY(deadline.Check("reading data files"));
      return std::unexpected(std::move(error));
    }
  }

 private:
  const EngineOptions options_;
  const std::shared_ptr<Lake> lake_;
  const std::shared_ptr<DeletionVectorCache> deletions_ = std::make_shared<DeletionVectorCache>();
  Watchdog watchdog_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<Instance> instance_;
};

}  // namespace

Result<std::unique_ptr<FileReader>> FileReader::Open(const FileReaderOptions& options) {
  auto reader = std::make_unique<DuckFileReader>(options);
  TRY(reader->Get());
  return reader;
}

}  // namespace neuralake::engine
