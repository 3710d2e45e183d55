#include "neuralake/engine/worker/worker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stop_token>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/worker/answer.h"

namespace neuralake::engine {
namespace {

using Json = nlohmann::json;

std::string RequestLine(const FunctionCall& call) {
  Json request = {{"module", call.module}, {"function", call.function}};
  if (!call.columns.empty()) request["columns"] = call.columns;
  return request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Becomes readable when a stop is requested.
class StopBell {
 public:
  explicit StopBell(const std::stop_token& stop)
      : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), callback_(stop, Ring{event_.number()}) {}
  int number() const { return event_.number(); }

 private:
  struct Ring {
    int event;
    void operator()() const { static_cast<void>(eventfd_write(event, 1)); }
  };
  Descriptor event_;
  std::stop_callback<Ring> callback_;
};

/// `(lake/aviation.py:34)` of a refusal that knows where it happened.
std::string PlaceOf(const Json& head, const std::string& directory) {
  if (!head.contains("file") || !head["file"].is_string()) return {};
  const auto file = std::filesystem::path(head["file"].get<std::string>());
  const auto inside = file.lexically_relative(directory);
  const bool below = !inside.empty() && *inside.begin() != "..";
  const int line = head.contains("line") && head["line"].is_number() ? head["line"].get<int>() : 0;
  return fmt::format(" ({}:{})", (below ? inside : file).string(), line);
}

std::string WhatFailed(const Json& head) {
  const bool said = head.contains("error") && head["error"].is_string();
  return said ? head["error"].get<std::string>() : "it failed and did not say how";
}

/// The end of what was printed, on one line.
std::string Quoted(std::string_view text) {
  if (text.size() > kWorkerSaidBytesMax) text.remove_prefix(text.size() - kWorkerSaidBytesMax);
  std::string line;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) line += (line.empty() ? "" : " | ") + std::string(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return line.empty() ? "" : "; it printed: " + line;
}

}  // namespace

Result<std::unique_ptr<Worker>> Worker::Start(const WorkerCommand& command) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot start a worker: {}", std::strerror(errno)));
  }
  // why: a socket, because writing to one whose reader is gone can be told to raise no signal.
  Descriptor input(ends[0]);
  const Descriptor theirs(ends[1]);
  Pipe output = TRY(MakePipe());
  Pipe log = TRY(MakePipe());
  fcntl(output.read.number(), F_SETPIPE_SZ, static_cast<int>(kWorkerPipeBytes));
  fcntl(output.read.number(), F_SETFL, O_NONBLOCK);
  fcntl(log.read.number(), F_SETFL, O_NONBLOCK);
  auto process = Process::Start({command.command, command.directory, command.environment,
                                 theirs.number(), output.write.number(), log.write.number()});
  if (!process) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot start a process for functions: {}", process.error().message));
  }
  return std::unique_ptr<Worker>(new Worker(*std::move(process), std::move(input),
                                            std::move(output.read), std::move(log.read),
                                            command.directory, command.memory_bytes_max));
}

bool Worker::Usable() { return !busy_ && !process_.Ended(); }

Result<std::shared_ptr<arrow::RecordBatchReader>> Worker::Compute(const FunctionCall& call,
                                                                  const Deadline& deadline) {
  const std::string name = call.Named();
  ReadLog();  // what was printed since the last answer is not of this call
  printed_.clear();
  busy_ = true;
  const StopBell bell(deadline.stop());
  Answer answer;
  Status done = Send(RequestLine(call), deadline, bell.number());
  if (done) done = Take(answer, deadline, bell.number());
  if (!done) {
    process_.End(kWorkerGrace);
    ReadLog();
    Error error = done.error();
    error.message = fmt::format("{}: {}{}", name, error.message, Printed(/*with_exception=*/true));
    return std::unexpected(std::move(error));
  }
  busy_ = false;
  if (answer.head()["ok"].get<bool>()) return answer.Reader();
  ReadLog();
  // Where it raised says more than where it begins.
  const std::string place = PlaceOf(answer.head(), directory_);
  const std::string who = place.empty() ? name : FunctionCall{call.module, call.function}.Named();
  return Fail(ErrorKind::kInvalid, fmt::format("{}: {}{}{}", who, WhatFailed(answer.head()), place,
                                               Printed(/*with_exception=*/false)));
}

