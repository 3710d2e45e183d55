#include "neuralake/engine/worker/worker_pool.h"

#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

namespace neuralake::engine {

/// A place in the pool, with the worker that sits there, or none yet.
class WorkerPool::Lease {
 public:
  Lease(WorkerPool& pool, std::unique_ptr<Worker> worker, std::uint64_t generation)
      : pool_(&pool), worker_(std::move(worker)), generation_(generation) {}
  Lease(Lease&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)),
        worker_(std::move(other.worker_)),
        generation_(other.generation_) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (pool_ != nullptr) pool_->Return(std::move(worker_), generation_);
  }

  Result<Worker*> Get(const WorkerCommand& command) {
    if (worker_ && !worker_->Usable()) worker_.reset();
    if (!worker_) worker_ = TRY(Worker::Start(command));
    return worker_.get();
  }

 private:
  WorkerPool* pool_;
  std::unique_ptr<Worker> worker_;
  const std::uint64_t generation_;
};

WorkerPool::~WorkerPool() = default;

Result<std::shared_ptr<arrow::RecordBatchReader>> WorkerPool::Run(const FunctionCall& call,
                                                                  const Deadline& deadline) {
  const Deadline end = deadline.Within(options_.call_max);
  Lease lease = TRY(Borrow(end));
  Worker* worker = TRY(lease.Get(options_.command));
  return worker->Compute(call, end);
}

Result<WorkerPool::Lease> WorkerPool::Borrow(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  const auto has_place = [this] { return out_ < options_.workers_max; };
  while (!has_place()) {
    if (Status status = deadline.Check("waiting for one of the processes that run functions");
        !status) {
      return std::unexpected(status.error());
    }
    const Duration pause = std::min<Duration>(deadline.Left(), std::chrono::seconds(1));
    free_.wait_for(lock, deadline.stop(), pause, has_place);
  }
  ++out_;
  std::unique_ptr<Worker> worker;
  if (!idle_.empty()) {
    worker = std::move(idle_.back());
    idle_.pop_back();
  }
  return Lease(*this, std::move(worker), generation_);
}

void WorkerPool::Return(std::unique_ptr<Worker> worker, std::uint64_t generation) {
  // Outside of the lock: ending a process takes a moment.
  if (worker && !worker->Usable()) worker.reset();
  std::unique_ptr<Worker> old;
  {
    std::lock_guard lock(mutex_);
    if (worker && generation == generation_) {
      idle_.push_back(std::move(worker));
    } else {
      old = std::move(worker);
    }
    --out_;
  }
  free_.notify_one();
}

void WorkerPool::DefinitionsChanged() {
  std::vector<std::unique_ptr<Worker>> old;
  std::lock_guard lock(mutex_);
  ++generation_;
  old.swap(idle_);
}

}  // namespace neuralake::engine
