#include "neuralake/delta/log/checkpoint_rows.h"

#include <deque>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/delta/log/arrow_cells.h"
#include "neuralake/delta/log/parsed_text.h"

namespace neuralake::delta {
namespace {

std::unexpected<Error> Broken(std::string what) {
  return Fail(ErrorKind::kCorruption, std::move(what));
}

Result<StructCells> Top(const arrow::RecordBatch& batch, std::string_view name) {
  return StructCells::Make(batch.GetColumnByName(std::string(name)).get(), name);
}

/// `deletionVector` of an add or a remove.
struct VectorCells {
  StructCells all;
  TextCells type, path;
  IntegerCells offset, size, cardinality;

  static Result<VectorCells> Make(const arrow::Array* array) {
    VectorCells cells;
    cells.all = TRY(StructCells::Make(array, "deletionVector"));
    cells.type = TRY(TextCells::Make(cells.all.Member("storageType"), "storageType"));
    cells.path = TRY(TextCells::Make(cells.all.Member("pathOrInlineDv"), "pathOrInlineDv"));
    cells.offset = TRY(IntegerCells::Make(cells.all.Member("offset"), "offset"));
    cells.size = TRY(IntegerCells::Make(cells.all.Member("sizeInBytes"), "sizeInBytes"));
    cells.cardinality = TRY(IntegerCells::Make(cells.all.Member("cardinality"), "cardinality"));
    return cells;
  }

  Result<std::optional<DeletionVectorDescriptor>> Get(std::int64_t row) const {
    if (all.IsNull(row)) return std::nullopt;
    const auto kind = type.Get(row);
    const auto where = path.Get(row);
    // Some writers store an absent vector as a struct of nulls.
    if (!kind && !where) return std::nullopt;
    if (!kind || kind->size() != 1 || !where) return Broken("a deletion vector without its place");
    DeletionVectorDescriptor vector;
    vector.storage_type = (*kind)[0];
    vector.path_or_inline = *where;
    if (const auto number = offset.Get(row)) vector.offset = static_cast<std::int32_t>(*number);
    vector.size_bytes = static_cast<std::int32_t>(size.Get(row).value_or(0));
    vector.cardinality = cardinality.Get(row).value_or(0);
    return vector;
  }
};

/// `add` or `remove`.
class FileCells {
 public:
  static Result<FileCells> Make(const arrow::RecordBatch& batch, bool is_remove) {
    FileCells cells;
    cells.is_remove_ = is_remove;
    cells.all_ = TRY(Top(batch, is_remove ? "remove" : "add"));
    const auto& all = cells.all_;
    const auto time = is_remove ? "deletionTimestamp" : "modificationTime";
    cells.path_ = TRY(TextCells::Make(all.Member("path"), "path"));
    cells.partition_ = TRY(MapCells::Make(all.Member("partitionValues"), "partitionValues"));
    cells.size_ = TRY(IntegerCells::Make(all.Member("size"), "size"));
    cells.time_ = TRY(IntegerCells::Make(all.Member(time), time));
    cells.data_change_ = TRY(BoolCells::Make(all.Member("dataChange"), "dataChange"));
    cells.extended_ =
        TRY(BoolCells::Make(all.Member("extendedFileMetadata"), "extendedFileMetadata"));
    cells.stats_ = TRY(TextCells::Make(all.Member("stats"), "stats"));
    cells.stats_parsed_ = all.Member("stats_parsed");
    cells.partition_parsed_ =
        TRY(StructCells::Make(all.Member("partitionValues_parsed"), "partitionValues_parsed"));
    cells.tags_ = TRY(MapCells::Make(all.Member("tags"), "tags"));
    cells.vector_ = TRY(VectorCells::Make(all.Member("deletionVector")));
    cells.base_row_id_ = TRY(IntegerCells::Make(all.Member("baseRowId"), "baseRowId"));
    cells.row_version_ =
        TRY(IntegerCells::Make(all.Member("defaultRowCommitVersion"), "defaultRowCommitVersion"));
    cells.clustering_ =
        TRY(TextCells::Make(all.Member("clusteringProvider"), "clusteringProvider"));
    return cells;
  }

  bool IsNull(std::int64_t row) const { return all_.IsNull(row) || !path_.Get(row); }

