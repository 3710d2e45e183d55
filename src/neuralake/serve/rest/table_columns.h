#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"
#include "neuralake/columnar/types.h"
#include "neuralake/query/service.h"

namespace neuralake::serve {

/// The columns of tables as the engine sees them, remembered for `kColumnsFreshFor`: a request
/// that filters rows must not describe its table each time.
///
/// \threads safe from any thread
class TableColumns {
 public:
  TableColumns(query::Service& queries, Clock& clock) : queries_(queries), clock_(clock) {}

  /// What is remembered, or nothing.
  std::optional<columnar::Schema> Recall(const catalog::CatalogModel& model,
                                         std::string_view database, std::string_view table) const;

  /// Ask the engine. Blocks.
  /// \errors as `engine::Executor::Describe`
  Result<columnar::Schema> Look(const catalog::CatalogModel& model, std::string_view database,
                                std::string_view table);

 private:
  struct Entry {
    columnar::Schema columns;
    MonoTime looked;
  };

  query::Service& queries_;
  Clock& clock_;
  mutable std::mutex mutex_;
  // Guarded by mutex_. The digest of the catalog that it holds for, then `database.table`.
  std::string digest_;
  std::map<std::pair<std::string, std::string>, Entry, std::less<>> entries_;
};

}  // namespace neuralake::serve
