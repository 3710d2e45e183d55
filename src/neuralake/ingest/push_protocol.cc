#include "neuralake/ingest/push_protocol.h"

#include <utility>

#include <fmt/format.h>

#include "neuralake/ingest/wire.h"

namespace neuralake::ingest {

namespace {

constexpr std::uint8_t kPushTag = 1;
constexpr std::uint8_t kMetricsTag = 2;
constexpr std::uint8_t kErrorTag = 0;

std::string EncodeError(const Error& error) {
  std::string frame;
  WireWriter out(frame);
  out.Number(kErrorTag);
  out.Number(static_cast<std::uint8_t>(error.kind));
  out.Number(error.position);
  out.Text(error.message);
  return frame;
}

/// What follows the tag of a reply, or the error that it carries.
Result<WireReader> OpenReply(std::string_view frame, std::uint8_t expected) {
  WireReader in(frame);
  const auto tag = TRY(in.Number<std::uint8_t>());
  if (tag == expected) return in;
  if (tag != kErrorTag) {
    return Fail(ErrorKind::kCorruption, fmt::format("a reply of kind {} is none", tag));
  }
  const auto kind = TRY(in.Number<std::uint8_t>());
  const auto position = TRY(in.Number<std::int64_t>());
  const auto message = TRY(in.Text());
  if (kind > static_cast<std::uint8_t>(ErrorKind::kInternal)) {
    return Fail(ErrorKind::kCorruption, fmt::format("an error of kind {} is none", kind));
  }
  auto error = Fail(static_cast<ErrorKind>(kind), std::string(message));
  error.error().position = position;
  return error;
}

}  // namespace

std::string EncodeCallHead(const PushCall& call) {
  std::string frame;
  WireWriter out(frame);
  out.Number(kPushTag);
  out.Number(static_cast<std::int64_t>(call.patience.count()));
  out.Text(call.request.database);
  out.Text(call.request.table);
  out.Text(call.request.content_type);
  out.Text(call.request.idempotency_key);
  return frame;
}

std::string EncodeCall(const MetricsCall& /*call*/) {
  std::string frame;
  WireWriter(frame).Number(kMetricsTag);
  return frame;
}

Result<Call> DecodeCall(std::string_view frame) {
  WireReader in(frame);
  const auto tag = TRY(in.Number<std::uint8_t>());
  if (tag == kMetricsTag) return MetricsCall{};
  if (tag != kPushTag) {
    return Fail(ErrorKind::kCorruption, fmt::format("a call of kind {} is none", tag));
  }
  PushCall call;
  call.patience = std::chrono::milliseconds(TRY(in.Number<std::int64_t>()));
  call.request.database = TRY(in.Text());
  call.request.table = TRY(in.Text());
  call.request.content_type = TRY(in.Text());
  call.request.idempotency_key = TRY(in.Text());
  call.request.body = in.Rest();
  return call;
}

std::string EncodeReply(const Result<PushAnswer>& answer) {
  if (!answer.has_value()) return EncodeError(answer.error());
  std::string frame;
  WireWriter out(frame);
  out.Number(kPushTag);
  out.Number(answer->counts.accepted);
  out.Number(answer->counts.rejected);
  out.Number(answer->lsn);
  out.Number(static_cast<std::uint8_t>(answer->replayed ? 1 : 0));
  out.Number(answer->received_ms);
  out.Number(static_cast<std::uint8_t>(answer->reasons.size()));
  for (const auto& each : answer->reasons) {
    out.Number(each.row);
    out.Text(each.reason);
  }
  return frame;
}

std::string EncodeReply(const Result<std::string>& text) {
  if (!text.has_value()) return EncodeError(text.error());
  std::string frame;
  WireWriter out(frame);
  out.Number(kMetricsTag);
  out.Rest(*text);
  return frame;
}

Result<PushAnswer> DecodePushReply(std::string_view frame) {
  auto in = TRY(OpenReply(frame, kPushTag));
  PushAnswer answer;
  answer.counts.accepted = TRY(in.Number<std::int64_t>());
  answer.counts.rejected = TRY(in.Number<std::int64_t>());
  answer.lsn = TRY(in.Number<Lsn>());
  answer.replayed = TRY(in.Number<std::uint8_t>()) != 0;
  answer.received_ms = TRY(in.Number<std::int64_t>());
  for (auto left = TRY(in.Number<std::uint8_t>()); left > 0; --left) {
    auto& each = answer.reasons.emplace_back();
    each.row = TRY(in.Number<std::int64_t>());
    each.reason = TRY(in.Text());
  }
  return answer;
}

Result<std::string> DecodeTextReply(std::string_view frame) {
  auto in = TRY(OpenReply(frame, kMetricsTag));
  return std::string(in.Rest());
}

}  // namespace neuralake::ingest
