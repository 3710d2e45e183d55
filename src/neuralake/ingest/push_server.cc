#include "neuralake/ingest/push_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/push_protocol.h"

namespace neuralake::ingest {

namespace {

/// How long a reply may take to leave: its receiver waits for it.
constexpr std::chrono::seconds kReplyTime{10};

Status SendReply(LocalSocket& socket, std::string_view reply) {
  const std::array<std::string_view, 1> parts = {reply};
  return socket.Send(parts, Deadline::After(kReplyTime));
}

/// Answer the first call of a connection without having read it.
void Refuse(LocalSocket& socket, std::string reason) {
  (void)SendReply(
      socket,
      EncodeReply(Result<PushAnswer>(Fail(ErrorKind::kResourceExhausted, std::move(reason)))));
}

}  // namespace

Result<std::unique_ptr<PushServer>> PushServer::Listen(const std::string& path, Calls calls,
                                                       KillSwitch& kills,
                                                       std::size_t connections_max) {
  auto listener = TRY(ListenLocal(path));
  storage::FileDescriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return Fail(ErrorKind::kUnavailable, "cannot make an event descriptor");
  return std::unique_ptr<PushServer>(new PushServer(std::move(listener), std::move(wake),
                                                    std::move(calls), kills, connections_max));
}

PushServer::PushServer(storage::FileDescriptor listener, storage::FileDescriptor wake, Calls calls,
                       KillSwitch& kills, std::size_t connections_max)
    : calls_(std::move(calls)),
      kills_(kills),
      connections_max_(connections_max),
      listener_(std::move(listener)),
      wake_(std::move(wake)),
      thread_([this] { Accept(); }) {}

PushServer::~PushServer() { Stop(); }

void PushServer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& connection : connections_) connection.socket.StopReading();
  }
  stop_.request_stop();
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof(one));
  if (thread_.joinable()) thread_.join();
  // Nobody adds to the list any more.
  for (auto& connection : connections_) connection.thread.join();
  connections_.clear();
}

void PushServer::Accept() {
  for (;;) {
    std::array<pollfd, 2> waiting = {{{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    if (waiting[0].revents != 0) return;
    Reap();
    storage::FileDescriptor fd(
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.get() >= 0) {
      Admit(std::move(fd));
    } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      // Out of descriptors: those that wait stay in the kernel's queue until some are free.
      ::poll(waiting.data(), 1, 100);
    }
  }
}

void PushServer::Admit(storage::FileDescriptor fd) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  if (connections_.size() >= connections_max_) {
    LocalSocket refused(std::move(fd));
    Refuse(refused,
           fmt::format("{} connections to the ingest process are open, and no more are taken",
                       connections_.size()));
    return;
  }
  auto& connection = connections_.emplace_back(std::move(fd));
  try {
    connection.thread = std::thread([this, &connection] { Serve(connection); });
  } catch (const std::system_error& error) {
    Refuse(connection.socket, fmt::format("the ingest process has no thread for a {}. connection: "
                                          "{}",
                                          connections_.size(), error.code().message()));
    connections_.pop_back();
  }
}

/// Forget connections that ended.
void PushServer::Reap() {
  std::list<Connection> ended;
  {
    std::lock_guard lock(mutex_);
    for (auto it = connections_.begin(); it != connections_.end();) {
      const auto next = std::next(it);
      if (it->ended) ended.splice(ended.end(), connections_, it);
      it = next;
    }
  }
  for (auto& connection : ended) connection.thread.join();
}

void PushServer::Serve(Connection& connection) {
  std::string frame;
  for (;;) {
    const auto received = connection.socket.Receive(frame, Deadline::Never());
    if (!received.has_value()) break;
    if (!Answer(connection.socket, frame)) break;
  }
  std::lock_guard lock(mutex_);
  connection.ended = true;
  connection.socket = LocalSocket(storage::FileDescriptor());
}

/// Do the call in `frame` and reply; false when the connection is of no more use.
bool PushServer::Answer(LocalSocket& socket, std::string_view frame) {
  const auto call = DecodeCall(frame);
  if (!call.has_value()) {
    (void)SendReply(socket, EncodeReply(Result<std::string>(std::unexpected(call.error()))));
    return false;
  }
  if (std::holds_alternative<MetricsCall>(*call)) {
    return SendReply(socket, EncodeReply(Result<std::string>(calls_.metrics()))).has_value();
  }
  const auto& push = std::get<PushCall>(*call);
  const auto patience = std::clamp(push.patience, std::chrono::milliseconds(0), kPushPatienceMax);
  const auto answer = calls_.push(push.request, Deadline::After(patience, stop_.get_token()));
  if (answer.has_value()) kills_.Reach(kill_points::kBeforeAck);
  const auto sent = SendReply(socket, EncodeReply(answer));
  if (answer.has_value()) kills_.Reach(kill_points::kAfterAck);
  return sent.has_value();
}

}  // namespace neuralake::ingest
