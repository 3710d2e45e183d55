#include "neuralake/verify/checkpoint/checkpoint_file.h"

#include <numeric>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/verify/checkpoint/row_json.h"
#include "neuralake/verify/data/parquet_file.h"

namespace neuralake::verify {
namespace {

class Reading {
 public:
  Reading(storage::ObjectStore& store, const LogFiles& log, std::int64_t version,
          Findings& findings, const Deadline& deadline)
      : store_(store), log_(log), version_(version), findings_(findings), deadline_(deadline) {}

  Result<std::optional<CheckpointContent>> Run(const CheckpointFiles& checkpoint) {
    bool whole = true;
    for (const auto& file : checkpoint.files) {
      content_.counts.bytes += static_cast<std::int64_t>(file.size);
      whole &= TRY(ReadFile(file.key, file.size, Source::kCheckpoint));
    }
    content_.counts.main_actions = content_.actions.count;
    for (const Sidecar& sidecar : std::vector(content_.actions.sidecars)) {
      whole &= TRY(ReadSidecar(sidecar));
    }
    if (!whole) return std::nullopt;
    content_.counts.actions = content_.actions.count;
    content_.counts.sidecars = std::ssize(content_.actions.sidecars);
    content_.counts.adds = std::ssize(content_.actions.adds);
    return std::move(content_);
  }

 private:
  bool Broken(const std::string& key, std::string message) {
    findings_.Add(Rule::kCheckpointRead, {key, version_}, std::move(message));
    return false;
  }

  Result<bool> ReadFile(const std::string& key, std::uint64_t size, Source source) {
    if (key.ends_with(".json")) return ReadJson(key);
    auto reader = OpenParquet(store_, key, size, deadline_);
    if (!reader) return Broken(key, reader.error().message);
    std::int64_t row = 0;
    for (int group = 0; group < (*reader)->num_row_groups(); ++group) {
      TRY(deadline_.Check("verification"));
      const auto table = ReadAll(**reader, group);
      if (!table) return Broken(key, table.error().message);
      AddRows(**table, key, source, row);
    }
    return true;
  }

  static Result<std::shared_ptr<arrow::Table>> ReadAll(parquet::arrow::FileReader& reader,
                                                       int group) {
    const int count = reader.parquet_reader()->metadata()->num_columns();
    std::vector<int> leaves(static_cast<std::size_t>(count));
    std::iota(leaves.begin(), leaves.end(), 0);
    return ReadLeaves(reader, group, leaves);
  }

  void AddRows(const arrow::Table& table, const std::string& key, Source source,
               std::int64_t& row) {
    arrow::TableBatchReader batches(table);
    std::shared_ptr<arrow::RecordBatch> batch;
    while (batches.ReadNext(&batch).ok() && batch) {
      for (std::int64_t i = 0; i < batch->num_rows(); ++i)
        AddRow(*batch, i, {key, version_, row++}, source);
    }
  }

  void AddRow(const arrow::RecordBatch& batch, std::int64_t row, const Place& place,
              Source source) {
    Json line = Json::object();
    for (int column = 0; column < batch.num_columns(); ++column) {
      const arrow::Array& array = *batch.column(column);
      if (array.type_id() != arrow::Type::STRUCT || array.IsNull(row)) continue;
      line[batch.column_name(column)] = RowJson(array, row);
    }
    // A row without an action says nothing.
    if (!line.empty()) AddAction(line, source, place, findings_, content_.actions);
  }

  Result<bool> ReadJson(const std::string& key) {
    auto text = store_.Read(key, deadline_);
    if (!text && text.error().kind == ErrorKind::kNotFound) return Broken(key, "it is not there");
    if (!text) return std::unexpected(std::move(text).error());
    AddLines(*text, Source::kCheckpoint, {key, version_}, findings_, content_.actions);
    return true;
  }

  Result<bool> ReadSidecar(const Sidecar& sidecar) {
    const std::string name = PercentDecode(sidecar.path);
    const auto slash = name.rfind('/');
    const std::string key = std::string(kLogFolder) + "_sidecars/" +
                            (slash == std::string::npos ? name : name.substr(slash + 1));
    const Place place{key, version_};
    const auto found = log_.sidecars.find(key);
    if (found == log_.sidecars.end()) {
      findings_.Add(Rule::kCheckpointSidecar, place, "it is not there");
      return false;
    }
    if (static_cast<std::int64_t>(found->second) != sidecar.size) {
      findings_.Add(Rule::kCheckpointSidecar, place,
                    fmt::format("it has {} bytes and not {}", found->second, sidecar.size));
    }
    content_.counts.sidecar_bytes += static_cast<std::int64_t>(found->second);
    return ReadFile(key, found->second, Source::kSidecar);
  }

  storage::ObjectStore& store_;
  const LogFiles& log_;
  const std::int64_t version_;
  Findings& findings_;
  const Deadline& deadline_;
  CheckpointContent content_;
};

}  // namespace

Result<std::optional<CheckpointContent>> ReadCheckpoint(storage::ObjectStore& store,
                                                        const LogFiles& log,
                                                        const CheckpointFiles& checkpoint,
                                                        std::int64_t version, Findings& findings,
                                                        const Deadline& deadline) {
  return Reading(store, log, version, findings, deadline).Run(checkpoint);
}

}  // namespace neuralake::verify
