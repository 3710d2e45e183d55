#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "neuralake/engine/executor.h"

namespace neuralake::query {

/// An executor for unit tests of what stands above the engine, where a real one could not be held
/// still at a chosen point.
///
/// It knows four statements: `rows N` (one BIGINT column `n`, batches of 1000), `wait` (the first
/// `Next` blocks until it is cancelled), `fail N` (fails after N rows), `refuse` (not admitted).
class TestExecutor : public engine::Executor {
 public:
  Result<std::unique_ptr<engine::RowStream>> Execute(const engine::Statement& statement,
                                                     const engine::Grants& grants,
                                                     const engine::Limits& limits,
                                                     const Deadline& deadline) override;
  Result<engine::Description> Describe(const engine::Statement& statement,
                                       const engine::Grants& grants,
                                       const Deadline& deadline) override;
};

}  // namespace neuralake::query
