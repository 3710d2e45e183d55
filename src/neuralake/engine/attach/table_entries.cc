#include "neuralake/engine/attach/table_entries.h"

#include <charconv>

#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/planner/tableref/bound_at_clause.hpp>
#include <duckdb/storage/table_storage_info.hpp>

#include "neuralake/engine/attach/file_tables.h"
#include "neuralake/engine/attach/function_tables.h"
#include "neuralake/engine/attach/lake_schema.h"
#include "neuralake/engine/attach/unmade_table.h"
#include "neuralake/engine/change/lake_update.h"
#include "neuralake/engine/scan/delta_scan.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"

namespace neuralake::engine {
namespace {

/// What an AT clause asks for.
struct Moment {
  std::optional<delta::Version> version;
  std::optional<WallTime> time;
};

std::unexpected<Error> NotAMoment(const duckdb::BoundAtClause& at) {
  return Fail(ErrorKind::kInvalid, "AT takes VERSION => whole number or TIMESTAMP => time, not " +
                                       at.Unit() + " => " + at.GetValue().ToString());
}

/// A whole number that is written as one; a cast would round the others.
std::optional<std::int64_t> WholeNumber(const duckdb::Value& value) {
  std::int64_t number = 0;
  if (value.type().id() == duckdb::LogicalTypeId::VARCHAR) {
    const std::string& text = duckdb::StringValue::Get(value);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
  }
  duckdb::Value whole = value;
  if (!value.type().IsIntegral() || !whole.DefaultTryCastAs(duckdb::LogicalType::BIGINT)) {
    return std::nullopt;
  }
  return whole.GetValue<std::int64_t>();
}

Result<Moment> MomentOf(const duckdb::BoundAtClause& at) {
  duckdb::Value value = at.GetValue();
  Moment moment;
  if (value.IsNull()) return NotAMoment(at);
  if (duckdb::StringUtil::CIEquals(at.Unit(), "version")) {
    moment.version = WholeNumber(value);
    if (!moment.version) return NotAMoment(at);
    return moment;
  }
  if (!duckdb::StringUtil::CIEquals(at.Unit(), "timestamp")) return NotAMoment(at);
  // Texts without a zone are UTC, as everywhere in the engine.
  const bool instant = value.type().id() == duckdb::LogicalTypeId::TIMESTAMP_TZ;
  if (!instant && !value.DefaultTryCastAs(duckdb::LogicalType::TIMESTAMP)) return NotAMoment(at);
  const auto micros = value.GetValueUnsafe<std::int64_t>();
  moment.time =
      WallTime{std::chrono::floor<std::chrono::milliseconds>(std::chrono::microseconds{micros})};
  return moment;
}

Result<delta::SnapshotPtr> SnapshotAt(Lake& lake, const catalog::TableModel& table,
                                      duckdb::optional_ptr<duckdb::BoundAtClause> at,
                                      const Deadline& deadline) {
  if (!at) return lake.Newest(table.uri, deadline);
  const Moment moment = TRY(MomentOf(*at));
  const auto opened = TRY(lake.Table(table.uri));
  if (moment.version) return opened->AtVersion(*moment.version, deadline);
  return opened->AtTime(*moment.time, deadline);
}

std::unique_ptr<duckdb::CreateTableInfo> TableInfo(duckdb::SchemaCatalogEntry& schema,
                                                   const std::string& table) {
  return std::make_unique<duckdb::CreateTableInfo>(schema, table);
}

Result<DeltaSourcePtr> SourceOf(duckdb::ClientContext& context, LakeTransaction& transaction,
                                const std::string& name, const std::string& key,
                                const catalog::TableModel& table,
                                duckdb::optional_ptr<duckdb::BoundAtClause> at) {
  const auto state = StatementState::Of(context);
  if (auto source = state->PinnedSource(key)) return source;
  auto snapshot = state->Pinned(key);
  if (!snapshot) {
    auto found = SnapshotAt(transaction.lake(), table, at, state->deadline());
    if (!found.has_value()) return Annotate(found.error(), "table " + name);
    snapshot = state->Pin(key, *std::move(found));
  }
  state->NoteRead(name, snapshot->version());
  return transaction.lake().Source(table.uri, snapshot, name);
}

void AddColumns(const std::vector<ScanColumn>& columns, duckdb::CreateTableInfo& info) {
  for (const ScanColumn& column : columns) {
    if (!column.field.nullable) {
      const duckdb::LogicalIndex index(info.columns.LogicalColumnCount());
      info.constraints.push_back(duckdb::make_uniq<duckdb::NotNullConstraint>(index));
    }
    info.columns.AddColumn(duckdb::ColumnDefinition(column.field.name, column.type));
  }
}

/// The entry of a table that could not be opened with `why`: one that an INSERT can make, if it is
/// not there and its definition says enough.
Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeUnmade(LakeSchema& schema,
                                                            const std::string& name,
                                                            const catalog::TableModel& table,
                                                            Error why) {
  if (why.kind != ErrorKind::kNotFound) return std::unexpected(std::move(why));
  auto unmade = Unmade(name, table);
  if (!unmade) {
    why.message += "; it cannot be made either: " + unmade.error().message;
    return std::unexpected(std::move(why));
  }
  why.message += "; it is declared, and the first INSERT or pushed event makes it";
  const auto info = TableInfo(schema, table.name);
  AddColumns(ScanColumns(unmade->metadata), *info);
  return duckdb::unique_ptr<duckdb::CatalogEntry>(
      duckdb::make_uniq<UnmadeEntry>(schema, *info, *std::move(unmade), std::move(why)));
}

Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeDelta(
    LakeSchema& schema, duckdb::ClientContext& context, LakeTransaction& transaction,
    const std::string& name, const std::string& key, const catalog::TableModel& table,
    duckdb::optional_ptr<duckdb::BoundAtClause> at) {
  auto source = SourceOf(context, transaction, name, key, table, at);
  if (!source && !at) return MakeUnmade(schema, name, table, std::move(source).error());
  if (!source) return std::unexpected(std::move(source).error());
  const auto info = TableInfo(schema, table.name);
  AddColumns((*source)->columns(), *info);
  return duckdb::unique_ptr<duckdb::CatalogEntry>(
      duckdb::make_uniq<DeltaEntry>(schema, *info, *std::move(source), table.uri));
}

Result<duckdb::unique_ptr<duckdb::CatalogEntry>> MakeEntry(
    LakeSchema& schema, duckdb::ClientContext& context, LakeTransaction& transaction,
    const std::string& name, const std::string& key, const catalog::TableModel& table,
    duckdb::optional_ptr<duckdb::BoundAtClause> at) {
  if (table.kind == catalog::TableKind::kDelta) {
    return MakeDelta(schema, context, transaction, name, key, table, at);
  }
  if (at) {
    return Fail(ErrorKind::kUnsupported,
                "table " + name + " has no versions: only Delta tables do");
  }
  if (table.kind == catalog::TableKind::kFunction) {
    return MakeFunctionEntry(schema, context, transaction.lake(), name, table);
  }
  return MakeFileEntry(schema, context, *transaction.lake().stores(), name, table);
}

/// A table that can be listed and nothing else.
class NamedEntry final : public duckdb::TableCatalogEntry {
 public:
  NamedEntry(duckdb::SchemaCatalogEntry& of, duckdb::CreateTableInfo& info)
      : duckdb::TableCatalogEntry(of.catalog, of, info) {}

