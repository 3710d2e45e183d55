#include "neuralake/engine/scan/delta_reader.h"

#include <parquet_reader.hpp>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/scan/delta_file_list.h"
#include "neuralake/engine/scan/file_filters.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

/// Hides the deleted rows of one file from DuckDB's Parquet reader, which calls it for every few
/// rows, from all threads that read the file. It also is the place to stop at: a reader that looks
/// for rows that pass a filter comes back only when it has some.
class HideDeleted final : public duckdb::DeleteFilter {
 public:
  /// \param deleted  null when no row is
  HideDeleted(duckdb::ClientContext& context, DeletionVectorCache::Entry deleted)
      : context_(context), deleted_(std::move(deleted)) {}

  duckdb::idx_t Filter(duckdb::row_t start, duckdb::idx_t count,
                       duckdb::SelectionVector& selection) override {
    if (context_.IsInterrupted()) throw duckdb::InterruptException();
    if (!deleted_) return count;
    std::vector<std::uint32_t> kept;
    kept.reserve(count);
    if (deleted_->Select(static_cast<std::uint64_t>(start), count, kept) == count) {
      return count;  // the selection must then be left as it is
    }
    selection.Initialize(STANDARD_VECTOR_SIZE);
    for (std::size_t i = 0; i < kept.size(); ++i) selection.set_index(i, kept[i]);
    return kept.size();
  }

 private:
  duckdb::ClientContext& context_;
  const DeletionVectorCache::Entry deleted_;
};

/// Whether a file has the rows that the log says: answers are also made of the log alone.
Status CheckRows(const DeltaSource& source, std::uint32_t file,
                 const duckdb::BaseFileReader& reader) {
  const auto logged = source.files().num_records(file);
  const auto rows = static_cast<std::int64_t>(reader.Cast<duckdb::ParquetReader>().NumRows());
  if (!logged || *logged == rows) return {};
  return Fail(
      ErrorKind::kCorruption,
      std::to_string(rows) + " rows are in it, where the log says " + std::to_string(*logged));
}

bool IsScannedAtAStretch(const DeltaSource& source, std::uint32_t file,
                         const duckdb::BaseFileReader& reader) {
  const auto rows = static_cast<std::int64_t>(reader.Cast<duckdb::ParquetReader>().NumRows());
  return rows <= kStretchFileRows && source.files().size(file) <= kStretchFileBytes;
}

}  // namespace

DeltaReader::DeltaReader(DeltaSourcePtr source)
    : source_(std::move(source)),
      layout_(std::make_shared<const FileLayout>(source_->columns(),
                                                 MappingOf(source_->snapshot().metadata()))) {}

duckdb::unique_ptr<duckdb::MultiFileReader> DeltaReader::Make(
    const duckdb::TableFunction& function) {
  return duckdb::make_uniq<DeltaReader>(
      duckdb::shared_ptr_cast<duckdb::TableFunctionInfo, DeltaSource>(function.function_info));
}

duckdb::shared_ptr<duckdb::MultiFileList> DeltaReader::CreateFileList(
    duckdb::ClientContext& context, const duckdb::vector<duckdb::string>&,
    const duckdb::FileGlobInput&) {
  const auto state = StatementState::Of(context);
  state->files_total += source_->files().count();
  const auto scan = state->NoteScan(source_->store()->root().ToString());
  return duckdb::make_shared_ptr<DeltaFileList>(source_, scan);
}

bool DeltaReader::Bind(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
                       duckdb::vector<duckdb::LogicalType>& return_types,
                       duckdb::vector<duckdb::string>& names,
                       duckdb::MultiFileReaderBindData& bind_data) {
  for (const ScanColumn& column : source_->columns()) {
    return_types.push_back(column.type);
    names.push_back(column.field.name);
  }
  bind_data.schema = GlobalColumns(source_->columns());
  bind_data.mapping = duckdb::MultiFileColumnMappingMode::BY_NAME;
  return true;
}

duckdb::shared_ptr<duckdb::BaseFileReader> DeltaReader::CreateReader(
    duckdb::ClientContext& context, duckdb::GlobalTableFunctionState& gstate,
    const duckdb::OpenFileInfo& file, duckdb::idx_t file_idx,
    const duckdb::MultiFileBindData& bind_data) {
  try {
    return MultiFileReader::CreateReader(context, gstate, file, file_idx, bind_data);
  } catch (const std::exception& error) {
    const duckdb::ErrorData data(error);
    if (data.Type() == duckdb::ExceptionType::INTERRUPT) throw;
    source_->ThrowUnreadable(DeltaSource::FileNumber(file), FromDuckError(data));
  }
}

