#include <utility>

#include "neuralake/base/thread_pool.h"
#include "neuralake/site/facts/facts.h"
#include "neuralake/site/limits.h"

namespace neuralake::site {

std::vector<TableFacts> CollectFacts(const catalog::CatalogModel& model,
                                     const FactsSource& source) {
  std::vector<std::pair<const catalog::DatabaseModel*, const catalog::TableModel*>> tables;
  for (const catalog::DatabaseModel& database : model.databases) {
    for (const catalog::TableModel& table : database.tables) tables.emplace_back(&database, &table);
  }
  std::vector<TableFacts> facts(tables.size());
  ThreadPool pool(kCollectThreads);
  // The source never fails, so neither does this.
  (void)pool.ForEach(tables.size(), [&](std::size_t i) -> Status {
    facts[i] = source(*tables[i].first, *tables[i].second);
    return {};
  });
  return facts;
}

}  // namespace neuralake::site
