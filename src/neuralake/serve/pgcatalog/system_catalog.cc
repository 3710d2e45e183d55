#include "neuralake/serve/pgcatalog/system_catalog.h"

#include <utility>

#include "neuralake/query/limits.h"
#include "neuralake/query/tokens.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/settings.h"

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

bool AsksForColumns(const std::string& sql) {
  return sql.contains("attribute") || sql.contains("columns") || sql.contains("description") ||
         sql.contains("relnatts");
}

/// Rows of a database that may be replaced meanwhile.
class HeldStream final : public engine::RowStream {
 public:
  HeldStream(std::shared_ptr<engine::MemoryDatabase> database,
             std::unique_ptr<engine::RowStream> rows)
      : database_(std::move(database)), rows_(std::move(rows)) {}

  const columnar::Schema& columns() const override { return rows_->columns(); }
  std::shared_ptr<arrow::Schema> arrow_schema() const override { return rows_->arrow_schema(); }
  Result<std::shared_ptr<arrow::RecordBatch>> Next() override { return rows_->Next(); }
  bool truncated() const override { return rows_->truncated(); }
  const std::map<std::string, std::int64_t>& versions() const override { return rows_->versions(); }
  const std::string& command_tag() const override { return rows_->command_tag(); }
  std::optional<std::int64_t> rows_changed() const override { return rows_->rows_changed(); }
  void Cancel() override { rows_->Cancel(); }

 private:
  std::shared_ptr<engine::MemoryDatabase> database_;
  std::unique_ptr<engine::RowStream> rows_;
};

}  // namespace

Result<std::unique_ptr<engine::RowStream>> SystemCatalog::Execute(
    const engine::Statement& statement, const engine::Grants& grants, const engine::Limits& limits,
    const Deadline& deadline) {
  auto database = TRY(Database(statement.sql, deadline));
  auto rows = TRY(database->Execute(statement, grants, limits, deadline));
  return std::make_unique<HeldStream>(std::move(database), std::move(rows));
}

Result<engine::Description> SystemCatalog::Describe(const engine::Statement& statement,
                                                    const engine::Grants& grants,
                                                    const Deadline& deadline) {
  return TRY(Database(statement.sql, deadline))->Describe(statement, grants, deadline);
}

Result<SystemCatalog::DatabasePtr> SystemCatalog::Database(const std::string& sql,
                                                           const Deadline& deadline) {
  const auto model = state_.Get()->model;
  std::lock_guard lock(mutex_);
  if (digest_ != model->digest) {
    digest_ = model->digest;
    columns_.clear();
    database_ = nullptr;
  }
  if (AsksForColumns(sql) && RefreshColumns(*model, deadline)) database_ = nullptr;
  if (!database_ || database_->broken()) database_ = TRY(Build(*model));
  return database_;
}

/// \returns whether any changed
bool SystemCatalog::RefreshColumns(const catalog::CatalogModel& model, const Deadline& deadline) {
  const Deadline end = deadline.Within(kDescribeTimeMax);
  bool changed = false;
  for (const auto& database : model.databases) {
    for (const auto& table : database.tables) {
      const std::string name = database.name + "." + table.name;
      const auto known = columns_.find(name);
      const bool there = known != columns_.end();
      // The columns of a function are found by running it: once is enough for a catalog.
      const bool settled = there && table.kind == catalog::TableKind::kFunction;
      if (settled || (there && clock_.Mono() - known->second.looked < kCatalogColumnsFreshFor)) {
        continue;
      }
      auto schema = Look(database.name, table, end);
      changed = changed || !there || !(known->second.schema.fields == schema.fields);
      columns_[name] = {std::move(schema), clock_.Mono()};
    }
  }
  return changed;
}

columnar::Schema SystemCatalog::Look(const std::string& database, const catalog::TableModel& table,
                                     const Deadline& deadline) const {
  engine::Statement statement;
  statement.sql = "SELECT * FROM " + query::QuoteIdentifier(database) + "." +
                  query::QuoteIdentifier(table.name);
  auto described = lake_.Describe(statement, {}, deadline.Within(kDescribeOneTimeMax));
  // A table that cannot be read now is still listed, with what its definition says.
  return described ? std::move(described->columns) : DeclaredColumns(table);
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
      const auto found = columns_.find(database.name + "." + table.name);
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
