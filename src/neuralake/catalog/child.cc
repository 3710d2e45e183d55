#include "neuralake/catalog/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "neuralake/base/process.h"
#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

/// A running child; ends and reaps it when dropped.
class Child {
 public:
  Child(Process process, Descriptor output, Descriptor log)
      : process_(std::move(process)), output_(std::move(output)), log_(std::move(log)) {}

  Result<ChildOutcome> Collect(std::size_t output_bytes_max, const Deadline& deadline) {
    ChildOutcome outcome;
    while (!process_.Ended()) {
      if (auto status = deadline.Check("the child process"); !status) {
        outcome.ended = status.error().kind;
        outcome.exit_code = process_.End(kChildGrace);
        Drain(log_, outcome.log);
        return outcome;
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
    outcome.exit_code = *process_.Ended();
    return outcome;
  }

 private:
  void Wait(Duration limit, ChildOutcome& outcome) {
    std::array<pollfd, 3> waiting = {pollfd{output_.number(), POLLIN, 0},
                                     pollfd{log_.number(), POLLIN, 0},
                                     pollfd{process_.handle(), POLLIN, 0}};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    if (poll(waiting.data(), waiting.size(), static_cast<int>(ms)) <= 0) return;
    if (waiting[0].revents != 0) ReadOnce(output_, outcome.output);
    if (waiting[1].revents != 0) ReadOnce(log_, outcome.log);
  }

  void ReadOnce(Descriptor& from, std::string& to) {
    std::array<char, 65536> buffer;
    const auto count = read(from.number(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      from.Close();
      return;
    }
    to.append(buffer.data(), static_cast<std::size_t>(count));
    const bool is_log = &from == &log_;
    if (is_log && to.size() > kLogBytesMax) to.erase(0, to.size() - kLogBytesMax);
  }

  void Drain(Descriptor& from, std::string& to) {
    pollfd waiting{from.number(), POLLIN, 0};
    while (from.number() >= 0 && poll(&waiting, 1, 0) > 0) ReadOnce(from, to);
  }

  Process process_;
  Descriptor output_;
  Descriptor log_;
};

}  // namespace

Result<ChildOutcome> RunChild(const ChildRequest& request, const Deadline& deadline) {
  Pipe output = TRY(MakePipe());
  Pipe log = TRY(MakePipe());
  auto process = TRY(Process::Start({request.command, request.directory, request.environment, -1,
                                     output.write.number(), log.write.number()}));
  output.write.Close();
  log.write.Close();
  Child child(std::move(process), std::move(output.read), std::move(log.read));
  return child.Collect(request.output_bytes_max, deadline);
}

}  // namespace neuralake::catalog
