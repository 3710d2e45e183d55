#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <gtest/gtest.h>

#include "neuralake/engine/engine.h"
#include "neuralake/engine/table_testing.h"
#include "neuralake/observe/metrics.h"

namespace neuralake::engine {

/// For tests: an engine over tables in memory, each known as `lake.<name>`.
class TestEngine {
 public:
  explicit TestEngine(const std::map<std::string, const TestTable*>& tables,
                      EngineOptions options = {}) {
    auto model = std::make_shared<catalog::CatalogModel>();
    catalog::DatabaseModel database;
    database.name = "lake";
    std::map<std::string, std::shared_ptr<delta::Table>> by_uri;
    for (const auto& [name, table] : tables) {
      catalog::TableModel entry;
      entry.name = name;
      entry.uri = table->store()->root().ToString() + "/" + name;
      by_uri[entry.uri] = table->table();
      database.tables.push_back(std::move(entry));
    }
    model->databases.push_back(std::move(database));
    options.open_table =
        [by_uri](const std::string& location) -> Result<std::shared_ptr<delta::Table>> {
      return by_uri.at(location);
    };
    options.metrics = metrics_;
    engine_ = TestTable::Check(Engine::Open(std::move(options)));
    engine_->SetCatalog(std::move(model));
  }

  Engine& engine() { return *engine_; }

  /// Start `sql`, which may also write.
  Result<std::unique_ptr<RowStream>> Start(const std::string& sql, const Deadline& deadline = {}) {
    Statement statement;
    statement.sql = sql;
    return engine_->Execute(statement, {.read = true, .write = true}, {}, deadline);
  }

  /// All rows of `sql`, one text a row, values separated by a blank.
  Result<std::vector<std::string>> Ask(const std::string& sql) {
    const auto stream = TRY(Start(sql));
    std::vector<std::string> rows;
    while (const auto batch = TRY(stream->Next())) {
      for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
        std::string text;
        for (int column = 0; column < batch->num_columns(); ++column) {
          text += (column == 0 ? "" : " ") + (*batch->column(column)->GetScalar(row))->ToString();
        }
        rows.push_back(std::move(text));
      }
    }
    return rows;
  }

  /// The one row of `sql`, or what it failed with.
  std::string One(const std::string& sql) {
    const auto rows = Ask(sql);
    if (!rows.has_value()) return Describe(rows.error());
    EXPECT_EQ(rows->size(), 1U) << sql;
    return rows->empty() ? "" : (*rows)[0];
  }

  /// Data files that `sql` opens.
  std::size_t FilesRead(const std::string& sql) {
    const auto before = Count("neuralake_engine_files_read_total");
    EXPECT_TRUE(Ask(sql).has_value()) << sql;
    return Count("neuralake_engine_files_read_total") - before;
  }

 private:
  std::size_t Count(const std::string& name) {
    const std::string text = metrics_->Expose();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size() + 2));
  }

  const std::shared_ptr<observe::Metrics> metrics_ = std::make_shared<observe::Metrics>();
  std::unique_ptr<Engine> engine_;
};

}  // namespace neuralake::engine
