#include "neuralake/catalog/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { Close(); }

  void Close() {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }
  int number() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Fail(ErrorKind::kResourceExhausted,
                fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// `program` as a path, looked for on the PATH that the child will have.
Result<std::string> Locate(const std::string& program, const ChildRequest& request) {
  if (program.find('/') != std::string::npos) {
    if (access(program.c_str(), X_OK) == 0) return program;
    return Fail(ErrorKind::kNotFound,
                fmt::format("cannot run {}: {}", program, std::strerror(errno)));
  }
  const auto found = request.environment.find("PATH");
  std::string_view rest = "/usr/bin:/bin";
  if (found != request.environment.end()) rest = found->second;
  while (true) {
    const auto colon = rest.find(':');
    const auto candidate = std::filesystem::path(rest.substr(0, colon)) / program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  return Fail(ErrorKind::kNotFound, fmt::format("no {} on the PATH", program));
}

/// A running child; ends and reaps it when dropped.
class Child {
 public:
  Child(pid_t pid, Descriptor handle, Descriptor output, Descriptor log)
      : pid_(pid), handle_(std::move(handle)), output_(std::move(output)), log_(std::move(log)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { End(); }

  Result<ChildOutcome> Collect(std::size_t output_bytes_max, const Deadline& deadline) {
    ChildOutcome outcome;
    while (!ended_) {
      if (auto status = deadline.Check("the child process"); !status) {
        End();
        Drain(log_, outcome.log);
        return Annotate(status.error(), LastWords(outcome.log));
      }
      Wait(std::min<Duration>(deadline.Left(), kChildPoll), outcome);
      if (outcome.output.size() > output_bytes_max) {
        return Fail(ErrorKind::kResourceExhausted,
                    fmt::format("the child process wrote more than {} bytes", output_bytes_max));
      }
    }
    // Descendants may still hold the pipes: take what is there and do not wait for them.
    Drain(output_, outcome.output);
    Drain(log_, outcome.log);
    outcome.exit_code = exit_code_;
    return outcome;
  }

 private:
  static std::string LastWords(std::string_view log) {
    while (log.ends_with('\n')) log.remove_suffix(1);
    const auto line = log.rfind('\n');
    return std::string(line == std::string_view::npos ? log : log.substr(line + 1));
  }

  void Wait(Duration limit, ChildOutcome& outcome) {
    std::array<pollfd, 3> waiting = {pollfd{output_.number(), POLLIN, 0},
                                     pollfd{log_.number(), POLLIN, 0},
                                     pollfd{handle_.number(), POLLIN, 0}};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    if (poll(waiting.data(), waiting.size(), static_cast<int>(ms)) <= 0) return;
    if (waiting[0].revents != 0) ReadOnce(output_, outcome.output);
    if (waiting[1].revents != 0) ReadOnce(log_, outcome.log);
    if (waiting[2].revents != 0) Reap();
  }

  void ReadOnce(Descriptor& from, std::string& to) {
    std::array<char, 65536> buffer;
    const auto count = read(from.number(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      from.Close();
      return;
    }
    const bool is_log = &from == &log_;
    auto keep = static_cast<std::size_t>(count);
    if (is_log) keep = std::min(keep, kLogBytesMax - std::min(kLogBytesMax, to.size()));
    to.append(buffer.data(), keep);
  }

  void Drain(Descriptor& from, std::string& to) {
    pollfd waiting{from.number(), POLLIN, 0};
    while (from.number() >= 0 && poll(&waiting, 1, 0) > 0) ReadOnce(from, to);
  }

  void Reap() {
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_) return;
    ended_ = true;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  void End() {
    if (ended_) return;
    kill(-pid_, SIGTERM);
    pollfd waiting{handle_.number(), POLLIN, 0};
    const auto grace = static_cast<int>(kChildGrace.count());
    if (poll(&waiting, 1, grace) <= 0) kill(-pid_, SIGKILL);
    Reap();
    // Descendants of the group that outlived the child.
    kill(-pid_, SIGKILL);
  }

  pid_t pid_;
  Descriptor handle_;
  Descriptor output_;
  Descriptor log_;
  bool ended_ = false;
  int exit_code_ = 0;
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Start `program`; the group, the signal mask and the signals are those of a fresh process.
Result<pid_t> Spawn(const std::string& program, const ChildRequest& request, const Pipe& output,
                    const Pipe& log) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : request.environment) variables.push_back(name + "=" + value);
  std::vector<std::string> command = request.command;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output.write.number(), 1);
  posix_spawn_file_actions_adddup2(&files, log.write.number(), 2);
  posix_spawn_file_actions_addchdir_np(&files, request.directory.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&signals, signal);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid, program.c_str(), &files, &attributes,
                                  Pointers(command).data(), Pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failure == 0) return pid;
  return Fail(ErrorKind::kNotFound, fmt::format("cannot run {} in {}: {}", program,
                                                request.directory, std::strerror(failure)));
}

}  // namespace

Result<ChildOutcome> RunChild(const ChildRequest& request, const Deadline& deadline) {
  const std::string program = TRY(Locate(request.command.at(0), request));
  Pipe output = TRY(MakePipe());
  Pipe log = TRY(MakePipe());
  const pid_t pid = TRY(Spawn(program, request, output, log));
  output.write.Close();
  log.write.Close();
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) {
    const int reason = errno;
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return Fail(ErrorKind::kUnsupported,
                fmt::format("cannot watch a child process: {}", std::strerror(reason)));
  }
  Child child(pid, Descriptor(handle), std::move(output.read), std::move(log.read));
  return child.Collect(request.output_bytes_max, deadline);
}

}  // namespace neuralake::catalog