  Status Feed(std::int64_t row, ActionSink& sink) {
    view_.Clear();
    texts_.clear();
    view_.is_remove = is_remove_;
    view_.path = *path_.Get(row);
    view_.size = size_.Get(row);
    if (view_.path.empty()) return Broken("a file without a path");
    if (!is_remove_ && !view_.size) return Broken(fmt::format("add of {} has no size", view_.path));
    if (view_.size.value_or(0) < 0)
      return Broken(fmt::format("size of {} is negative", view_.path));
    view_.time = time_.Get(row);
    view_.data_change = data_change_.Get(row).value_or(false);
    view_.extended_file_metadata = extended_.Get(row).value_or(false);
    Stats(row);
    PartitionValues(row);
    tags_.ForEach(row, [&](std::string_view key, std::optional<std::string_view> value) {
      if (value) view_.tags.push_back({key, *value});
    });
    view_.deletion_vector = TRY(vector_.Get(row));
    view_.base_row_id = base_row_id_.Get(row);
    view_.default_row_commit_version = row_version_.Get(row);
    view_.clustering_provider = clustering_.Get(row);
    return sink.OnFile(view_);
  }

 private:
  /// Keep `text` until the row was fed.
  std::string_view Keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  void Stats(std::int64_t row) {
    if (const auto text = stats_.Get(row)) {
      view_.stats = *text;
    } else if (stats_parsed_ != nullptr) {
      if (auto json = StatsJson(*stats_parsed_, row)) view_.stats = Keep(*std::move(json));
    }
  }

  void PartitionValues(std::int64_t row) {
    if (!partition_.IsNull(row) || partition_parsed_.IsNull(row)) {
      partition_.ForEach(row, [&](std::string_view key, std::optional<std::string_view> value) {
        view_.partition_values.push_back({key, value});
      });
      return;
    }
    const arrow::StructArray& parsed = *partition_parsed_.array();
    for (int i = 0; i < parsed.num_fields(); ++i) {
      auto text = PartitionText(*parsed.field(i), row);
      auto& slot =
          view_.partition_values.emplace_back(parsed.struct_type()->field(i)->name(), std::nullopt);
      if (text) slot.value = Keep(*std::move(text));
    }
  }

