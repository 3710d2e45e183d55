#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "neuralake/delta/snapshot.h"

namespace neuralake::delta {

/// Writes checkpoints on a thread of its own, so that no commit waits for one. When several are
/// due, only the newest is written.
///
/// \threads safe from any thread; the destructor finishes what is due
class CheckpointWorker {
 public:
  using Write = std::function<void(const SnapshotPtr&)>;

  /// \param write  outlives this
  explicit CheckpointWorker(Write write) : write_(std::move(write)) {}
  ~CheckpointWorker();
  CheckpointWorker(const CheckpointWorker&) = delete;
  CheckpointWorker& operator=(const CheckpointWorker&) = delete;

  /// A checkpoint of `snapshot` is due. The first call starts the thread.
  void Due(SnapshotPtr snapshot);

  /// Wait until nothing is due.
  void Wait();

 private:
  void Run(const std::stop_token& stop);

  const Write write_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  SnapshotPtr due_;       // guarded by mutex_
  bool is_busy_ = false;  // guarded by mutex_
  std::jthread thread_;   // guarded by mutex_ until the destructor
};

}  // namespace neuralake::delta
