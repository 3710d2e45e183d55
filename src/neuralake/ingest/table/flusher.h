#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/ingest/table/table_directory.h"

namespace neuralake::ingest {

/// Flushes every table when it is due, some at once, never one twice at once.
///
/// \threads safe from any thread
class Flusher {
 public:
  /// Told how each flush ended, on the thread that ran it.
  using OnFlush = std::function<void(const IngestTable&, const Status&)>;

  /// \param tables   outlives this
  /// \param threads  1 or more
  Flusher(TableDirectory& tables, std::size_t threads, OnFlush on_flush, Clock& clock);
  /// Ends flushes that run.
  ~Flusher();

  /// Some table may be due earlier than it was.
  void Wake();

  /// Flush no more by itself; flushes that run are cancelled and their rows wait on.
  void Stop();

  /// `Stop`, then flush all tables that have rows, due or not, until none does.
  /// \errors kDeadlineExceeded  rows still wait: they are safe at their sources
  Status Drain(const Deadline& deadline);

 private:
  void Run(const std::stop_token& stop);
  IngestTable* Next(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);

  TableDirectory& tables_;
  const OnFlush on_flush_;
  Clock& clock_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  bool woken_ = false;
  std::set<const IngestTable*> busy_;

  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace neuralake::ingest
