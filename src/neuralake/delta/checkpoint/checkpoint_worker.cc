#include "neuralake/delta/checkpoint/checkpoint_worker.h"

#include <utility>

namespace neuralake::delta {

CheckpointWorker::~CheckpointWorker() { Wait(); }

void CheckpointWorker::Due(SnapshotPtr snapshot) {
  std::lock_guard lock(mutex_);
  if (due_ && due_->version() >= snapshot->version()) return;
  due_ = std::move(snapshot);
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }
  changed_.notify_all();
}

void CheckpointWorker::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !due_ && !is_busy_; });
}

void CheckpointWorker::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return due_ != nullptr; })) {
    const SnapshotPtr snapshot = std::exchange(due_, nullptr);
    is_busy_ = true;
    lock.unlock();
    write_(snapshot);
    lock.lock();
    is_busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace neuralake::delta
