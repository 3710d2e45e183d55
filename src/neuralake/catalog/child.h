#pragma once

#include <cstddef>
#include <map>
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
  std::string log;     ///< What it wrote to standard error, cut at kLogBytesMax.
};

/// Run a program to its end and collect what it wrote. It runs in a process group of its own, which
/// is killed when the deadline ends.
///
/// \errors kNotFound          there is no such program
///         kDeadlineExceeded  it ran too long; the message ends with its last words
///         kCancelled         a stop was requested
///         kResourceExhausted it wrote more than `output_bytes_max`
Result<ChildOutcome> RunChild(const ChildRequest& request, const Deadline& deadline);

}  // namespace neuralake::catalog
