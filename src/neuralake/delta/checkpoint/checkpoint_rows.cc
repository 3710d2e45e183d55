#include "neuralake/delta/checkpoint/checkpoint_rows.h"

#include <array>
#include <string>
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "neuralake/columnar/arrow_result.h"

namespace neuralake::delta {
namespace {

using arrow::Status;
using ArrowType = std::shared_ptr<arrow::DataType>;

enum Top : int { kTxn, kAdd, kRemove, kMetadata, kProtocol, kDomain, kTops };

ArrowType TextMap() { return arrow::map(arrow::utf8(), arrow::utf8()); }
ArrowType Texts() { return arrow::list(arrow::field("element", arrow::utf8())); }

ArrowType VectorType() {
  return arrow::struct_(
      {arrow::field("storageType", arrow::utf8()), arrow::field("pathOrInlineDv", arrow::utf8()),
       arrow::field("offset", arrow::int32()), arrow::field("sizeInBytes", arrow::int32()),
       arrow::field("cardinality", arrow::int64())});
}

ArrowType AddType() {
  return arrow::struct_(
      {arrow::field("path", arrow::utf8()), arrow::field("partitionValues", TextMap()),
       arrow::field("size", arrow::int64()), arrow::field("modificationTime", arrow::int64()),
       arrow::field("dataChange", arrow::boolean()), arrow::field("tags", TextMap()),
       arrow::field("deletionVector", VectorType()), arrow::field("baseRowId", arrow::int64()),
       arrow::field("defaultRowCommitVersion", arrow::int64()),
       arrow::field("clusteringProvider", arrow::utf8()), arrow::field("stats", arrow::utf8())});
}

ArrowType RemoveType() {
  return arrow::struct_(
      {arrow::field("path", arrow::utf8()), arrow::field("partitionValues", TextMap()),
       arrow::field("size", arrow::int64()), arrow::field("deletionTimestamp", arrow::int64()),
       arrow::field("dataChange", arrow::boolean()), arrow::field("tags", TextMap()),
       arrow::field("deletionVector", VectorType()), arrow::field("baseRowId", arrow::int64()),
       arrow::field("defaultRowCommitVersion", arrow::int64()),
       arrow::field("extendedFileMetadata", arrow::boolean())});
}

ArrowType MetadataType() {
  const auto format =
      arrow::struct_({arrow::field("provider", arrow::utf8()), arrow::field("options", TextMap())});
  return arrow::struct_(
      {arrow::field("id", arrow::utf8()), arrow::field("name", arrow::utf8()),
       arrow::field("description", arrow::utf8()), arrow::field("format", format),
       arrow::field("schemaString", arrow::utf8()), arrow::field("partitionColumns", Texts()),
       arrow::field("configuration", TextMap()), arrow::field("createdTime", arrow::int64())});
}

std::shared_ptr<arrow::Schema> MakeSchema() {
  return arrow::schema(
      {arrow::field("txn", arrow::struct_({arrow::field("appId", arrow::utf8()),
                                           arrow::field("version", arrow::int64()),
                                           arrow::field("lastUpdated", arrow::int64())})),
       arrow::field("add", AddType()), arrow::field("remove", RemoveType()),
       arrow::field("metaData", MetadataType()),
       arrow::field("protocol", arrow::struct_({arrow::field("minReaderVersion", arrow::int32()),
                                                arrow::field("minWriterVersion", arrow::int32()),
                                                arrow::field("readerFeatures", Texts()),
                                                arrow::field("writerFeatures", Texts())})),
       arrow::field("domainMetadata",
                    arrow::struct_({arrow::field("domain", arrow::utf8()),
                                    arrow::field("configuration", arrow::utf8()),
                                    arrow::field("removed", arrow::boolean())}))});
}

/// Puts the members of one struct, in the order of its type.
class Members {
 public:
  explicit Members(arrow::StructBuilder& all) : all_(all) {}

  Status Begin() { return all_.Append(); }

  Status Put(std::string_view text) { return Next<arrow::StringBuilder>().Append(text); }
  Status Put(std::int64_t number) { return Next<arrow::Int64Builder>().Append(number); }
  Status Put(std::int32_t number) { return Next<arrow::Int32Builder>().Append(number); }
  Status Put(bool truth) { return Next<arrow::BooleanBuilder>().Append(truth); }
  Status Put(const std::string& text) { return Put(std::string_view(text)); }

  template <class T>
  Status Put(const std::optional<T>& value) {
    return value ? Put(*value) : Null();
  }

