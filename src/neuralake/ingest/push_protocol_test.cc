#include "neuralake/ingest/push_protocol.h"

#include <gtest/gtest.h>

namespace neuralake::ingest {
namespace {

TEST(PushProtocol, APushComesOutAsItWentIn) {
  const PushCall call{{.database = "lake",
                       .table = "events",
                       .content_type = "application/json",
                       .idempotency_key = "k 1",
                       .body = "{\"a\":\n1}"},
                      std::chrono::milliseconds(1500)};
  const auto frame = EncodeCallHead(call) + std::string(call.request.body);
  const auto decoded = DecodeCall(frame);
  ASSERT_TRUE(decoded.has_value());
  const auto& push = std::get<PushCall>(*decoded);
  EXPECT_EQ(push.request.database, "lake");
  EXPECT_EQ(push.request.table, "events");
  EXPECT_EQ(push.request.content_type, "application/json");
  EXPECT_EQ(push.request.idempotency_key, "k 1");
  EXPECT_EQ(push.request.body, "{\"a\":\n1}");
  EXPECT_EQ(push.patience, std::chrono::milliseconds(1500));
}

TEST(PushProtocol, AnErrorKeepsItsKindItsTextAndItsPlace) {
  Result<PushAnswer> failed = Fail(ErrorKind::kResourceExhausted, "the log is full");
  failed.error().position = 17;
  const auto decoded = DecodePushReply(EncodeReply(failed));
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_EQ(decoded.error().message, "the log is full");
  EXPECT_EQ(decoded.error().position, 17);
}

TEST(PushProtocol, AnAnswerKeepsItsCounts) {
  const auto decoded =
      DecodePushReply(EncodeReply(Result<PushAnswer>(PushAnswer{.counts = {7, 2},
                                                                .lsn = 99,
                                                                .replayed = true,
                                                                .received_ms = 1234,
                                                                .reasons = {{3, "x"}, {8, ""}}})));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->counts.accepted, 7);
  EXPECT_EQ(decoded->counts.rejected, 2);
  EXPECT_EQ(decoded->lsn, 99);
  EXPECT_TRUE(decoded->replayed);
  EXPECT_EQ(decoded->received_ms, 1234);
  ASSERT_EQ(decoded->reasons.size(), 2U);
  EXPECT_EQ(decoded->reasons[0].row, 3);
  EXPECT_EQ(decoded->reasons[0].reason, "x");
  EXPECT_EQ(decoded->reasons[1].row, 8);
}

TEST(PushProtocol, EveryCutFrameIsRefused) {
  const auto call = EncodeCallHead({{.database = "lake", .table = "t"}, {}});
  for (std::size_t size = 0; size < call.size(); ++size) {
    const auto decoded = DecodeCall(std::string_view(call).substr(0, size));
    ASSERT_FALSE(decoded.has_value()) << size;
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorruption);
  }
  const auto reply = EncodeReply(Result<PushAnswer>(PushAnswer{.lsn = 1, .reasons = {{1, "why"}}}));
  for (std::size_t size = 0; size < reply.size(); ++size) {
    EXPECT_FALSE(DecodePushReply(std::string_view(reply).substr(0, size)).has_value()) << size;
  }
}

TEST(PushProtocol, AReplyToAnotherCallIsRefused) {
  const auto decoded = DecodePushReply(EncodeReply(Result<std::string>("numbers")));
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().kind, ErrorKind::kCorruption);
  EXPECT_EQ(DecodeCall("\x09").error().kind, ErrorKind::kCorruption);
}

}  // namespace
}  // namespace neuralake::ingest
