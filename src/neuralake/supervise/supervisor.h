#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::supervise {

/// A process to keep running.
struct Child {
  std::string name;                    ///< In front of its lines.
  std::vector<std::string> arguments;  ///< The program first, by its path.
  /// Whether the others end when it cannot start. They go on without one that is not essential,
  /// which is tried again from time to time.
  bool essential = true;
};

struct SupervisorOptions {
  /// A child that lived shorter than this when it ended counts as failing to start.
  std::chrono::milliseconds start_min{1'000};
  /// So many starts in a row that fail end the supervisor, if the child is essential.
  int failed_starts_max = 5;
  /// Pause before the next start of a child that is not, and failed so often.
  std::chrono::milliseconds rare_pause{30'000};
  /// Pause before a restart; doubled at each failing start, up to `pause_max`.
  std::chrono::milliseconds pause{100};
  std::chrono::milliseconds pause_max{5'000};
  /// After SIGTERM a child has so long before SIGKILL: more than `serve` gives its statements.
  std::chrono::milliseconds grace{15'000};
};

/// Keep `children` running until `stop` is requested: start them, print their lines behind their
/// names, start again those that end, and end all together. One that then ends with another code
/// than 0, or only by SIGKILL, is told.
///
/// Children get SIGTERM when this process dies, however it dies.
/// \param say  gets every line, without its end
/// \errors kUnavailable  a child cannot be started, or an essential one failed `failed_starts_max`
///                       times in a row; the others are ended first
/// \threads one call at a time in a process: it waits for children of any kind
Status Supervise(const std::vector<Child>& children, const SupervisorOptions& options,
                 std::stop_token stop, const std::function<void(const std::string&)>& say);

}  // namespace neuralake::supervise
