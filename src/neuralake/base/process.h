#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "neuralake/base/error.h"

namespace neuralake {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { Close(); }

  void Close();
  int number() const { return number_; }  ///< -1 once it is closed.

 private:
  int number_;
};

/// Both ends of a pipe; a child gets only those that are handed to it.
struct Pipe {
  Descriptor read;
  Descriptor write;
};

/// \errors kResourceExhausted  no more descriptors
Result<Pipe> MakePipe();

struct ProcessRequest {
  std::vector<std::string> command;  ///< The program (found on its own PATH) and its arguments.
  std::string directory;             ///< Where it runs.
  std::map<std::string, std::string> environment;  ///< All of it.
  int input = -1;                                  ///< Its standard input; -1: nothing to read.
  int output = -1;                                 ///< Its standard output.
  int log = -1;                                    ///< Its standard error.
};

/// A child process with a process group of its own. Dropping it ends and reaps the whole group.
///
/// \threads one thread at a time
class Process {
 public:
  /// \errors kNotFound     there is no such program or directory
  ///         kUnsupported  this system cannot watch a child
  static Result<Process> Start(const ProcessRequest& request);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t id() const { return id_; }
  /// Becomes readable when the process has ended.
  int handle() const { return handle_.number(); }

  /// What `Ended` says where nobody keeps how a process ended: this one ignores SIGCHLD.
  static constexpr int kExitUnknown = 255;

  /// How it ended, if it has: its exit code, or 128 and the signal's number.
  std::optional<int> Ended();

  /// Ask the group to end, kill what is left of it after `grace`, and reap the process.
  /// \returns as `Ended`
  int End(std::chrono::milliseconds grace);

 private:
  Process(pid_t id, Descriptor handle) : id_(id), handle_(std::move(handle)) {}
  void Reap();

  pid_t id_ = -1;  ///< -1 when moved from.
  Descriptor handle_;
  std::optional<int> ended_;
};

}  // namespace neuralake
