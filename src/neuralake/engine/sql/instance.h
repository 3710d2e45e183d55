#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/engine.h"
#include "neuralake/engine/sql/metered_memory.h"

namespace neuralake::engine {

/// One DuckDB with the lake attached and every other way out closed.
///
/// \threads safe from any thread
class Instance {
 public:
  /// \errors kInvalid  an option that DuckDB refuses
  static Result<std::shared_ptr<Instance>> Open(const EngineOptions& options,
                                                const std::shared_ptr<Lake>& lake);

  /// One without a lake, that holds what `fill` puts into it before it is closed.
  static Result<std::shared_ptr<Instance>> OpenInMemory(
      const EngineOptions& options, const std::function<void(duckdb::Connection&)>& fill);

  /// A connection that finds `database.table` in the lake, or the tables in memory.
  duckdb::unique_ptr<duckdb::Connection> Connect();

  /// Say that an error ended this instance: all its statements would fail from now on.
  void MarkBroken() { broken_.store(true); }
  bool broken() const { return broken_.load(); }

  /// Null for one in memory.
  const std::shared_ptr<Lake>& lake() const { return lake_; }

 private:
  Instance() = default;

  std::shared_ptr<Lake> lake_;
  std::unique_ptr<MemoryAllowance> allowance_;  ///< Outlives the database.
  std::unique_ptr<duckdb::DuckDB> database_;
  std::atomic<bool> broken_{false};
};

}  // namespace neuralake::engine
