#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/engine/executor.h"
#include "neuralake/engine/memory/memory_database.h"
#include "neuralake/serve/catalog_state.h"

namespace neuralake::serve {

/// What PostgreSQL's clients find in `pg_catalog` and `information_schema`: the databases of the
/// catalog as schemas, their tables, columns and descriptions; types; and much that is empty.
///
/// Takes statements in the words of `RewriteForCatalog`.
/// \threads safe from any thread
class SystemCatalog final : public engine::Executor {
 public:
  /// \param lake  is asked for the columns of tables; outlives this, as `state` does
  SystemCatalog(engine::Executor& lake, const CatalogState& state,
                Clock& clock = SystemClock::Get())
      : lake_(lake), state_(state), clock_(clock) {}

  Result<std::unique_ptr<engine::RowStream>> Execute(const engine::Statement& statement,
                                                     const engine::Grants& grants,
                                                     const engine::Limits& limits,
                                                     const Deadline& deadline) override;
  Result<engine::Description> Describe(const engine::Statement& statement,
                                       const engine::Grants& grants,
                                       const Deadline& deadline) override;

 private:
  using DatabasePtr = std::shared_ptr<engine::MemoryDatabase>;

  using TableOf = std::pair<const catalog::DatabaseModel*, const catalog::TableModel*>;

  struct Columns {
    columnar::Schema schema;
    MonoTime looked;
    bool found = false;  ///< Whether the last look at the table succeeded.
  };

  Result<DatabasePtr> Database(const std::string& sql, const Deadline& deadline);

  /// Find out the columns that are not known yet, or not lately. One caller looks at a time and
  /// holds no lock while it does: others who need columns wait for it, who needs none goes on.
  void RefreshColumns(const catalog::CatalogModel& model, const Deadline& deadline);
  std::optional<columnar::Schema> Look(const catalog::DatabaseModel& database,
                                       const catalog::TableModel& table,
                                       const Deadline& deadline) const;

  // All under mutex_.
  void BeginModel(const catalog::CatalogModel& model);
  std::vector<TableOf> ToLook(const catalog::CatalogModel& model) const;
  void Keep(const TableOf& of, std::optional<columnar::Schema> schema);
  Result<DatabasePtr> Build(const catalog::CatalogModel& model) const;

  engine::Executor& lake_;
  const CatalogState& state_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any looked_;
  // Guarded by mutex_. What was made of the model with this digest.
  std::string digest_;
  std::map<std::string, Columns> columns_;  ///< By `database.table`.
  DatabasePtr database_;
  bool looking_ = false;  ///< Somebody finds out columns.
};

}  // namespace neuralake::serve
