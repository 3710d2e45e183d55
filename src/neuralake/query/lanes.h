#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/query/limits.h"

namespace neuralake::query {

enum class Lane : std::uint8_t { kShort, kLong };

/// A step of a statement: blocking work that ends by itself soon after its deadline.
using Step = std::move_only_function<void()>;

/// The threads on which statements run, in two lanes, so that a few long ones cannot hold up the
/// many short ones.
///
/// A statement runs as a chain of steps (start, then each part of the answer); between two steps it
/// holds no thread, so a client that reads slowly costs nothing here. A step of the short lane that
/// takes longer than `short_time_max` is counted in the long lane from then on: beyond its slots if
/// need be, up to `long_most`, and then no step begins there until it is below them again.
///
/// \threads safe from any thread; the destructor drops what waits and joins what runs
class Lanes {
 public:
  struct Options {
    std::size_t short_slots = 4;  ///< 1..64
    std::size_t long_slots = kLongSlots;
    std::size_t long_most = kLongMost;  ///< At least `long_slots`.
    std::size_t waiting_max = kWaitingMax;
    Duration short_time_max = kShortTimeMax;
  };

  struct Load {
    std::array<std::size_t, 2> running{};  ///< By lane.
    std::array<std::size_t, 2> waiting{};
  };

  explicit Lanes(Options options, Clock& clock = SystemClock::Get());
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  /// Queue the first step of a statement.
  ///
  /// \param deadline  a step that still waits when it is over is run by `RunExpired`
  /// \errors kResourceExhausted  `waiting_max` steps wait in this lane
  ///         kUnavailable        the lanes are closing
  Status Begin(Lane lane, Deadline deadline, Step step);

  /// Queue a later step of a statement that was begun. Never refused while the lanes are open.
  void Continue(Lane lane, Deadline deadline, Step step);

  /// Run on this thread each waiting step whose deadline is over or whose statement was stopped:
  /// it finds that out first and ends at once. So a cancelled statement does not wait for a slot.
  void RunExpired();

  /// Drop the steps that wait and refuse new ones; those that run go on.
  void Close();

  Load load() const;

 private:
  struct Waiting {
    Deadline deadline;
    Step step;
  };
  struct Slot {
    bool busy = false;
    Lane lane = Lane::kShort;
    MonoTime since;
  };

  void Work(std::size_t slot);
  bool CanStart(Lane lane) const;
  void MoveAged();
  MonoTime NextAging() const;
  bool Take(std::size_t slot, Waiting& out);

  const Options options_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool closed_ = false;
  std::array<std::deque<Waiting>, 2> waiting_;
  std::array<std::size_t, 2> running_{};
  std::vector<Slot> slots_;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace neuralake::query