  duckdb::TableFunction GetScanFunction(duckdb::ClientContext&,
                                        duckdb::unique_ptr<duckdb::FunctionData>&) override {
    ThrowError({ErrorKind::kInternal, "a listed table was scanned: " + name, {}, -1});
  }
  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext&,
                                                           duckdb::column_t) override {
    return nullptr;
  }
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext&) override { return {}; }
};

}  // namespace

Result<duckdb::CatalogEntry*> FindEntry(LakeSchema& schema, duckdb::ClientContext& context,
                                        LakeTransaction& transaction,
                                        const catalog::DatabaseModel& database,
                                        const catalog::TableModel& table,
                                        duckdb::optional_ptr<duckdb::BoundAtClause> at) {
  const std::string name = database.name + "." + table.name;
  std::string key = name;
  if (at) key += "@" + duckdb::StringUtil::Lower(at->Unit()) + at->GetValue().ToString();
  if (auto* kept = transaction.Find(key)) return kept;
  auto entry = TRY(MakeEntry(schema, context, transaction, name, key, table, at));
  return transaction.Keep(key, std::move(entry));
}

duckdb::CatalogEntry* ListedEntry(LakeSchema& schema, LakeTransaction& transaction,
                                  const catalog::DatabaseModel& database,
                                  const catalog::TableModel& table) {
  const std::string key = "list:" + database.name + "." + table.name;
  if (auto* kept = transaction.Find(key)) return kept;
  const auto info = TableInfo(schema, table.name);
  const auto add = [&](const std::string& column, const duckdb::LogicalType& type) {
    if (!info->columns.ColumnExists(column)) {
      info->columns.AddColumn(duckdb::ColumnDefinition(column, type));
    }
  };
  const auto cached = table.kind == catalog::TableKind::kDelta
                          ? transaction.lake().Cached(table.uri)
                          : delta::SnapshotPtr();
  if (cached) {
    for (const auto& field : cached->metadata().schema.fields)
      add(field.name, ToDuckType(field.type));
  } else {
    for (const auto& column : table.columns) {
      if (column.type) add(column.name, ToDuckType(*column.type));
    }
  }
  info->comment = table.description.empty() ? duckdb::Value() : duckdb::Value(table.description);
  return transaction.Keep(key, duckdb::make_uniq<NamedEntry>(schema, *info));
}

