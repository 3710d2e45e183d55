#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"

namespace neuralake::catalog {

struct ChildRequest {
  std::vector<std::string> command;  ///< The program (found on its own PATH) and its arguments.
  std::string directory;             ///< Where it runs.
  std::map<std::string, std::string> environment;  ///< All of it.
  std::size_t output_bytes_max = 0;
};

struct ChildOutcome {
  int exit_code = 0;   ///< 128 and the signal's number when one ended it.
  std::string output;  ///< What it wrote to standard output.
  std::string log;     ///< What it wrote to standard error: its end when it is long.
  /// Why it was ended, if it was: kDeadlineExceeded, kCancelled.
  std::optional<ErrorKind> ended;
};

/// Run a program to its end, or to that of the deadline, and collect what it wrote. It runs in a
/// process group of its own, which is killed when the deadline ends.
///
/// \errors kNotFound          there is no such program
///         kResourceExhausted it wrote more than `output_bytes_max`
Result<ChildOutcome> RunChild(const ChildRequest& request, const Deadline& deadline);

}  // namespace neuralake::catalog
