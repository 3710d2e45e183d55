#include "neuralake/ingest/wal/segment_supply.h"

#include <utility>

#include <fmt/format.h>

namespace neuralake::ingest {

SegmentSupply::SegmentSupply(LogFolder& folder, std::uint64_t segment_bytes)
    : folder_(folder),
      segment_bytes_(segment_bytes),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Result<SegmentSupply::Blank> SegmentSupply::Take() {
  // Waits for the one in the making: the second of two would only be slower.
  std::lock_guard making(making_);
  Blank ready;
  {
    std::lock_guard lock(mutex_);
    ready = std::exchange(ready_, {});
    want_ = true;
  }
  Result<Blank> blank = std::move(ready);
  if (blank->file == nullptr) blank = Make();
  wanted_.notify_all();
  return blank;
}

/// Under `making_`.
Result<SegmentSupply::Blank> SegmentSupply::Make() {
  const auto name = fmt::format("next-{}.tmp", made_++);
  return Blank{TRY(folder_.Create(name, segment_bytes_)), name};
}

void SegmentSupply::Run(const std::stop_token& stop) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (!wanted_.wait(lock, stop, [&] { return want_ && ready_.file == nullptr; })) return;
      want_ = false;
    }
    std::lock_guard making(making_);
    // A failure is not kept: the next `Take` tries again and has its own.
    auto blank = Make();
    if (!blank.has_value()) continue;
    std::lock_guard lock(mutex_);
    ready_ = *std::move(blank);
  }
}

}  // namespace neuralake::ingest
