#include "neuralake/delta/checkpoint/checkpoint_worker.h"

namespace neuralake::delta {

CheckpointWorker::~CheckpointWorker() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop_, patience_, [this] { return !due_ && !is_busy_; });
  }
  thread_.request_stop();
}

void CheckpointWorker::Due(SnapshotPtr snapshot) {
  std::lock_guard lock(mutex_);
  if (due_ && due_->version() >= snapshot->version()) return;
  due_ = std::move(snapshot);
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }
  changed_.notify_all();
}

void CheckpointWorker::Run(const std::stop_token& stop) {
  // One token for both ways to end: the table goes, or its process was told to.
  std::stop_source ended;
  const auto end = [&ended] { ended.request_stop(); };
  const std::stop_callback when_it_goes(stop, end);
  const std::stop_callback when_told(stop_, end);
  const auto token = ended.get_token();
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, token, [this] { return due_ != nullptr; })) {
    if (token.stop_requested()) return;
    const SnapshotPtr snapshot = std::exchange(due_, nullptr);
    is_busy_ = true;
    lock.unlock();
    write_(snapshot, token);
    lock.lock();
    is_busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace neuralake::delta
