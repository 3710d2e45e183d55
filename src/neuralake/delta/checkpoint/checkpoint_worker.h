#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "neuralake/delta/limits.h"
#include "neuralake/delta/snapshot.h"

namespace neuralake::delta {

/// Writes checkpoints on a thread of its own, so that no commit waits for one. When several are
/// due, only the newest is written.
///
/// A process that does one thing and ends would otherwise never write one: the destructor waits for
/// what is due, but no longer than `patience`, and not at all once `stop` is requested.
/// \threads safe from any thread
class CheckpointWorker {
 public:
  /// Writes a checkpoint; gives up soon after `stop` is requested.
  using Write = std::function<void(const SnapshotPtr&, const std::stop_token& stop)>;

  /// \param write  outlives this
  /// \param stop   ends what is written, and nothing is written any more
  explicit CheckpointWorker(Write write, std::stop_token stop = {},
                            std::chrono::milliseconds patience = kCheckpointPatience)
      : write_(std::move(write)), stop_(std::move(stop)), patience_(patience) {}
  ~CheckpointWorker();
  CheckpointWorker(const CheckpointWorker&) = delete;
  CheckpointWorker& operator=(const CheckpointWorker&) = delete;

  /// A checkpoint of `snapshot` is due. The first call starts the thread.
  void Due(SnapshotPtr snapshot);

 private:
  void Run(const std::stop_token& stop);

  const Write write_;
  const std::stop_token stop_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  SnapshotPtr due_;       // guarded by mutex_
  bool is_busy_ = false;  // guarded by mutex_
  std::jthread thread_;   // guarded by mutex_ until the destructor
};

}  // namespace neuralake::delta
