#include "neuralake/ingest/table/pending_budget.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace neuralake::ingest {

/// Rows that have been counted.
struct PendingBudget::Kept {
  Kept(PendingBudget& counted_by, Decoded rows) : budget(counted_by), decoded(std::move(rows)) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() { budget.bytes_ -= decoded.bytes; }

  PendingBudget& budget;
  const Decoded decoded;
};

std::shared_ptr<const Decoded> PendingBudget::Keep(Decoded decoded) {
  bytes_ += decoded.bytes;
  return Counted(std::move(decoded));
}

std::shared_ptr<const Decoded> PendingBudget::KeepIfItFits(Decoded decoded) {
  auto taken = bytes_.load();
  do {
    if (taken + decoded.bytes > bytes_max_) return nullptr;
  } while (!bytes_.compare_exchange_weak(taken, taken + decoded.bytes));
  return Counted(std::move(decoded));
}

std::shared_ptr<const Decoded> PendingBudget::Counted(Decoded decoded) {
  const auto kept = std::make_shared<const Kept>(*this, std::move(decoded));
  return {kept, &kept->decoded};
}

Result<PendingBudget::Turn> PendingBudget::AwaitTurn(std::uint64_t bytes,
                                                     const Deadline& deadline) {
  bytes = std::min(bytes, decoding_bytes_max_);
  std::unique_lock lock(mutex_);
  const auto number = next_++;
  waiting_.insert(number);
  const auto limit = std::min<Duration>(deadline.Left(), std::chrono::hours(1));
  const bool came = changed_.wait_for(lock, deadline.stop(), limit, [&] {
    return *waiting_.begin() == number && decoding_bytes_ + bytes <= decoding_bytes_max_;
  });
  waiting_.erase(number);
  if (came) decoding_bytes_ += bytes;
  const auto before = decoding_bytes_;
  lock.unlock();
  // Whoever stands behind may be the first now.
  changed_.notify_all();
  if (came) return Turn(*this, bytes);
  if (deadline.stop().stop_requested()) TRY(deadline.Check("waiting to be decoded"));
  return Fail(ErrorKind::kResourceExhausted,
              fmt::format("nothing was taken in, since other requests that may take {} bytes are "
                          "being decoded; send the same request again",
                          before));
}

void PendingBudget::EndTurn(std::uint64_t bytes) {
  {
    std::lock_guard lock(mutex_);
    decoding_bytes_ -= bytes;
  }
  changed_.notify_all();
}

}  // namespace neuralake::ingest