duckdb::ReaderInitializeType DeltaReader::InitializeReader(
    duckdb::MultiFileReaderData& reader_data, const duckdb::MultiFileBindData& bind_data,
    const duckdb::vector<duckdb::MultiFileColumnDefinition>& global_columns,
    const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
    duckdb::optional_ptr<duckdb::TableFilterSet> table_filters, duckdb::ClientContext& context,
    duckdb::MultiFileGlobalState& gstate) {
  auto& reader = *reader_data.reader;
  const auto file = DeltaSource::FileNumber(reader.file);
  const auto counted = CheckRows(*source_, file, reader);
  if (!counted.has_value()) source_->ThrowUnreadable(file, counted.error());
  const auto places = layout_->Adapt(reader);
  if (!places.has_value()) source_->ThrowUnreadable(file, places.error());
  FinalizeBind(reader_data, bind_data.file_options, bind_data.reader_bind, global_columns,
               global_column_ids, context, gstate.multi_file_reader_state.get());
  if (context.IsInterrupted()) throw duckdb::InterruptException();
  if (!reader.deletion_filter && table_filters && !table_filters->filters.empty() &&
      !IsScannedAtAStretch(*source_, file, reader)) {
    reader.deletion_filter = duckdb::make_uniq<HideDeleted>(context, nullptr);
  }
  const auto map = [&](const duckdb::vector<duckdb::MultiFileColumnDefinition>& globals) {
    auto filters =
        FiltersForFile(table_filters, global_column_ids, source_->columns(), *places, reader);
    return CreateMapping(context, reader_data, globals, global_column_ids,
                         filters ? filters.get() : table_filters.get(), gstate.file_list,
                         bind_data.reader_bind, bind_data.virtual_columns);
  };
  if (!layout_->any_map()) return map(global_columns);
  auto globals = global_columns;
  for (std::size_t i = 0; i < globals.size(); ++i) {
    const auto place = (*places)[i];
    if (!place || !layout_->HasMap(i) || reader.columns[*place].type != globals[i].type) continue;
    globals[i].children.clear();
    reader.columns[*place].children.clear();
  }
  return map(globals);
}

void DeltaReader::FinalizeBind(duckdb::MultiFileReaderData& reader_data,
                               const duckdb::MultiFileOptions&,
                               const duckdb::MultiFileReaderBindData&,
                               const duckdb::vector<duckdb::MultiFileColumnDefinition>&,
                               const duckdb::vector<duckdb::ColumnIndex>& global_column_ids,
                               duckdb::ClientContext& context,
                               duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState>) {
  const std::uint32_t file = DeltaSource::FileNumber(reader_data.reader->file);
  const auto state = StatementState::Of(context);
  ++state->files_read;
  const auto constant = [&](std::size_t column, duckdb::Value value) {
    reader_data.constant_map.Add(duckdb::MultiFileGlobalIndex(column), std::move(value));
  };
  for (std::size_t i = 0; i < global_column_ids.size(); ++i) {
    const auto id = global_column_ids[i].GetPrimaryIndex();
    if (id == COLUMN_IDENTIFIER_FILENAME) {
      constant(i, duckdb::Value(PercentDecode(source_->files().path(file))));
    } else if (id == COLUMN_IDENTIFIER_FILE_INDEX) {
      // The number in the snapshot, not the position in a pruned list: row ids are made of it.
      constant(i, duckdb::Value::UBIGINT(file));
    } else if (id < source_->columns().size() && source_->columns()[id].partition) {
      constant(i, OrThrow(source_->PartitionValue(file, source_->columns()[id])));
    }
  }
  auto deleted = source_->Deletions(file, state->deadline());
  if (!deleted.has_value()) source_->ThrowUnreadable(file, deleted.error());
  if (*deleted) {
    reader_data.reader->deletion_filter =
        duckdb::make_uniq<HideDeleted>(context, *std::move(deleted));
  }
}

duckdb::unique_ptr<duckdb::MultiFileReader> DeltaReader::Copy() const {
  return duckdb::make_uniq<DeltaReader>(source_);
}

}  // namespace neuralake::engine
