#include <algorithm>
#include <map>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/base/thread_pool.h"
#include "neuralake/base/uuid.h"
#include "neuralake/columnar/conform.h"
#include "neuralake/columnar/parquet/parquet_writer.h"
#include "neuralake/delta/column_mapping.h"
#include "neuralake/delta/data/partition_path.h"
#include "neuralake/delta/data/partition_split.h"
#include "neuralake/delta/data/stats_json.h"
#include "neuralake/delta/data/written_files.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/table.h"
#include "neuralake/delta/write.h"

namespace neuralake::delta {
namespace {

using columnar::ParquetWriter;

// What a table asks of its files, worked out once.
struct Layout {
  columnar::Schema schema;       // of rows as they come
  columnar::Schema data_schema;  // without partition columns
  std::vector<PartitionColumn> partitions;
  StatsColumns stats_columns;
  columnar::ParquetOptions parquet;
};

Status CheckOptions(const WriteOptions& options) {
  if (options.zstd_level < 1 || options.zstd_level > 19) {
    return Fail(ErrorKind::kInvalid, fmt::format("zstd level {} is not 1..19", options.zstd_level));
  }
  if (options.row_group_rows < 1 || options.target_file_bytes < 1) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("row groups of {} rows and files of {} bytes are none",
                            options.row_group_rows, options.target_file_bytes));
  }
  return {};
}

Result<Layout> LayoutOf(const Protocol& protocol, const Metadata& metadata,
                        const WriteOptions& options) {
  const MappingMode mode = TRY(MappingModeOf(protocol, metadata));
  Layout layout;
  layout.schema = metadata.schema;
  layout.data_schema = metadata.schema;
  layout.stats_columns = TRY(StatsColumnsOf(metadata, mode));
  const bool mapped = mode != MappingMode::kNone;
  layout.parquet = {.zstd_level = options.zstd_level,
                    .row_group_rows = options.row_group_rows,
                    .naming = {.physical_names = mapped, .field_ids = mapped}};
  for (const std::string& name : metadata.partition_columns) {
    const auto position = metadata.schema.IndexOf(name);
    if (!position) {
      return Fail(ErrorKind::kInvalid, fmt::format("there is no partition column {}", name));
    }
    const columnar::Field& field = metadata.schema.fields[*position];
    layout.partitions.push_back(
        {static_cast<int>(*position), field.type, PhysicalName(field, mode)});
    std::erase_if(layout.data_schema.fields,
                  [&](const columnar::Field& other) { return other.name == field.name; });
  }
  return layout;
}

// A file on its way; `action` is complete once `writer` is gone.
struct OpenFile {
  std::string key;
  std::unique_ptr<ParquetWriter> writer;
  AddFile action;
  bool closing = false;  // it may be in the store
};

class ParquetDataWriter final : public DataWriter {
 public:
  ParquetDataWriter(std::shared_ptr<storage::ObjectStore> store, Layout layout,
                    WriteOptions options)
      : store_(std::move(store)),
        layout_(std::move(layout)),
        options_(std::move(options)),
        uuid_(RandomUuid(*options_.rng)) {}
  ~ParquetDataWriter() override;

  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline) override;
  Result<std::vector<AddFile>> Finish(const Deadline& deadline) override;

 private:
  using Partition = std::vector<std::optional<std::string>>;

  Status WritePart(const PartitionRows& part, const Deadline& deadline);
  Result<OpenFile*> FileOf(const PartitionRows& part);
  Status MakeRoom(const Deadline& deadline);
  Status Close(OpenFile& file, const Deadline& deadline) const;

  const std::shared_ptr<storage::ObjectStore> store_;
  const Layout layout_;
  const WriteOptions options_;
  const std::string uuid_;

  std::int64_t rows_ = 0;
  std::vector<std::unique_ptr<OpenFile>> files_;  // in the order in which they were begun
  std::map<Partition, OpenFile*> open_;
};

std::vector<std::optional<std::string>> KeyOf(const PartitionRows& part) {
  std::vector<std::optional<std::string>> key;
  for (const PartitionStep& step : part.partition) key.push_back(step.value);
  return key;
}