Status Worker::Send(std::string_view line, const Deadline& deadline, int bell) {
  while (!line.empty()) {
    const auto sent = send(input_.number(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      line.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return Gone();
    TRY(Wait(/*sending=*/true, deadline, bell));
  }
  return {};
}

Status Worker::Take(Answer& answer, const Deadline& deadline, int bell) {
  while (!answer.complete()) {
    const auto [begin, size] = TRY(answer.Room());
    const auto count = read(output_.number(), begin, size);
    if (count > 0) {
      TRY(answer.Filled(static_cast<std::size_t>(count)));
    } else if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
      TRY(answer.Filled(0));
      TRY(Wait(/*sending=*/false, deadline, bell));
    } else {
      return Gone();
    }
  }
  return {};
}

Status Worker::Wait(bool sending, const Deadline& deadline, int bell) {
  if (Status left = deadline.Check("it"); !left) {
    left.error().message += ", and its process was killed";
    return left;
  }
  TRY(CheckMemory());
  std::array<pollfd, 5> waiting = {pollfd{output_.number(), POLLIN, 0},
                                   pollfd{log_.number(), POLLIN, 0},
                                   pollfd{process_.handle(), POLLIN, 0}, pollfd{bell, POLLIN, 0},
                                   pollfd{sending ? input_.number() : -1, POLLOUT, 0}};
  const Duration pause =
      memory_bytes_max_ > 0 ? Duration(kWorkerMemoryEvery) : Duration(std::chrono::hours(1));
  const auto limit = std::min<Duration>(deadline.Left(), pause);
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (poll(waiting.data(), waiting.size(), static_cast<int>(ms)) <= 0) return {};
  if (waiting[1].revents != 0) ReadLog();
  // Its last bytes may still be in the pipe, which a descendant may hold open.
  const bool silent = waiting[0].revents == 0;
  if (silent && waiting[2].revents != 0) return Gone();
  return {};
}

Status Worker::CheckMemory() const {
  if (memory_bytes_max_ == 0) return {};
  std::ifstream file(fmt::format("/proc/{}/statm", process_.id()));
  std::uint64_t whole = 0;
  std::uint64_t resident = 0;
  file >> whole >> resident;
  const std::uint64_t bytes = resident * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
  if (bytes <= memory_bytes_max_) return {};
  return Fail(ErrorKind::kResourceExhausted,
              fmt::format("it took {} MiB of memory, more than the {} MiB of "
                          "engine.function_memory_bytes, and its process was killed",
                          bytes >> 20, memory_bytes_max_ >> 20));
}

void Worker::ReadLog() {
  std::array<char, 65536> buffer;
  while (log_.number() >= 0) {
    const auto count = read(log_.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return log_.Close();
    printed_.append(buffer.data(), static_cast<std::size_t>(count));
    if (printed_.size() > 2 * kWorkerLogBytesMax) {
      printed_.erase(0, printed_.size() - kWorkerLogBytesMax);
    }
  }
}

Status Worker::Gone() {
  // A process that ends by itself closes its pipes first: its own exit code is what matters.
  pollfd ending{process_.handle(), POLLIN, 0};
  poll(&ending, 1, static_cast<int>(kWorkerExitWait.count()));
  const int code = process_.End(kWorkerGrace);
  const std::string how = code > 128 ? fmt::format("was ended by signal {}", code - 128)
                                     : fmt::format("ended with {}", code);
  return Fail(ErrorKind::kUnavailable, fmt::format("its process {} before it answered", how));
}

std::string Worker::Printed(bool with_exception) const {
  // Of a traceback, the last line says what it was; an answer that refuses has said so itself.
  std::string text = printed_;
  if (const auto trace = text.find("Traceback (most recent call last)"); trace != text.npos) {
    const auto end = text.find_last_not_of('\n');
    const auto last = text.substr(0, end + 1).rfind('\n') + 1;
    text = text.substr(0, trace) + (with_exception ? text.substr(last) : "");
  }
  return Quoted(text);
}

}  // namespace neuralake::engine
