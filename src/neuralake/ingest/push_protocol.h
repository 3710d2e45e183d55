#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "neuralake/base/error.h"
#include "neuralake/ingest/push.h"

namespace neuralake::ingest {

// What the frames of the local socket hold. A connection carries one call at a time: a frame with
// the call, then a frame with its reply.

/// A push as it is sent: the body stands behind the head, so that it need not be copied into it.
struct PushCall {
  PushRequest request;
  std::chrono::milliseconds patience{};  ///< How long the sender waits for the answer.
};

/// Asks for the numbers that the process reports about itself.
struct MetricsCall {};

using Call = std::variant<PushCall, MetricsCall>;

/// The frame of `call` without the body, which goes last.
std::string EncodeCallHead(const PushCall& call);
std::string EncodeCall(const MetricsCall& call);

/// \returns  the call; the body of a push points into `frame`
/// \errors kCorruption  not a call of this protocol
Result<Call> DecodeCall(std::string_view frame);

std::string EncodeReply(const Result<PushAnswer>& answer);
std::string EncodeReply(const Result<std::string>& text);

/// \errors kCorruption  not a reply to such a call; and whatever the reply says
Result<PushAnswer> DecodePushReply(std::string_view frame);
Result<std::string> DecodeTextReply(std::string_view frame);

}  // namespace neuralake::ingest