DeltaEntry::DeltaEntry(duckdb::SchemaCatalogEntry& of, duckdb::CreateTableInfo& info,
                       DeltaSourcePtr source, std::string location)
    : duckdb::TableCatalogEntry(of.catalog, of, info),
      source_(std::move(source)),
      location_(std::move(location)) {
  source_->entry = this;
}

duckdb::TableFunction DeltaEntry::GetScanFunction(
    duckdb::ClientContext& context, duckdb::unique_ptr<duckdb::FunctionData>& bind_data) {
  return BindDeltaScan(context, source_, bind_data);
}

duckdb::unique_ptr<duckdb::BaseStatistics> DeltaEntry::GetStatistics(duckdb::ClientContext&,
                                                                     duckdb::column_t) {
  return nullptr;
}

duckdb::TableStorageInfo DeltaEntry::GetStorageInfo(duckdb::ClientContext&) {
  duckdb::TableStorageInfo info;
  if (const auto rows = source_->snapshot().num_records()) {
    info.cardinality = static_cast<std::uint64_t>(*rows);
  }
  return info;
}

duckdb::virtual_column_map_t DeltaEntry::GetVirtualColumns() const { return DeltaVirtualColumns(); }

// A row that changes is written anew: with the columns that the statement leaves alone.
void DeltaEntry::BindUpdateConstraints(duckdb::Binder&, duckdb::LogicalGet& scan,
                                       duckdb::LogicalProjection& projection,
                                       duckdb::LogicalUpdate& update, duckdb::ClientContext&) {
  AddUntouchedColumns(*this, scan, projection, update);
}

duckdb::vector<duckdb::column_t> DeltaEntry::GetRowIdColumns() const {
  return {duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX,
          duckdb::MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER};
}

}  // namespace neuralake::engine