  bool is_remove_ = false;
  StructCells all_;
  TextCells path_, stats_, clustering_;
  MapCells partition_, tags_;
  IntegerCells size_, time_, base_row_id_, row_version_;
  BoolCells data_change_, extended_;
  VectorCells vector_;
  StructCells partition_parsed_;
  const arrow::Array* stats_parsed_ = nullptr;
  FileView view_;
  std::deque<std::string> texts_;
};

StringMap ToMap(const MapCells& cells, std::int64_t row) {
  StringMap map;
  cells.ForEach(row, [&](std::string_view key, std::optional<std::string_view> value) {
    if (value) map.emplace(key, *value);
  });
  return map;
}

std::optional<std::string> Owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

Status FeedMetadata(const StructCells& all, std::int64_t row, ActionSink& sink) {
  const auto text = [&](std::string_view name) -> Result<std::optional<std::string>> {
    return Owned(TRY(TextCells::Make(all.Member(name), name)).Get(row));
  };
  Metadata metadata;
  metadata.id = TRY(text("id")).value_or("");
  metadata.name = TRY(text("name"));
  metadata.description = TRY(text("description"));
  auto schema = TRY(text("schemaString"));
  if (!schema) return Broken("metaData has no schemaString");
  metadata.schema_text = *std::move(schema);
  metadata.partition_columns =
      TRY(ListCells::Make(all.Member("partitionColumns"), "partitionColumns"))
          .Get(row)
          .value_or(std::vector<std::string>{});
  metadata.configuration =
      ToMap(TRY(MapCells::Make(all.Member("configuration"), "configuration")), row);
  metadata.created_time =
      TRY(IntegerCells::Make(all.Member("createdTime"), "createdTime")).Get(row);
  const auto format = TRY(StructCells::Make(all.Member("format"), "format"));
  const auto provider = TRY(TextCells::Make(format.Member("provider"), "provider"));
  if (provider.Get(row).value_or("parquet") != "parquet") {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("data files of format {} are not supported", *provider.Get(row)));
  }
  metadata.format_options = ToMap(TRY(MapCells::Make(format.Member("options"), "options")), row);
  return sink.OnMetadata(std::move(metadata));
}

Status FeedProtocol(const StructCells& all, std::int64_t row, ActionSink& sink) {
  const auto number = [&](std::string_view name) -> Result<std::int32_t> {
    const auto value = TRY(IntegerCells::Make(all.Member(name), name)).Get(row);
    if (!value) return Broken(fmt::format("protocol has no {}", name));
    return static_cast<std::int32_t>(*value);
  };
  const auto names = [&](std::string_view name) -> Result<std::optional<std::vector<std::string>>> {
    return TRY(ListCells::Make(all.Member(name), name)).Get(row);
  };
  Protocol protocol;
  protocol.min_reader_version = TRY(number("minReaderVersion"));
  protocol.min_writer_version = TRY(number("minWriterVersion"));
  protocol.reader_features = TRY(names("readerFeatures"));
  protocol.writer_features = TRY(names("writerFeatures"));
  return sink.OnProtocol(std::move(protocol));
}

Status FeedTransaction(const StructCells& all, std::int64_t row, ActionSink& sink) {
  SetTransaction transaction;
  transaction.app_id = TRY(TextCells::Make(all.Member("appId"), "appId")).Get(row).value_or("");
  const auto version = TRY(IntegerCells::Make(all.Member("version"), "version")).Get(row);
  if (!version) return Broken("txn has no version");
  transaction.version = *version;
  transaction.last_updated =
      TRY(IntegerCells::Make(all.Member("lastUpdated"), "lastUpdated")).Get(row);
  return sink.OnTransaction(std::move(transaction));
}

Status FeedDomain(const StructCells& all, std::int64_t row, ActionSink& sink) {
  DomainMetadata domain;
  domain.domain = TRY(TextCells::Make(all.Member("domain"), "domain")).Get(row).value_or("");
  domain.configuration =
      TRY(TextCells::Make(all.Member("configuration"), "configuration")).Get(row).value_or("");
  domain.removed = TRY(BoolCells::Make(all.Member("removed"), "removed")).Get(row).value_or(false);
  if (domain.domain.empty()) return Broken("domainMetadata has no domain");
  return sink.OnDomain(std::move(domain));
}

Status FeedSidecar(const StructCells& all, std::int64_t row, ActionSink& sink) {
  SidecarRef sidecar;
  sidecar.path = TRY(TextCells::Make(all.Member("path"), "path")).Get(row).value_or("");
  sidecar.size_bytes =
      TRY(IntegerCells::Make(all.Member("sizeInBytes"), "sizeInBytes")).Get(row).value_or(0);
  if (sidecar.path.empty()) return Broken("sidecar has no path");
  return sink.OnSidecar(std::move(sidecar));
}

/// Actions of which a checkpoint has few: their cells are looked up row by row.
struct RareKind {
  std::string_view name;
  std::string_view needed;  ///< The member without which a struct of nulls is no action.
  Status (*feed)(const StructCells&, std::int64_t, ActionSink&);
};

constexpr RareKind kRareKinds[] = {
    {"metaData", "schemaString", FeedMetadata}, {"protocol", "minReaderVersion", FeedProtocol},
    {"txn", "appId", FeedTransaction},          {"domainMetadata", "domain", FeedDomain},
    {"sidecar", "path", FeedSidecar},
};

Status FeedRare(const arrow::RecordBatch& batch, const RareKind& kind, ActionSink& sink) {
  const auto cells = TRY(Top(batch, kind.name));
  const arrow::Array* needed = cells.Member(kind.needed);
  for (std::int64_t row = 0; needed != nullptr && row < batch.num_rows(); ++row) {
    if (cells.IsNull(row) || needed->IsNull(row)) continue;
    TRY(kind.feed(cells, row, sink));
  }
  return {};
}

}  // namespace

Status FeedRows(const arrow::RecordBatch& batch, ActionSink& sink) {
  for (const auto& kind : kRareKinds) TRY(FeedRare(batch, kind, sink));
  auto adds = TRY(FileCells::Make(batch, /*is_remove=*/false));
  auto removes = TRY(FileCells::Make(batch, /*is_remove=*/true));
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    if (!adds.IsNull(row)) {
      TRY(adds.Feed(row, sink));
    } else if (!removes.IsNull(row)) {
      TRY(removes.Feed(row, sink));
    }
  }
  return {};
}

}  // namespace neuralake::delta
