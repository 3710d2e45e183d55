#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"
#include "neuralake/delta/table.h"

namespace neuralake::maintain {

/// The Delta tables of a catalog, opened once and kept from round to round, so that each round
/// reads only what is new in their logs.
///
/// \threads one thread at a time
class Tables {
 public:
  struct Entry {
    std::string name;  ///< `database.table`.
    std::shared_ptr<delta::Table> table;
  };

  /// The tables of `model` that exist: those called by `names`, or all when it is empty.
  ///
  /// A table that was declared but never written has no log yet and is left out.
  /// \errors kNotFound  a name that the catalog does not have, or that is no Delta table
  Result<std::vector<Entry>> Open(const catalog::CatalogModel& model,
                                  const std::vector<std::string>& names, const Deadline& deadline);

 private:
  std::map<std::string, std::shared_ptr<delta::Table>> by_uri_;
};

/// Call `round` now and then every `interval`, until `deadline` is stopped. A failing round is
/// handed to `failed` and the next one comes in its time.
void EveryInterval(std::chrono::milliseconds interval, const Deadline& deadline,
                   const std::function<Status()>& round,
                   const std::function<void(const Error&)>& failed);

}  // namespace neuralake::maintain
