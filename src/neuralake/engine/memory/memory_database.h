#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/columnar/types.h"
#include "neuralake/columnar/value.h"
#include "neuralake/engine/executor.h"

namespace neuralake::engine {

/// A table whose rows are given.
struct MemoryTable {
  std::string name;
  columnar::Schema columns;
  std::vector<std::vector<columnar::Value>> rows;  ///< One value a column each.
};

/// SQL over tables that are given once and kept in memory, with views and macros over them. Nothing
/// of the lake can be reached from it, and nothing changed in it.
///
/// \threads safe from any thread
class MemoryDatabase final : public Executor {
 public:
  /// \param script  CREATE VIEW and CREATE MACRO statements, trusted, run after the tables are
  /// there
  /// \errors kInvalid  the script fails
  static Result<std::unique_ptr<MemoryDatabase>> Open(const std::vector<MemoryTable>& tables,
                                                      const std::string& script);
  ~MemoryDatabase() override;

  /// Admits SELECT on the tables and views by their names alone, with functions of the allow-list
  /// and macros of the script; otherwise as `Executor`.
  Result<std::unique_ptr<RowStream>> Execute(const Statement& statement, const Grants& grants,
                                             const Limits& limits,
                                             const Deadline& deadline) override;
  Result<Description> Describe(const Statement& statement, const Grants& grants,
                               const Deadline& deadline) override;

  /// Whether an error ended it: all its statements fail from then on.
  bool broken() const;

 private:
  struct Impl;
  explicit MemoryDatabase(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace neuralake::engine