  Status Put(const std::vector<std::string>& texts) {
    auto& list = Next<arrow::ListBuilder>();
    ARROW_RETURN_NOT_OK(list.Append());
    auto& items = static_cast<arrow::StringBuilder&>(*list.value_builder());
    for (const auto& text : texts) ARROW_RETURN_NOT_OK(items.Append(text));
    return Status::OK();
  }

  template <class Entries, class Key, class Value>
  Status PutMap(const Entries& entries, Key key, Value value) {
    auto& map = Next<arrow::MapBuilder>();
    ARROW_RETURN_NOT_OK(map.Append());
    auto& keys = static_cast<arrow::StringBuilder&>(*map.key_builder());
    auto& values = static_cast<arrow::StringBuilder&>(*map.item_builder());
    for (const auto& entry : entries) {
      ARROW_RETURN_NOT_OK(keys.Append(key(entry)));
      const std::optional<std::string_view> text = value(entry);
      ARROW_RETURN_NOT_OK(text ? values.Append(*text) : values.AppendNull());
    }
    return Status::OK();
  }

  Status Put(const StringMap& map) {
    return PutMap(
        map, [](const auto& entry) -> std::string_view { return entry.first; },
        [](const auto& entry) -> std::optional<std::string_view> { return entry.second; });
  }

  Status Put(const std::optional<DeletionVectorDescriptor>& vector) {
    if (!vector) return Null();
    Members inside(Next<arrow::StructBuilder>());
    ARROW_RETURN_NOT_OK(inside.Begin());
    ARROW_RETURN_NOT_OK(inside.Put(std::string_view(&vector->storage_type, 1)));
    ARROW_RETURN_NOT_OK(inside.Put(vector->path_or_inline));
    ARROW_RETURN_NOT_OK(inside.Put(vector->offset));
    ARROW_RETURN_NOT_OK(inside.Put(vector->size_bytes));
    return inside.Put(vector->cardinality);
  }

  Status Null() { return all_.field_builder(next_++)->AppendNull(); }

  template <class Builder>
  Builder& Next() {
    return static_cast<Builder&>(*all_.field_builder(next_++));
  }

 private:
  arrow::StructBuilder& all_;
  int next_ = 0;
};

Status PutPartitionValues(const FileView& file, Members& members) {
  return members.PutMap(
      file.partition_values, [](const auto& value) { return value.column; },
      [](const auto& value) { return value.value; });
}

Status PutTags(const FileView& file, Members& members) {
  if (file.tags.empty()) return members.Null();
  return members.PutMap(
      file.tags, [](const auto& tag) { return tag.key; },
      [](const auto& tag) { return std::optional(tag.value); });
}

Status PutFile(const FileView& file, Members& members) {
  ARROW_RETURN_NOT_OK(members.Begin());
  ARROW_RETURN_NOT_OK(members.Put(file.path));
  const bool has_values = !file.is_remove || file.extended_file_metadata;
  ARROW_RETURN_NOT_OK(has_values ? PutPartitionValues(file, members) : members.Null());
  ARROW_RETURN_NOT_OK(members.Put(file.size));
  ARROW_RETURN_NOT_OK(members.Put(file.time));
  // What a checkpoint holds was changed before it.
  ARROW_RETURN_NOT_OK(members.Put(false));
  ARROW_RETURN_NOT_OK(PutTags(file, members));
  ARROW_RETURN_NOT_OK(members.Put(file.deletion_vector));
  ARROW_RETURN_NOT_OK(members.Put(file.base_row_id));
  ARROW_RETURN_NOT_OK(members.Put(file.default_row_commit_version));
  if (file.is_remove) return members.Put(file.extended_file_metadata);
  ARROW_RETURN_NOT_OK(members.Put(file.clustering_provider));
  return file.stats.empty() ? members.Null() : members.Put(file.stats);
}

Status PutMetadata(const Metadata& metadata, Members& members) {
  ARROW_RETURN_NOT_OK(members.Begin());
  ARROW_RETURN_NOT_OK(members.Put(metadata.id));
  ARROW_RETURN_NOT_OK(members.Put(metadata.name));
  ARROW_RETURN_NOT_OK(members.Put(metadata.description));
  Members format(members.Next<arrow::StructBuilder>());
  ARROW_RETURN_NOT_OK(format.Begin());
  ARROW_RETURN_NOT_OK(format.Put(std::string_view("parquet")));
  ARROW_RETURN_NOT_OK(format.Put(metadata.format_options));
  ARROW_RETURN_NOT_OK(members.Put(metadata.schema_text));
  ARROW_RETURN_NOT_OK(members.Put(metadata.partition_columns));
  ARROW_RETURN_NOT_OK(members.Put(metadata.configuration));
  return members.Put(metadata.created_time);
}

}  // namespace

struct CheckpointRows::Columns {
  std::array<std::unique_ptr<arrow::StructBuilder>, kTops> tops;
  std::int64_t rows = 0;

