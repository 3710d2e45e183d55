#pragma once

#include <string>
#include <utility>

#include "neuralake/base/error.h"
#include "neuralake/base/process.h"

namespace neuralake::supervise {

/// Held by the one process that runs something; gone with it, however it ends.
class RunLock {
 public:
  /// Take the lock that is the file at `path`, which then says the process id of this one. Makes
  /// the folder of it when it is not there.
  ///
  /// \param what  what runs, for the message: `project /srv/lake`
  /// \errors kAlreadyExists  another process holds it: names it by its id
  ///         kUnavailable    the file cannot be made
  static Result<RunLock> Take(const std::string& path, const std::string& what);

  /// Whether some process holds the lock at `path` now.
  static bool IsHeld(const std::string& path);

 private:
  explicit RunLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace neuralake::supervise
