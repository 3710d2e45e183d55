#include "neuralake/base/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace neuralake {
namespace {

/// `program` as a path, looked for on the PATH that the child will have.
Result<std::string> Locate(const std::string& program, const ProcessRequest& request) {
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

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What the child has open: nothing but its three streams.
class Files {
 public:
  explicit Files(const ProcessRequest& request) {
    posix_spawn_file_actions_init(&actions_);
    if (request.input < 0) {
      posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    }
    const std::array streams = {request.input, request.output, request.log};
    for (int i = 0; i < 3; ++i) {
      const int stream = streams.at(static_cast<std::size_t>(i));
      if (stream >= 0) posix_spawn_file_actions_adddup2(&actions_, stream, i);
    }
    // Sockets that others opened without a thought of children would stay open in them.
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, request.directory.c_str());
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// Group, signal mask and signals of a fresh process.
class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGCHLD}) sigaddset(&signals, signal);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

void Descriptor::Close() {
  if (number_ >= 0) close(std::exchange(number_, -1));
}

Result<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Fail(ErrorKind::kResourceExhausted,
                fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<Process> Process::Start(const ProcessRequest& request) {
  const std::string program = TRY(Locate(request.command.at(0), request));
  std::vector<std::string> variables;
  for (const auto& [name, value] : request.environment) {
    variables.push_back(fmt::format("{}={}", name, value));
  }
  std::vector<std::string> command = request.command;
  const Files files(request);
  const Attributes attributes;
  pid_t id = 0;
  const int failure = posix_spawn(&id, program.c_str(), files.get(), attributes.get(),
                                  Pointers(command).data(), Pointers(variables).data());
  if (failure != 0) {
    return Fail(ErrorKind::kNotFound, fmt::format("cannot run {} in {}: {}", program,
                                                  request.directory, std::strerror(failure)));
  }
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, id, 0));
  if (handle < 0) {
    const int reason = errno;
    kill(-id, SIGKILL);
    waitpid(id, nullptr, 0);
    return Fail(ErrorKind::kUnsupported,
                fmt::format("cannot watch a child process: {}", std::strerror(reason)));
  }
  return Process(id, Descriptor(handle));
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), handle_(std::move(other.handle_)), ended_(other.ended_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(handle_, other.handle_);
  std::swap(ended_, other.ended_);
  return *this;
}

Process::~Process() {
  if (id_ > 0) End(std::chrono::milliseconds{0});
}

std::optional<int> Process::Ended() {
  pollfd waiting{handle_.number(), POLLIN, 0};
  if (!ended_ && poll(&waiting, 1, 0) > 0) Reap();
  return ended_;
}

int Process::End(std::chrono::milliseconds grace) {
  if (!ended_) {
    kill(-id_, SIGTERM);
    pollfd waiting{handle_.number(), POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(grace.count())) <= 0) kill(-id_, SIGKILL);
    Reap();
    // Descendants of the group that outlived the child.
    kill(-id_, SIGKILL);
  }
  return *ended_;
}

void Process::Reap() {
  int status = 0;
  pid_t reaped = 0;
  while ((reaped = waitpid(id_, &status, 0)) < 0 && errno == EINTR) {
  }
  if (reaped < 0) {
    ended_ = kExitUnknown;
  } else {
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

}  // namespace neuralake
