#include "neuralake/delta/checkpoint/checkpoint_writer.h"

#include <charconv>
#include <exception>

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/parquet/store_sink.h"
#include "neuralake/delta/checkpoint/checkpoint_rows.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/file_names.h"
#include "neuralake/delta/log/log_segment.h"

namespace neuralake::delta {
namespace {

using columnar::Unwrap;

std::shared_ptr<parquet::WriterProperties> Properties() {
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD)
      ->compression_level(1)
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->enable_page_checksum()
      ->max_row_group_length(kCheckpointGroupRows)
      // Paths and statistics do not repeat.
      ->disable_dictionary("add.path")
      ->disable_dictionary("add.stats")
      ->disable_dictionary("remove.path");
  return builder.build();
}

/// A checkpoint in the making.
class CheckpointFile {
 public:
  CheckpointFile(std::shared_ptr<storage::ObjectStore> store, std::string key,
                 const Deadline& deadline)
      : sink_(std::make_shared<columnar::StoreSink>(std::move(store), std::move(key))),
        deadline_(deadline) {
    sink_->set_deadline(deadline);
  }

  Status Open() {
    file_ = TRY(Unwrap(parquet::arrow::FileWriter::Open(
                           *CheckpointSchema(), arrow::default_memory_pool(), sink_, Properties()),
                       sink_->key()));
    return {};
  }

  template <class Action>
  Status Add(const Action& action) {
    TRY(rows_.Add(action));
    ++count_;
    if (rows_.rows() < kCheckpointBatchRows) return {};
    return Flush();
  }

  Status Finish() {
    TRY(Flush());
    TRY(Unwrap(file_->Close(), sink_->key()));
    bytes_ = TRY(Unwrap(sink_->Tell(), sink_->key()));
    return {};
  }
  Status Publish() { return sink_->Publish(); }

  std::int64_t count() const { return count_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  Status Flush() {
    TRY(deadline_.Check("writing a checkpoint"));
    if (rows_.rows() == 0) return {};
    const auto batch = TRY(rows_.Take());
    if (group_rows_ >= kCheckpointGroupRows) {
      TRY(Unwrap(file_->NewBufferedRowGroup(), sink_->key()));
      group_rows_ = 0;
    }
    TRY(Unwrap(file_->WriteRecordBatch(*batch), sink_->key()));
    group_rows_ += batch->num_rows();
    return {};
  }

  std::shared_ptr<columnar::StoreSink> sink_;
  const Deadline& deadline_;
  std::unique_ptr<parquet::arrow::FileWriter> file_;
  CheckpointRows rows_;
  std::int64_t group_rows_ = 0;
  std::int64_t count_ = 0;
  std::int64_t bytes_ = 0;
};

Status AddFiles(const TableSnapshot& snapshot, CheckpointFile& file) {
  const std::int64_t oldest = snapshot.oldest_tombstone().time_since_epoch().count();
  FileView view;
  for (const Segment& segment : snapshot.state().segments) {
    const FileColumns& columns = *segment.columns;
    for (std::size_t row = 0; row < columns.rows(); ++row) {
      if (!segment.live.Test(row)) continue;
      if (columns.is_remove(row) && columns.time(row).value_or(0) < oldest) continue;
      columns.View(row, view);
      TRY(file.Add(view));
    }
  }
  return {};
}

Status AddAll(const TableSnapshot& snapshot, CheckpointFile& file) {
  TRY(file.Open());
  TRY(file.Add(snapshot.protocol()));
  TRY(file.Add(snapshot.metadata()));
  for (const auto& [app, transaction] : *snapshot.state().transactions) TRY(file.Add(transaction));
  for (const auto& [name, domain] : *snapshot.state().domains) TRY(file.Add(domain));
  TRY(AddFiles(snapshot, file));
  return file.Finish();
}

}  // namespace

Status WriteCheckpoint(const std::shared_ptr<storage::ObjectStore>& store,
                       const TableSnapshot& snapshot, const std::function<Status()>& check,
                       KillSwitch& kills, const Deadline& deadline) {
  TRY(check());
  const std::string key = ClassicCheckpointKey(snapshot.version());
  CheckpointFile file(store, key, deadline);
  kills.Reach("checkpoint.before_put");
  try {
    auto added = AddAll(snapshot, file);
    if (!added) return Annotate(std::move(added).error(), key);
  } catch (const std::exception& failure) {
    // Parquet's own code throws below the level that gives a status.
    return Fail(ErrorKind::kInternal, fmt::format("{}: {}", key, failure.what()));
  }
  TRY(check());
  TRY(file.Publish());
  const auto pointed = TRY(ReadLastCheckpoint(*store, deadline));
  if (pointed && *pointed > snapshot.version()) return {};
  kills.Reach("checkpoint.before_pointer");
  TRY(check());
  return store->Put(
      kLastCheckpointKey,
      fmt::format(R"({{"version":{},"size":{},"sizeInBytes":{},"numOfAddFiles":{}}})",
                  snapshot.version(), file.count(), file.bytes(), snapshot.files().count()),
      storage::PutMode::kOverwrite, deadline);
}

bool IsCheckpointDue(const Snapshot& snapshot) {
  Version interval = kCheckpointIntervalDefault;
  const auto& configuration = snapshot.metadata().configuration;
  const auto stated = configuration.find("delta.checkpointInterval");
  if (stated != configuration.end()) {
    const std::string& text = stated->second;
    std::from_chars(text.data(), text.data() + text.size(), interval);
  }
  return interval > 0 && snapshot.version() > 0 && snapshot.version() % interval == 0;
}

}  // namespace neuralake::delta
