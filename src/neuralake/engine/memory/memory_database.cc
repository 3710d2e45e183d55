#include "neuralake/engine/memory/memory_database.h"

#include <utility>

#include <duckdb/main/appender.hpp>
#include <duckdb/parser/keyword_helper.hpp>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/admission.h"
#include "neuralake/engine/sql/instance.h"
#include "neuralake/engine/sql/running.h"
#include "neuralake/engine/sql/statement_stream.h"
#include "neuralake/engine/types/duck_type.h"
#include "neuralake/engine/types/duck_value.h"

namespace neuralake::engine {
namespace {

using duckdb::KeywordHelper;

void Run(duckdb::Connection& connection, const std::string& sql) {
  const auto result = connection.Query(sql);
  if (result->HasError()) result->ThrowError();
}

void Fill(duckdb::Connection& connection, const MemoryTable& table) {
  std::string columns;
  for (const auto& field : table.columns.fields) {
    columns += (columns.empty() ? "" : ", ") + KeywordHelper::WriteQuoted(field.name, '"') + " " +
               ToDuckType(field.type).ToString();
  }
  Run(connection,
      "CREATE TABLE " + KeywordHelper::WriteQuoted(table.name, '"') + " (" + columns + ")");
  duckdb::Appender appender(connection, table.name);
  for (const auto& row : table.rows) {
    appender.BeginRow();
    for (const auto& value : row) appender.Append(ToDuckValue(value));
    appender.EndRow();
  }
  appender.Close();
}

std::set<std::string, std::less<>> Names(duckdb::Connection& connection, const std::string& sql) {
  const auto result = connection.Query(sql);
  if (result->HasError()) result->ThrowError();
  std::set<std::string, std::less<>> names;
  for (duckdb::idx_t row = 0; row < result->RowCount(); ++row) {
    names.insert(result->GetValue(0, row).ToString());
  }
  return names;
}

EngineOptions Small() {
  EngineOptions options;
  options.threads = 1;
  options.memory_bytes = kMemoryDatabaseBytes;
  return options;
}

}  // namespace

struct MemoryDatabase::Impl {
  Result<StatementContext> Begin(const Statement& statement, const Deadline& deadline) {
    auto slot = TRY(Slot::Take(running, kStatementsMax));
    return StatementContext::Begin(std::move(slot), instance, statement.sql, deadline);
  }

  const std::shared_ptr<Running> running = std::make_shared<Running>();
  std::shared_ptr<Instance> instance;
  MemoryNames names;
};

MemoryDatabase::MemoryDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MemoryDatabase::~MemoryDatabase() = default;

bool MemoryDatabase::broken() const { return impl_->instance->broken(); }

Result<std::unique_ptr<MemoryDatabase>> MemoryDatabase::Open(const std::vector<MemoryTable>& tables,
                                                             const std::string& script) {
  auto impl = std::make_unique<Impl>();
  impl->instance = TRY(Instance::OpenInMemory(Small(), [&](duckdb::Connection& connection) {
    for (const auto& table : tables) Fill(connection, table);
    Run(connection, script);
    impl->names.relations =
        Names(connection,
              "SELECT lower(table_name) FROM duckdb_tables() WHERE NOT internal UNION ALL "
              "SELECT lower(view_name) FROM duckdb_views() WHERE NOT internal");
    impl->names.functions =
        Names(connection, "SELECT lower(function_name) FROM duckdb_functions() WHERE NOT internal");
  }));
  return std::unique_ptr<MemoryDatabase>(new MemoryDatabase(std::move(impl)));
}

Result<std::unique_ptr<RowStream>> MemoryDatabase::Execute(const Statement& statement,
                                                           const Grants& /*grants*/,
                                                           const Limits& limits,
                                                           const Deadline& deadline) {
  auto context = TRY(impl_->Begin(statement, limits.EndOf(deadline)));
  auto admitted = TRY(
      AdmitInMemory(statement.sql, impl_->names, context.connection->context->GetParserOptions()));
  context.text = admitted.text;
  return StatementStream::Start(std::move(context), std::move(admitted), statement, limits);
}

Result<Description> MemoryDatabase::Describe(const Statement& statement, const Grants& /*grants*/,
                                             const Deadline& deadline) {
  auto context = TRY(impl_->Begin(statement, deadline));
  auto admitted = TRY(
      AdmitInMemory(statement.sql, impl_->names, context.connection->context->GetParserOptions()));
  context.text = admitted.text;
  return DescribeAdmitted(context, std::move(admitted));
}

}  // namespace neuralake::engine
