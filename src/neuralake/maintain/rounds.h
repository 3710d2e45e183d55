#pragma once

#include <chrono>
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

/// A table that a round looks after.
struct Target {
  std::string name;  ///< `database.table`, or its location when it was named by that.
  std::string uri;
  bool required = false;  ///< It was asked for: that it is not there is an error.
};

/// Whether `name` is a location rather than a name of the catalog: it has a `/`.
bool IsLocation(const std::string& name);

/// The tables called by `names`, in their order, or all Delta tables of `model` without names.
///
/// \param model  null when there is none; then every name must be a location
/// \errors kNotFound  a name that the catalog does not have
///         kInvalid   one that is no Delta table, or no location
Result<std::vector<Target>> TargetsOf(const catalog::CatalogModel* model,
                                      const std::vector<std::string>& names);

/// Tables opened once and kept from round to round, so that each round reads only what is new in
/// their logs.
///
/// \threads one thread at a time
class Tables {
 public:
  /// \param options  of every table; the stop of its deadline comes to it
  explicit Tables(delta::TableOptions options = {}) : options_(std::move(options)) {}

  /// The table of `target`; null when it was declared but never written, and is not required.
  /// A checkpoint behind a commit ends when the first `deadline` of the table is stopped.
  /// \errors those of `Table::Latest`
  Result<std::shared_ptr<delta::Table>> Open(const Target& target, const Deadline& deadline);

 private:
  const delta::TableOptions options_;
  std::map<std::string, std::shared_ptr<delta::Table>> by_uri_;
};

/// Call `round` now and then every `interval`, until `deadline` is stopped.
void EveryInterval(std::chrono::milliseconds interval, const Deadline& deadline,
                   const std::function<void()>& round);

}  // namespace neuralake::maintain
