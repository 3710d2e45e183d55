#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "neuralake/catalog/model.h"
#include "neuralake/delta/table.h"
#include "neuralake/engine/executor.h"
#include "neuralake/engine/function_runner.h"

namespace neuralake::observe {
class Metrics;
}

namespace neuralake::engine {

struct EngineOptions {
  std::size_t threads = 0;           ///< 0: one a core.
  std::uint64_t memory_bytes = 0;    ///< 0: 80 % of the machine's.
  std::string temp_directory;        ///< Where sorts and joins spill; empty: they may not.
  std::size_t statements_max = 256;  ///< At once; one more is refused.
  bool cache_files = true;           ///< Keep what was read of data files, as memory allows.
  /// Name tables in errors in place of their folders on this machine's disk: for those who ask from
  /// elsewhere.
  bool hide_folders = false;
  /// How old a table's newest snapshot may be; 0: always look for a newer one.
  std::chrono::milliseconds staleness_max{0};

  /// Opens the Delta table at a location; unset: each engine opens its own.
  std::function<Result<std::shared_ptr<delta::Table>>(const std::string& location)> open_table;
  std::shared_ptr<FunctionRunner> functions;  ///< Null: function tables are refused.
  std::shared_ptr<observe::Metrics> metrics;  ///< Where statements are counted; may be null.
};

/// SQL over the tables of a catalog, in this process.
///
/// One instance of DuckDB inside, with no way to files, settings or the network but the tables of
/// the catalog. An instance that breaks is replaced by the next statement.
/// \threads safe from any thread
class Engine final : public Executor {
 public:
  /// \errors kInvalid  an option that DuckDB refuses
  static Result<std::unique_ptr<Engine>> Open(EngineOptions options);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Serve `model` from the next statement on; running ones keep the one they began with.
  void SetCatalog(catalog::CatalogPtr model);

  Result<std::unique_ptr<RowStream>> Execute(const Statement& statement, const Grants& grants,
                                             const Limits& limits,
                                             const Deadline& deadline) override;
  Result<Description> Describe(const Statement& statement, const Grants& grants,
                               const Deadline& deadline) override;

  /// The Delta table at `location`, as the engine itself uses it.
  Result<std::shared_ptr<delta::Table>> Table(const std::string& location);

  struct Impl;

 private:
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace neuralake::engine
