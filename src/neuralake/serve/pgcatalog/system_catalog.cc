#include "neuralake/serve/pgcatalog/system_catalog.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "neuralake/query/limits.h"
#include "neuralake/query/tokens.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/session/settings.h"

namespace neuralake::serve {
namespace {

using columnar::TypeId;
using columnar::Value;
using engine::MemoryTable;

constexpr const char* kRelations =
#include "neuralake/serve/pgcatalog/relations.inc"
    ;
constexpr const char* kFunctions =
#include "neuralake/serve/pgcatalog/functions.inc"
    ;

/// PostgreSQL gives numbers from here on to what users make.
constexpr std::int64_t kFirstNumber = 16384;

Value Text(std::string text) {
  return {columnar::DataType{TypeId::kString, 0, 0, {}}, std::move(text)};
}
Value Number(TypeId type, std::int64_t number) {
  return {columnar::DataType{type, 0, 0, {}}, number};
}
Value Flag(bool flag) { return {columnar::DataType{TypeId::kBoolean, 0, 0, {}}, flag}; }

columnar::Schema ColumnsOf(const std::vector<std::pair<std::string, TypeId>>& columns) {
  columnar::Schema schema;
  for (const auto& [name, type] : columns) {
    columnar::Field field;
    field.name = name;
    field.type.id = type;
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

/// The tables that the script stands on.
struct Tables {
  MemoryTable databases{
      "neuralake_databases",
      ColumnsOf(
          {{"oid", TypeId::kLong}, {"name", TypeId::kString}, {"description", TypeId::kString}}),
      {}};
  MemoryTable tables{"neuralake_tables",
                     ColumnsOf({{"oid", TypeId::kLong},
                                {"database", TypeId::kLong},
                                {"name", TypeId::kString},
                                {"kind", TypeId::kString},
                                {"description", TypeId::kString},
                                {"columns", TypeId::kShort}}),
                     {}};
  MemoryTable columns{"neuralake_columns",
                      ColumnsOf({{"relation", TypeId::kLong},
                                 {"number", TypeId::kShort},
                                 {"name", TypeId::kString},
                                 {"type", TypeId::kLong},
                                 {"modifier", TypeId::kInteger},
                                 {"required", TypeId::kBoolean},
                                 {"description", TypeId::kString}}),
                      {}};
  MemoryTable settings{"neuralake_settings",
                       ColumnsOf({{"name", TypeId::kString},
                                  {"value", TypeId::kString},
                                  {"description", TypeId::kString}}),
                       {}};
};

void AddColumns(std::int64_t relation, const catalog::TableModel& table,
                const columnar::Schema& schema, MemoryTable& out) {
  std::int64_t number = 0;
  for (const auto& field : schema.fields) {
    const auto column = ToPgColumn(field, 0);
    const auto* declared = table.Find(field.name);
    out.rows.push_back({Number(TypeId::kLong, relation), Number(TypeId::kShort, ++number),
                        Text(field.name), Number(TypeId::kLong, column.type),
                        Number(TypeId::kInteger, column.type_modifier),
                        Flag(declared != nullptr && !declared->nullable),
                        Text(declared == nullptr ? "" : declared->description)});
  }
}

columnar::Schema DeclaredColumns(const catalog::TableModel& table) {
  columnar::Schema schema;
  for (const auto& column : table.columns) {
    columnar::Field field;
    field.name = column.name;
    field.type = column.type.value_or(columnar::DataType{TypeId::kString, 0, 0, {}});
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

std::string NameOf(const catalog::DatabaseModel& database, const catalog::TableModel& table) {
  return database.name + "." + table.name;
}

bool AsksForColumns(std::string sql) {
  std::ranges::transform(sql, sql.begin(), [](unsigned char c) { return std::tolower(c); });
  return sql.contains("attribute") || sql.contains("columns") || sql.contains("description") ||
         sql.contains("relnatts");
}

}  // namespace

Result<std::unique_ptr<engine::RowStream>> SystemCatalog::Execute(
    const engine::Statement& statement, const engine::Grants& grants, const engine::Limits& limits,
    const Deadline& deadline) {
  return TRY(Database(statement.sql, deadline))->Execute(statement, grants, limits, deadline);
}

Result<engine::Description> SystemCatalog::Describe(const engine::Statement& statement,
                                                    const engine::Grants& grants,
                                                    const Deadline& deadline) {
  return TRY(Database(statement.sql, deadline))->Describe(statement, grants, deadline);
}

Result<SystemCatalog::DatabasePtr> SystemCatalog::Database(const std::string& sql,
                                                           const Deadline& deadline) {
  const auto model = state_.Get()->model;
  if (AsksForColumns(sql)) RefreshColumns(*model, deadline);
  std::lock_guard lock(mutex_);
  BeginModel(*model);
  if (!database_ || database_->broken()) database_ = TRY(Build(*model));
  return database_;
}

void SystemCatalog::BeginModel(const catalog::CatalogModel& model) {
  if (digest_ == model.digest) return;
  digest_ = model.digest;
  columns_.clear();
  database_ = nullptr;
}

void SystemCatalog::RefreshColumns(const catalog::CatalogModel& model, const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  while (looking_ && !deadline.Expired()) {
    const auto pause = std::min<Duration>(deadline.Left(), kDescribeTimeMax);
    looked_.wait_for(lock, deadline.stop(), pause, [this] { return !looking_; });
  }
  if (looking_) return;
  BeginModel(model);
  const auto wanted = ToLook(model);
  if (wanted.empty()) return;
  looking_ = true;
  lock.unlock();
  std::vector<std::optional<columnar::Schema>> found;
  const Deadline end = deadline.Within(kDescribeTimeMax);
  for (const auto& [database, table] : wanted) {
    if (end.Expired()) break;
    found.push_back(Look(*database, *table, end));
  }
  lock.lock();
  looking_ = false;
  looked_.notify_all();
  if (digest_ != model.digest) return;
  for (std::size_t i = 0; i < found.size(); ++i) {
    // What fails because its asker went away says nothing of the table.
    if (!found[i] && deadline.Expired()) continue;
    Keep(wanted[i], std::move(found[i]));
  }
}

std::vector<SystemCatalog::TableOf> SystemCatalog::ToLook(
    const catalog::CatalogModel& model) const {
  std::vector<TableOf> fresh;
  std::vector<TableOf> failed;
  for (const auto& database : model.databases) {
    for (const auto& table : database.tables) {
      const auto known = columns_.find(NameOf(database, table));
      if (known == columns_.end()) {
        fresh.emplace_back(&database, &table);
        continue;
      }
      const Columns& columns = known->second;
      // The columns of a function are found by running it: once is enough for a catalog.
      if (columns.found && table.kind == catalog::TableKind::kFunction) continue;
      const Duration age = clock_.Mono() - columns.looked;
      if (age < (columns.found ? kCatalogColumnsFreshFor : kCatalogRetryAfter)) continue;
      (columns.found ? fresh : failed).emplace_back(&database, &table);
    }
  }
  // Last, so that tables that cannot be read take no time from those that can.
  fresh.insert(fresh.end(), failed.begin(), failed.end());
  return fresh;
}

std::optional<columnar::Schema> SystemCatalog::Look(const catalog::DatabaseModel& database,
                                                    const catalog::TableModel& table,
                                                    const Deadline& deadline) const {
  engine::Statement statement;
  statement.sql = "SELECT * FROM " + query::QuoteIdentifier(database.name) + "." +
                  query::QuoteIdentifier(table.name);
  auto described = lake_.Describe(statement, {}, deadline.Within(kDescribeOneTimeMax));
  if (!described) return std::nullopt;
  return std::move(described->columns);
}

void SystemCatalog::Keep(const TableOf& of, std::optional<columnar::Schema> schema) {
  const auto& [database, table] = of;
  const auto [known, first] = columns_.try_emplace(NameOf(*database, *table));
  Columns& columns = known->second;
  columns.looked = clock_.Mono();
  columns.found = schema.has_value();
  // A table that cannot be read now keeps what was found, or has what its definition says.
  if (!schema && !first) return;
  if (!schema) schema = DeclaredColumns(*table);
  if (!first && columns.schema.fields == schema->fields) return;
  columns.schema = *std::move(schema);
  database_ = nullptr;
}

Result<SystemCatalog::DatabasePtr> SystemCatalog::Build(const catalog::CatalogModel& model) const {
  Tables made;
  std::int64_t number = kFirstNumber;
  for (const auto& database : model.databases) {
    const std::int64_t own = number++;
    made.databases.rows.push_back(
        {Number(TypeId::kLong, own), Text(database.name), Text(database.description)});
    for (const auto& table : database.tables) {
      const std::int64_t relation = number++;
      const auto found = columns_.find(NameOf(database, table));
      const auto schema = found == columns_.end() ? DeclaredColumns(table) : found->second.schema;
      made.tables.rows.push_back(
          {Number(TypeId::kLong, relation), Number(TypeId::kLong, own), Text(table.name),
           Text(std::string(catalog::KindName(table.kind))), Text(table.description),
           Number(TypeId::kShort, static_cast<std::int64_t>(schema.fields.size()))});
      AddColumns(relation, table, schema, made.columns);
    }
  }
  for (const auto& [name, value, about] : SessionSettings(query::kRowsDefault).All()) {
    made.settings.rows.push_back({Text(name), Text(value), Text(about)});
  }
  return engine::MemoryDatabase::Open({made.databases, made.tables, made.columns, made.settings},
                                      std::string(kRelations) + kFunctions);
}

}  // namespace neuralake::serve