Status ParquetDataWriter::Write(const arrow::RecordBatch& batch, const Deadline& deadline) {
  const auto rows = TRY(columnar::Conform(batch, layout_.schema, rows_));
  rows_ += rows->num_rows();
  for (const PartitionRows& part : TRY(SplitByPartition(rows, layout_.partitions))) {
    TRY(WritePart(part, deadline));
  }
  return {};
}

Status ParquetDataWriter::WritePart(const PartitionRows& part, const Deadline& deadline) {
  for (std::int64_t start = 0; start < part.rows->num_rows(); start += kWriteSliceRows) {
    OpenFile* file = TRY(FileOf(part));
    TRY(file->writer->Write(*part.rows->Slice(start, kWriteSliceRows), deadline));
    if (file->writer->bytes() >= options_.target_file_bytes) {
      TRY(Close(*file, deadline));
      open_.erase(KeyOf(part));
    }
    TRY(MakeRoom(deadline));
  }
  return {};
}

Result<OpenFile*> ParquetDataWriter::FileOf(const PartitionRows& part) {
  const Partition partition = KeyOf(part);
  if (const auto open = open_.find(partition); open != open_.end()) return open->second;
  auto begun = std::make_unique<OpenFile>();
  begun->key = options_.folder + PartitionFolder(part.partition) +
               fmt::format("{}{:05}-{}-c000.zstd.parquet", options_.prefix, files_.size(), uuid_);
  begun->writer =
      TRY(ParquetWriter::Open(store_, begun->key, layout_.data_schema, layout_.parquet));
  begun->action.path = LogPath(begun->key);
  begun->action.data_change = options_.data_change;
  for (const PartitionStep& step : part.partition) {
    begun->action.partition_values[step.column] = step.value;
  }
  return open_[partition] = files_.emplace_back(std::move(begun)).get();
}

Status ParquetDataWriter::MakeRoom(const Deadline& deadline) {
  std::int64_t held = 0;
  auto largest = open_.end();
  for (auto it = open_.begin(); it != open_.end(); ++it) {
    const std::int64_t bytes = it->second->writer->held_bytes();
    held += bytes;
    if (largest == open_.end() || bytes > largest->second->writer->held_bytes()) largest = it;
  }
  if (open_.size() <= kOpenFilesMax && held <= kOpenFileBytesMax) return {};
  TRY(Close(*largest->second, deadline));
  open_.erase(largest);
  return {};
}

// No commit can name the files that `Finish` has not handed over.
ParquetDataWriter::~ParquetDataWriter() {
  std::vector<std::string> keys;
  for (const auto& file : files_) {
    file->writer.reset();
    if (file->closing) keys.push_back(file->key);
  }
  DeleteUnnamed(*store_, keys);
}

Status ParquetDataWriter::Close(OpenFile& file, const Deadline& deadline) const {
  file.closing = true;
  auto written = file.writer->Finish(deadline);
  if (!written) return Annotate(std::move(written).error(), "data file " + file.key);
  file.writer.reset();
  file.action.size = written->size;
  file.action.modification_time = options_.clock->Now().time_since_epoch().count();
  file.action.stats = StatsJson(written->statistics, layout_.stats_columns);
  return {};
}

Result<std::vector<AddFile>> ParquetDataWriter::Finish(const Deadline& deadline) {
  std::vector<OpenFile*> open;
  for (const auto& [partition, file] : std::exchange(open_, {})) open.push_back(file);
  if (open.size() == 1) {
    TRY(Close(*open[0], deadline));
  } else if (!open.empty()) {
    ThreadPool pool(std::min(open.size(), kFinishThreads));
    TRY(pool.ForEach(open.size(), [&](std::size_t i) { return Close(*open[i], deadline); }));
  }
  std::vector<AddFile> actions;
  for (auto& file : std::exchange(files_, {})) actions.push_back(std::move(file->action));
  return actions;
}

}  // namespace

Result<std::unique_ptr<DataWriter>> DataWriter::Open(std::shared_ptr<storage::ObjectStore> store,
                                                     const Protocol& protocol,
                                                     const Metadata& metadata,
                                                     const WriteOptions& options) {
  TRY(CheckOptions(options));
  TRY(CheckWritable(protocol, metadata));
  Layout layout = TRY(LayoutOf(protocol, metadata, options));
  return std::make_unique<ParquetDataWriter>(std::move(store), std::move(layout), options);
}

}  // namespace neuralake::delta
