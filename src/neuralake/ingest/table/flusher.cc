#include "neuralake/ingest/table/flusher.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

/// Between two rounds over tables that could not be flushed.
constexpr std::chrono::milliseconds kDrainPause{100};

}  // namespace

Flusher::Flusher(TableDirectory& tables, std::size_t threads, OnFlush on_flush, Clock& clock)
    : tables_(tables), on_flush_(std::move(on_flush)), clock_(clock) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Run(stop); });
  }
}

Flusher::~Flusher() { Stop(); }

void Flusher::Stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Flusher::Wake() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

/// Wait until a table is due that nobody flushes, and mark it; null when stopped.
IngestTable* Flusher::Next(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    IngestTable* first = nullptr;
    std::optional<MonoTime> first_due;
    for (auto* table : tables_.tables()) {
      const auto due = table->pipeline->Due();
      if (!due.has_value() || busy_.contains(table)) continue;
      if (!first_due.has_value() || *due < *first_due) {
        first = table;
        first_due = due;
      }
    }
    const auto now = clock_.Mono();
    if (first_due.has_value() && *first_due <= now) {
      busy_.insert(first);
      return first;
    }
    const auto longest = now + std::chrono::hours(1);
    const auto wait = std::min(first_due.value_or(longest), longest) - now;
    changed_.wait_for(lock, stop, wait, [&] { return std::exchange(woken_, false); });
  }
  return nullptr;
}

void Flusher::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (auto* table = Next(lock, stop)) {
    lock.unlock();
    const auto status = table->pipeline->Flush(Deadline::After(kFlushAttempt, stop, clock_));
    on_flush_(*table, status);
    lock.lock();
    busy_.erase(table);
    // Another thread may wait for a later table than this one has become.
    woken_ = true;
    changed_.notify_one();
  }
}

Status Flusher::Drain(const Deadline& deadline) {
  Stop();
  do {
    bool left = false;
    for (auto* table : tables_.tables()) {
      if (!table->pipeline->Due().has_value()) continue;
      const auto status = table->pipeline->Flush(deadline);
      on_flush_(*table, status);
      left = left || table->pipeline->Due().has_value();
    }
    if (!left) return {};
  } while (deadline.Sleep(kDrainPause));
  return Fail(ErrorKind::kDeadlineExceeded, "rows are left for the next start");
}

}  // namespace neuralake::ingest
