#include "neuralake/ingest/push_client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "neuralake/ingest/push_protocol.h"

namespace neuralake::ingest {

namespace {

/// What it means for a push that no answer was received.
std::unexpected<Error> Unanswered(Error error) {
  switch (error.kind) {
    case ErrorKind::kUnavailable:
      // The other side went without having read the frame to its end, so it did not act on it.
      return std::unexpected(std::move(error));
    case ErrorKind::kNotFound:
      return Fail(ErrorKind::kUnknownOutcome, "the ingest process ended before it answered");
    default:
      return Fail(ErrorKind::kUnknownOutcome,
                  "no answer from the ingest process: " + error.message);
  }
}

}  // namespace

PushClient::PushClient(std::string path, PushClientOptions options)
    : path_(std::move(path)), options_(options) {}

Result<PushAnswer> PushClient::Push(const PushRequest& request, const Deadline& deadline) {
  if (request.body.size() > kBodyBytesMax) {
    return Fail(ErrorKind::kInvalid, fmt::format("a body of {} bytes; at most {} are taken",
                                                 request.body.size(), kBodyBytesMax));
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline.Left());
  const auto head = EncodeCallHead({request, std::min(left, kPushPatienceMax)});
  const std::array<std::string_view, 2> parts = {head, request.body};
  const auto reply = TRY(Exchange(parts, deadline));
  return DecodePushReply(reply);
}

Result<std::string> PushClient::Metrics(const Deadline& deadline) {
  const auto call = EncodeCall(MetricsCall{});
  const std::array<std::string_view, 1> parts = {call};
  const auto reply = TRY(Exchange(parts, deadline));
  return DecodeTextReply(reply);
}

Result<std::string> PushClient::Exchange(std::span<const std::string_view> parts,
                                         const Deadline& deadline) {
  TRY(TakeTurn(deadline));
  auto socket = SendOver(parts, deadline);
  if (!socket.has_value()) {
    EndTurn(std::nullopt);
    return std::unexpected(std::move(socket).error());
  }
  std::string reply;
  auto received = socket->Receive(reply, deadline);
  if (!received.has_value()) {
    EndTurn(std::nullopt);
    return Unanswered(std::move(received).error());
  }
  EndTurn(std::move(*socket));
  return reply;
}

Status PushClient::TakeTurn(const Deadline& deadline) {
  const auto limit = std::min<Duration>(deadline.Left(), std::chrono::hours(1));
  std::unique_lock lock(mutex_);
  const bool free = released_.wait_for(lock, deadline.stop(), limit,
                                       [&] { return turns_ < options_.connections_max; });
  if (!free) {
    return Fail(ErrorKind::kDeadlineExceeded,
                fmt::format("{} pushes were on their way all the time", turns_));
  }
  ++turns_;
  return {};
}

void PushClient::EndTurn(std::optional<LocalSocket> kept) {
  {
    std::lock_guard lock(mutex_);
    --turns_;
    if (kept.has_value()) idle_.push_back(*std::move(kept));
  }
  released_.notify_one();
}

std::optional<LocalSocket> PushClient::TakeIdle() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::nullopt;
  auto socket = std::move(idle_.back());
  idle_.pop_back();
  return socket;
}

/// Send a frame and return the connection that it went over. One that was kept may have been closed
/// by the other side meanwhile; the next one, or a new one, is as good.
Result<LocalSocket> PushClient::SendOver(std::span<const std::string_view> parts,
                                         const Deadline& deadline) {
  while (auto kept = TakeIdle()) {
    const auto sent = kept->Send(parts, deadline);
    if (sent.has_value()) return *std::move(kept);
    if (sent.error().kind != ErrorKind::kUnavailable) return std::unexpected(sent.error());
  }
  auto made = TRY(LocalSocket::Connect(path_));
  TRY(made.Send(parts, deadline));
  return made;
}

}  // namespace neuralake::ingest
