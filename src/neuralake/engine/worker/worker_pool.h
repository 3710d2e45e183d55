#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "neuralake/engine/function_runner.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/worker/worker.h"

namespace neuralake::engine {

struct WorkerPoolOptions {
  WorkerCommand command;
  std::size_t workers_max = 2;                            ///< 1..64 processes.
  std::chrono::milliseconds call_max = kFunctionTimeMax;  ///< For one call, its wait included.
};

/// Runs function tables in Python processes: started when first needed, kept for the next call, and
/// replaced when they end, hang or are of older definitions.
///
/// \threads safe from any thread
class WorkerPool final : public FunctionRunner {
 public:
  explicit WorkerPool(WorkerPoolOptions options) : options_(std::move(options)) {}
  ~WorkerPool() override;

  /// \errors as `FunctionRunner::Run`; kDeadlineExceeded also when no worker came free in time
  Result<std::shared_ptr<arrow::RecordBatchReader>> Run(const FunctionCall& call,
                                                        const Deadline& deadline) override;

  /// End idle workers now and busy ones after their call.
  void DefinitionsChanged() override;

 private:
  class Lease;

  Result<Lease> Borrow(const Deadline& deadline);
  void Return(std::unique_ptr<Worker> worker, std::uint64_t generation);

  const WorkerPoolOptions options_;
  std::mutex mutex_;
  std::condition_variable_any free_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<Worker>> idle_;
  std::size_t out_ = 0;           ///< Places that calls hold.
  std::uint64_t generation_ = 0;  ///< Of the definitions.
};

}  // namespace neuralake::engine
