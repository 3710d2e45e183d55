#include "neuralake/delta/log/checkpoint_reader.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/io/object_file.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/checkpoint_rows.h"
#include "neuralake/delta/log/file_names.h"

namespace neuralake::delta {

namespace {

constexpr std::string_view kTopColumns[] = {"add",      "remove",         "txn",    "metaData",
                                            "protocol", "domainMetadata", "sidecar"};

/// A leaf column by its first two names: `add`, `stats`.
struct Leaf {
  std::string top;
  std::string member;
};

std::vector<Leaf> Leaves(const parquet::FileMetaData& file) {
  std::vector<Leaf> leaves;
  for (int i = 0; i < file.num_columns(); ++i) {
    const auto path = file.schema()->Column(i)->path()->ToDotVector();
    leaves.push_back({path[0], path.size() > 1 ? path[1] : ""});
  }
  return leaves;
}

/// Nulls of the leaf `top`.`member` in a row group; nothing when the file does not tell.
std::optional<std::int64_t> NullCount(const std::vector<Leaf>& leaves,
                                      const parquet::RowGroupMetaData& group,
                                      std::string_view member) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].top != "add" || leaves[i].member != member) continue;
    const auto statistics = group.ColumnChunk(static_cast<int>(i))->statistics();
    if (!statistics || !statistics->HasNullCount()) return std::nullopt;
    return statistics->null_count();
  }
  return group.num_rows();
}

/// Whether some add of the row group lacks the text form `member` that it should have.
bool MayLack(const std::vector<Leaf>& leaves, const parquet::RowGroupMetaData& group,
             std::string_view member) {
  const auto adds_missing = NullCount(leaves, group, "path");
  const auto missing = NullCount(leaves, group, member);
  return !adds_missing || !missing || *missing > *adds_missing;
}

/// The leaves to read of a row group: the structs of parsed values only when they are needed.
std::vector<int> Project(const std::vector<Leaf>& leaves, const parquet::RowGroupMetaData& group) {
  const bool stats_parsed = MayLack(leaves, group, "stats");
  const bool partition_parsed = MayLack(leaves, group, "partitionValues");
  std::vector<int> wanted;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const auto& [top, member] = leaves[i];
    if (std::ranges::find(kTopColumns, top) == std::end(kTopColumns)) continue;
    if (top == "add" && member == "stats_parsed" && !stats_parsed) continue;
    if (top == "add" && member == "partitionValues_parsed" && !partition_parsed) continue;
    if (top == "remove" && member.ends_with("_parsed")) continue;
    wanted.push_back(static_cast<int>(i));
  }
  return wanted;
}

/// Give the type of instants to what was INT96 in the file: Spark writes instants so, and the
/// reader makes times without a zone of them.
std::shared_ptr<arrow::ArrayData> WithInstants(const parquet::schema::Node& node,
                                               const std::shared_ptr<arrow::ArrayData>& data) {
  if (node.is_primitive()) {
    const auto& leaf = static_cast<const parquet::schema::PrimitiveNode&>(node);
    if (leaf.physical_type() != parquet::Type::INT96) return data;
    auto instants = data->Copy();
    instants->type = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    return instants;
  }
  if (data->type->id() != arrow::Type::STRUCT) return data;
  const auto& group = static_cast<const parquet::schema::GroupNode&>(node);
  auto changed = data->Copy();
  auto fields = data->type->fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const int at = group.FieldIndex(fields[i]->name());
    if (at < 0) continue;
    changed->child_data[i] = WithInstants(*group.field(at), data->child_data[i]);
    fields[i] = fields[i]->WithType(changed->child_data[i]->type);
  }
  changed->type = arrow::struct_(fields);
  return changed;
}

Result<std::shared_ptr<arrow::RecordBatch>> WithInstants(const parquet::SchemaDescriptor& schema,
                                                         const arrow::RecordBatch& batch) {
  const auto rows = TRY(columnar::Unwrap(batch.ToStructArray(), "rows of a checkpoint"));
  const auto changed = WithInstants(*schema.group_node(), rows->data());
  return columnar::Unwrap(arrow::RecordBatch::FromStructArray(arrow::MakeArray(changed)),
                          "rows of a checkpoint");
}

bool HasInt96(const parquet::SchemaDescriptor& schema, const std::vector<int>& columns) {
  return std::ranges::any_of(columns, [&schema](int column) {
    return schema.Column(column)->physical_type() == parquet::Type::INT96;
  });
}

template <class T>
Result<T> Checked(arrow::Result<T> result) {
  return columnar::Unwrap(std::move(result), "not a readable Parquet file", ErrorKind::kCorruption);
}

Status ReadParquet(storage::ObjectStore& store, std::string_view key, ActionSink& sink,
                   const Deadline& deadline) {
  auto file = TRY(columnar::ObjectFile::Open(store, std::string(key), deadline));
  parquet::ArrowReaderProperties properties;
  properties.set_batch_size(kCheckpointBatchRows);
  properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
  parquet::ReaderProperties file_properties;
  file_properties.set_page_checksum_verification(true);
  parquet::arrow::FileReaderBuilder builder;
  TRY(columnar::Unwrap(builder.Open(std::move(file), file_properties),
                       "not a readable Parquet file", ErrorKind::kCorruption));
  builder.properties(properties);
  const auto reader = TRY(Checked(builder.Build()));
  const auto& metadata = *reader->parquet_reader()->metadata();
  const auto leaves = Leaves(metadata);
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto wanted = Project(leaves, *metadata.RowGroup(group));
    const bool instants = HasInt96(*metadata.schema(), wanted);
    const auto batches = TRY(Checked(reader->GetRecordBatchReader({group}, wanted)));
    while (true) {
      TRY(deadline.Check("reading a checkpoint"));
      std::shared_ptr<arrow::RecordBatch> batch;
      TRY(columnar::Unwrap(batches->ReadNext(&batch), "not a readable Parquet file",
                           ErrorKind::kCorruption));
      if (!batch) break;
      if (instants) batch = TRY(WithInstants(*metadata.schema(), *batch));
      TRY(FeedRows(*batch, sink));
    }
  }
  return {};
}

}  // namespace

Status ReadCheckpointFile(storage::ObjectStore& store, std::string_view key, ActionSink& sink,
                          const Deadline& deadline) {
  try {
    return ReadParquet(store, key, sink, deadline);
  } catch (const std::exception& failure) {
    // The Parquet library throws where a file contradicts itself.
    return Fail(ErrorKind::kCorruption,
                fmt::format("not a readable Parquet file: {}", failure.what()));
  }
}

Result<std::string> SidecarKey(const SidecarRef& sidecar) {
  std::string name = PercentDecode(sidecar.path);
  // Writers should store the name alone; those that store more end in `_delta_log/_sidecars/name`.
  if (const auto slash = name.rfind('/'); slash != std::string::npos) {
    if (!std::string_view(name).substr(0, slash).ends_with("_sidecars")) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("sidecar {} is not below {}", sidecar.path, kSidecarPrefix));
    }
    name.erase(0, slash + 1);
  }
  if (name.empty() || name == "." || name == "..") {
    return Fail(ErrorKind::kCorruption, fmt::format("sidecar '{}' is no file", sidecar.path));
  }
  return std::string(kSidecarPrefix) + name;
}

}  // namespace neuralake::delta
