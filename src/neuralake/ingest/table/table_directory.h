#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/catalog/model.h"
#include "neuralake/delta/table.h"
#include "neuralake/ingest/table/pending_budget.h"
#include "neuralake/ingest/table/table_pipeline.h"
#include "neuralake/ingest/table/table_sink.h"

namespace neuralake::ingest {

/// A table that rows go to, with the one for those that do not fit.
struct IngestTable {
  std::string name;  ///< `database.table`, as the catalog writes it.
  std::string uri;   ///< Where its rows go.
  std::unique_ptr<TableSink> rows;
  std::unique_ptr<TableSink> dead_letters;
  std::unique_ptr<TablePipeline> pipeline;
};

/// How a declared table is made: its declared columns, partitions and properties.
TableDeclaration DeclarationOf(const catalog::DatabaseModel& database,
                               const catalog::TableModel& table);

/// The tables of the catalog that take rows, each made when it is first asked for and kept.
///
/// \threads safe from any thread; tables live as long as this
class TableDirectory {
 public:
  struct Parts {
    /// Opens the Delta table at a location.
    std::function<Result<std::shared_ptr<delta::Table>>(const std::string& uri)> open;
    TableSink::OnCommit on_commit;
    std::function<void()> wake;
    delta::WriteOptions write;
    UnknownMembers unknown;
    FlushOptions flush;
    PendingBudget& budget;
    KillSwitch& kills;
    Clock& clock;
  };

  TableDirectory(catalog::CatalogPtr catalog, Parts parts);

  /// The table that the catalog calls so.
  /// \errors kNotFound  it has none; kInvalid  it is no Delta table
  Result<IngestTable*> Get(std::string_view database, std::string_view table);

  /// The same by `database.table`.
  Result<IngestTable*> Get(std::string_view name);

  /// A table in use that the catalog now has elsewhere.
  struct Moved {
    std::string name;
    std::string from;  ///< Where its rows go on going.
    std::string to;    ///< Where they go after a restart.
  };

  /// From now on go by `catalog`. Tables in use keep what they were made with.
  /// \returns those that it has elsewhere
  std::vector<Moved> Replace(catalog::CatalogPtr catalog);

  /// Those asked for so far.
  std::vector<IngestTable*> tables() const;

 private:
  std::unique_ptr<IngestTable> Make(const std::string& name, const catalog::DatabaseModel& database,
                                    const catalog::TableModel& table) const;

  const Parts parts_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  catalog::CatalogPtr catalog_;
  std::map<std::string, std::unique_ptr<IngestTable>, std::less<>> tables_;
};

}  // namespace neuralake::ingest
