#include "neuralake/supervise/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "neuralake/base/clock.h"

namespace neuralake::supervise {
namespace {

constexpr int kExecFailed = 127;
constexpr int kPollMs = 50;
constexpr std::size_t kLineBytesMax = 64 << 10;

/// The status of a child that ended where nobody keeps it: a process may ignore SIGCHLD.
constexpr int kStatusUnknown = -1;

/// What a child that ended left: `exited with 1` or `was ended by signal 9`.
std::string DescribeEnd(int status) {
  if (status == kStatusUnknown) return "ended";
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "exited with " + std::to_string(WEXITSTATUS(status));
}

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void BecomeChild(char* const* arguments, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kExecFailed);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGCHLD, SIG_DFL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvp(arguments[0], arguments);
  _exit(kExecFailed);
}

class Process {
 public:
  Process(Child child, const SupervisorOptions& options)
      : child_(std::move(child)), options_(options), pause_(options.pause) {}

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (output_ >= 0) close(output_);
  }

  Status Start() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return CannotStart(errno);
    std::vector<char*> arguments;
    for (auto& argument : child_.arguments) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    const pid_t parent = getpid();
    pid_ = fork();
    const int reason = errno;
    if (pid_ == 0) BecomeChild(arguments.data(), ends[1], parent);
    close(ends[1]);
    if (pid_ < 0) {
      close(ends[0]);
      return CannotStart(reason);
    }
    output_ = ends[0];
    fcntl(output_, F_SETFL, O_NONBLOCK);
    started_ = SystemClock::Get().Mono();
    restart_at_.reset();
    return {};
  }

  /// Take what it printed, look whether it ended, start it again when its pause is over.
  Status Step(const std::function<void(const std::string&)>& say) {
    ReadLines(say);
    if (restart_at_) return SystemClock::Get().Mono() < *restart_at_ ? Status{} : StartAgain(say);
    const auto status = TakeEnd();
    if (!status) return {};
    ReadLines(say);
    CloseOutput();
    return AfterEnd(DescribeEnd(*status), say);
  }

  void Signal(int number) const {
    if (pid_ > 0) kill(pid_, number);
  }

  /// Whether it has ended; its last lines are printed.
  bool Ended(const std::function<void(const std::string&)>& say) {
    ReadLines(say);
    if (const auto status = TakeEnd()) {
      ReadLines(say);
      const bool as_told = *status == 0 || *status == kStatusUnknown ||
                           (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGTERM);
      if (!as_told) say(child_.name + " | " + DescribeEnd(*status));
    }
    return pid_ <= 0;
  }

  int output() const { return output_; }

 private:
  std::unexpected<Error> CannotStart(int reason) const {
    return Fail(ErrorKind::kUnavailable, "cannot start " + child_.name + ": " + strerror(reason));
  }

  /// A machine that has no process or descriptor to give now may have one later.
  Status StartAgain(const std::function<void(const std::string&)>& say) {
    started_ = SystemClock::Get().Mono();
    const Status started = Start();
    return started.has_value() ? started : AfterEnd(started.error().message, say);
  }

  /// Its status, if it has ended since.
  std::optional<int> TakeEnd() {
    if (pid_ <= 0) return std::nullopt;
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno != ECHILD)) return std::nullopt;
    pid_ = -1;
    return ended < 0 ? kStatusUnknown : status;
  }

  /// Plan the next start of a child that ended, or could not be started, as `how` tells.
  Status AfterEnd(const std::string& how, const std::function<void(const std::string&)>& say) {
    const auto now = SystemClock::Get().Mono();
    const bool lived = now - started_ >= options_.start_min;
    failed_starts_ = lived ? 0 : failed_starts_ + 1;
    pause_ = lived ? options_.pause : std::min(pause_ * 2, options_.pause_max);
    if (failed_starts_ >= options_.failed_starts_max) {
      const std::string often =
          how + ", " + std::to_string(failed_starts_) + " times in a row; see its lines above";
      if (child_.essential) return Fail(ErrorKind::kUnavailable, child_.name + " " + often);
      pause_ = options_.rare_pause;
      say(child_.name + " | " + often + "; the others go on, and it is tried every " +
          std::to_string(pause_.count() / 1000) + " s");
    } else {
      say(child_.name + " | " + how + "; starting it again in " + std::to_string(pause_.count()) +
          " ms");
    }
    restart_at_ = now + pause_;
    return {};
  }

  void ReadLines(const std::function<void(const std::string&)>& say) {
    char buffer[4096];
    ssize_t count = 0;
    while (output_ >= 0 && (count = read(output_, buffer, sizeof(buffer))) > 0) {
      for (ssize_t i = 0; i < count; ++i) {
        if (buffer[i] != '\n' && line_.size() < kLineBytesMax) {
          line_ += buffer[i];
          continue;
        }
        say(child_.name + " | " + line_);
        line_.clear();
      }
    }
  }

  void CloseOutput() {
    if (output_ >= 0) close(output_);
    output_ = -1;
  }

  Child child_;
  const SupervisorOptions& options_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::string line_;
  MonoTime started_{};
  std::optional<MonoTime> restart_at_;
  int failed_starts_ = 0;
  std::chrono::milliseconds pause_;
};

using Processes = std::vector<std::unique_ptr<Process>>;

void WaitForOutput(const Processes& processes) {
  std::vector<pollfd> watched;
  for (const auto& process : processes) {
    if (process->output() >= 0) watched.push_back({process->output(), POLLIN, 0});
  }
  poll(watched.data(), watched.size(), kPollMs);
}

void EndAll(const Processes& processes, std::chrono::milliseconds grace,
            const std::function<void(const std::string&)>& say) {
  for (const auto& process : processes) process->Signal(SIGTERM);
  const auto limit = SystemClock::Get().Mono() + grace;
  bool killed = false;
  while (!std::ranges::all_of(processes, [&](auto& process) { return process->Ended(say); })) {
    if (!killed && SystemClock::Get().Mono() >= limit) {
      for (const auto& process : processes) process->Signal(SIGKILL);
      killed = true;
    }
    WaitForOutput(processes);
  }
}

}  // namespace

Status Supervise(const std::vector<Child>& children, const SupervisorOptions& options,
                 std::stop_token stop, const std::function<void(const std::string&)>& say) {
  Processes processes;
  Status status;
  for (const auto& child : children) {
    processes.push_back(std::make_unique<Process>(child, options));
    status = processes.back()->Start();
    if (!status.has_value()) break;
  }
  while (status.has_value() && !stop.stop_requested()) {
    WaitForOutput(processes);
    for (const auto& process : processes) {
      if (status.has_value()) status = process->Step(say);
    }
  }
  EndAll(processes, options.grace, say);
  return status;
}

}  // namespace neuralake::supervise
