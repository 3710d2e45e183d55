#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"
#include "neuralake/query/lanes.h"

namespace neuralake::query {

enum class State : std::uint8_t {
  kWaiting,   ///< For its first step.
  kRunning,   ///< A step is running.
  kSending,   ///< Between two steps: the client reads.
  kFinished,  ///< All rows were given, or it failed.
};

/// What is known about a statement, while it runs and afterwards.
struct Summary {
  std::string id;
  std::string sql;  ///< At most `kHistorySqlBytesMax` bytes of it.
  std::string_view protocol;
  std::string client;
  State state = State::kWaiting;
  Lane lane = Lane::kShort;
  WallTime arrived;
  Duration elapsed{0};
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  bool truncated = false;
  std::map<std::string, std::int64_t> versions;
  Status outcome;  ///< Of a finished one.
};

/// The last `items_max` finished statements.
///
/// \threads safe from any thread
class Journal {
 public:
  explicit Journal(std::size_t items_max) : items_max_(items_max) {}

  void Add(Summary summary);

  /// The newest first, at most `count`.
  std::vector<Summary> Recent(std::size_t count) const;

 private:
  const std::size_t items_max_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<Summary> items_;
};

}  // namespace neuralake::query