  Status Open() {
    const auto schema = CheckpointSchema();
    for (int top = 0; top < kTops; ++top) {
      std::unique_ptr<arrow::ArrayBuilder> builder;
      ARROW_RETURN_NOT_OK(
          arrow::MakeBuilder(arrow::default_memory_pool(), schema->field(top)->type(), &builder));
      tops[static_cast<std::size_t>(top)].reset(
          static_cast<arrow::StructBuilder*>(builder.release()));
    }
    return Status::OK();
  }

  /// Bring column `top` to the end of the rows.
  Status Pad(Top top) {
    auto& builder = *tops[top];
    return builder.AppendNulls(rows - builder.length());
  }

  template <class Put>
  neuralake::Status Row(Top top, Put put) {
    const auto append = [&] -> Status {
      if (tops[top] == nullptr) ARROW_RETURN_NOT_OK(Open());
      ARROW_RETURN_NOT_OK(Pad(top));
      Members members(*tops[top]);
      ARROW_RETURN_NOT_OK(put(members));
      ++rows;
      return Status::OK();
    };
    return columnar::Unwrap(append(), "rows of a checkpoint");
  }
};

std::shared_ptr<arrow::Schema> CheckpointSchema() {
  static const auto schema = MakeSchema();
  return schema;
}

CheckpointRows::CheckpointRows() : columns_(std::make_unique<Columns>()) {}
CheckpointRows::~CheckpointRows() = default;

neuralake::Status CheckpointRows::Add(const Protocol& protocol) {
  return columns_->Row(kProtocol, [&](Members& members) -> Status {
    ARROW_RETURN_NOT_OK(members.Begin());
    ARROW_RETURN_NOT_OK(members.Put(protocol.min_reader_version));
    ARROW_RETURN_NOT_OK(members.Put(protocol.min_writer_version));
    ARROW_RETURN_NOT_OK(members.Put(protocol.reader_features));
    return members.Put(protocol.writer_features);
  });
}

neuralake::Status CheckpointRows::Add(const Metadata& metadata) {
  return columns_->Row(kMetadata, [&](Members& members) { return PutMetadata(metadata, members); });
}

neuralake::Status CheckpointRows::Add(const SetTransaction& transaction) {
  return columns_->Row(kTxn, [&](Members& members) -> Status {
    ARROW_RETURN_NOT_OK(members.Begin());
    ARROW_RETURN_NOT_OK(members.Put(transaction.app_id));
    ARROW_RETURN_NOT_OK(members.Put(transaction.version));
    return members.Put(transaction.last_updated);
  });
}

neuralake::Status CheckpointRows::Add(const DomainMetadata& domain) {
  return columns_->Row(kDomain, [&](Members& members) -> Status {
    ARROW_RETURN_NOT_OK(members.Begin());
    ARROW_RETURN_NOT_OK(members.Put(domain.domain));
    ARROW_RETURN_NOT_OK(members.Put(domain.configuration));
    return members.Put(domain.removed);
  });
}

neuralake::Status CheckpointRows::Add(const FileView& file) {
  return columns_->Row(file.is_remove ? kRemove : kAdd,
                       [&](Members& members) { return PutFile(file, members); });
}

std::int64_t CheckpointRows::rows() const { return columns_->rows; }

Result<std::shared_ptr<arrow::RecordBatch>> CheckpointRows::Take() {
  const std::int64_t rows = columns_->rows;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (int top = 0; top < kTops; ++top) {
    const auto at = static_cast<Top>(top);
    TRY(columnar::Unwrap(columns_->tops[at] ? Status::OK() : columns_->Open(), "a checkpoint"));
    TRY(columnar::Unwrap(columns_->Pad(at), "a checkpoint"));
    arrays.push_back(TRY(columnar::Unwrap(columns_->tops[at]->Finish(), "a checkpoint")));
  }
  columns_->rows = 0;
  return arrow::RecordBatch::Make(CheckpointSchema(), rows, std::move(arrays));
}

}  // namespace neuralake::delta
