#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

/// Memory for decoded rows, over all tables: for those that wait, and for those in the making.
///
/// What is kept counts for as long as anybody holds it, and no longer.
/// \threads safe from any thread
class PendingBudget {
 public:
  explicit PendingBudget(std::uint64_t bytes_max,
                         std::uint64_t decoding_bytes_max = kDecodingBytesMax)
      : bytes_max_(bytes_max), decoding_bytes_max_(decoding_bytes_max) {}

  /// Keep `decoded`, whether it fits or not: for rows that cannot be read again, or are needed now.
  std::shared_ptr<const Decoded> Keep(Decoded decoded);

  /// Keep `decoded` if it fits; null when it does not.
  std::shared_ptr<const Decoded> KeepIfItFits(Decoded decoded);

  std::uint64_t bytes() const { return bytes_; }
  bool full() const { return bytes_ >= bytes_max_; }

  /// The right to decode a body, until this goes.
  class Turn {
   public:
    Turn(PendingBudget& budget, std::uint64_t bytes) : budget_(&budget), bytes_(bytes) {}
    Turn(Turn&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (budget_ != nullptr) budget_->EndTurn(bytes_);
    }

   private:
    PendingBudget* budget_;
    std::uint64_t bytes_;
  };

  /// Wait for the turn of a body that may take `bytes` while it is decoded: first come, first
  /// served, and one that is larger than all room alone.
  /// \errors kResourceExhausted  it did not come in time
  ///         kCancelled
  Result<Turn> AwaitTurn(std::uint64_t bytes, const Deadline& deadline);

 private:
  struct Kept;

  /// `decoded`, whose bytes are in `bytes_`, until nobody holds it.
  std::shared_ptr<const Decoded> Counted(Decoded decoded);
  void EndTurn(std::uint64_t bytes);

  const std::uint64_t bytes_max_;
  const std::uint64_t decoding_bytes_max_;
  std::atomic<std::uint64_t> bytes_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  std::uint64_t decoding_bytes_ = 0;
  std::uint64_t next_ = 0;
  std::set<std::uint64_t> waiting_;  // numbers of those who wait, in the order in which they came
};

}  // namespace neuralake::ingest
