#include "neuralake/serve/rest/table_columns.h"

#include "neuralake/query/tokens.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {

std::optional<columnar::Schema> TableColumns::Recall(const catalog::CatalogModel& model,
                                                     std::string_view database,
                                                     std::string_view table) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(std::pair(std::string(database), std::string(table)));
  if (digest_ != model.digest || found == entries_.end()) return std::nullopt;
  if (clock_.Mono() - found->second.looked > kColumnsFreshFor) return std::nullopt;
  return found->second.columns;
}

Result<columnar::Schema> TableColumns::Look(const catalog::CatalogModel& model,
                                            std::string_view database, std::string_view table) {
  engine::Statement statement;
  statement.sql =
      "SELECT * FROM " + query::QuoteIdentifier(database) + "." + query::QuoteIdentifier(table);
  const auto described =
      TRY(queries_.Describe(statement, {}, Deadline::After(kDescribeTimeMax, {}, clock_)));
  std::lock_guard lock(mutex_);
  if (digest_ != model.digest) entries_.clear();
  digest_ = model.digest;
  entries_[std::pair(std::string(database), std::string(table))] = {described.columns,
                                                                    clock_.Mono()};
  return described.columns;
}

}  // namespace neuralake::serve
