#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "neuralake/base/error.h"
#include "neuralake/ingest/wal/folder.h"

namespace neuralake::ingest {

/// Keeps one empty segment file ready, made in the background, so that changing to the next segment
/// does not wait for its space.
///
/// \threads safe from any thread
class SegmentSupply {
 public:
  /// \param folder         outlives this
  /// \param segment_bytes  size of each file
  SegmentSupply(LogFolder& folder, std::uint64_t segment_bytes);

  struct Blank {
    std::unique_ptr<LogFile> file;
    std::string name;  ///< What it is called until it joins the log.
  };

  /// An empty file: the one that is ready, or one made now.
  /// \errors kResourceExhausted  the disk is full
  Result<Blank> Take();

 private:
  void Run(const std::stop_token& stop);
  Result<Blank> Make();

  LogFolder& folder_;
  const std::uint64_t segment_bytes_;
  std::mutex making_;       // held while a file is made and put by; taken before mutex_
  std::uint64_t made_ = 0;  // guarded by making_
  std::mutex mutex_;
  std::condition_variable_any wanted_;
  // Guarded by mutex_.
  Blank ready_;
  bool want_ = true;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace neuralake::ingest
