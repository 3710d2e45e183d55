#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "neuralake/engine/executor.h"
#include "neuralake/query/journal.h"
#include "neuralake/query/lanes.h"
#include "neuralake/query/limits.h"

namespace neuralake::query {

class Service;

/// A statement as a protocol hands it over.
struct Request {
  engine::Statement statement;
  engine::Grants grants;
  engine::Executor* executor = nullptr;                  ///< Null: the service's own.
  std::optional<std::uint64_t> rows_max = kRowsDefault;  ///< Nothing: all rows.
  std::chrono::milliseconds timeout = kTimeoutDefault;   ///< Cut to the service's `timeout_max`.
  std::string_view protocol;                             ///< `http`, `postgres`; static storage.
  std::string client;                                    ///< Address and port.
};

/// One statement from its arrival to its last row.
///
/// `Start`, then `Next` until it gives null or fails, then `Close`: blocking steps, to be run on
/// the lanes, one at a time. It counts itself and enters the history when it closes.
///
/// \threads steps from one thread at a time; `Cancel` and `Describe` from any
class Run {
 public:
  Run(Service& service, std::string id, Request request, Clock& clock);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  const std::string& id() const { return id_; }
  const std::string& sql() const { return request_.statement.sql; }
  const Deadline& deadline() const { return deadline_; }

  /// The lane for the next step, by the time used so far or by what its text took before.
  Lane lane() const { return lane_.load(std::memory_order_relaxed); }

  /// Admit and start, unless it was closed.
  /// \errors kCancelled  it was closed; else as `engine::Executor::Execute`
  Status Start();

  /// The next batch, or null at the end. \errors as `engine::RowStream::Next`
  Result<std::shared_ptr<arrow::RecordBatch>> Next();

  /// What was started: columns, tag, versions. Valid from a good `Start` to `Close`.
  const engine::RowStream& stream() const { return *stream_; }

  /// Count bytes that were encoded for the client.
  void AddBytes(std::uint64_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }

  /// Stop the statement; its running step then fails with kCancelled.
  void Cancel();

  /// Cancel when its time is over: engines that sit in one long call learn of it here.
  void CancelIfExpired();

  /// End it with `outcome` and drop the stream. The first call counts.
  void Close(Status outcome = {});

  Summary Describe() const;

 private:
  class Busy;

  Error Explain(Error error) const;

  Service& service_;
  const std::string id_;
  const Request request_;
  const std::chrono::milliseconds timeout_;
  Clock& clock_;
  const WallTime arrived_;
  const MonoTime arrived_mono_;
  std::stop_source stop_;
  const Deadline deadline_;
  std::atomic<Lane> lane_;
  std::atomic<State> state_ = State::kWaiting;
  std::atomic<std::uint64_t> rows_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  Duration used_{0};  // by steps; touched by steps only
  std::atomic<bool> closed_ = false;
  bool truncated_ = false;
  mutable std::mutex mutex_;
  // Written by steps under mutex_, read by `Cancel` under it and by steps without.
  std::unique_ptr<engine::RowStream> stream_;
};

}  // namespace neuralake::query
