#include "neuralake/serve/http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ParseTarget, SplitsAndDecodes) {
  const auto target = ParseTarget("/api//v1/a%2Fb/?x=1&y=a+b%26&z&&x=2");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->segments, ElementsAre("api", "v1", "a/b"));
  EXPECT_THAT(target->parameters,
              ElementsAre(Pair("x", "1"), Pair("y", "a b&"), Pair("z", ""), Pair("x", "2")));
  EXPECT_EQ(*target->Find("x"), "1");
  EXPECT_EQ(target->Find("w"), nullptr);
}

TEST(ParseTarget, RefusesWhatDoesNotDecode) {
  EXPECT_FALSE(ParseTarget("/%"));
  EXPECT_FALSE(ParseTarget("/%4"));
  EXPECT_FALSE(ParseTarget("/%zz"));
  EXPECT_FALSE(ParseTarget("/a%00b"));
  EXPECT_FALSE(ParseTarget("/%ff"));
  EXPECT_FALSE(ParseTarget("/%c0%af")) << "an overlong slash";
  EXPECT_FALSE(ParseTarget("/?a=%ed%a0%80")) << "a surrogate";
  EXPECT_TRUE(ParseTarget("/%c3%a4"));
}

TEST(ParseTarget, BoundsTheParameters) {
  std::string target = "/?";
  for (int i = 0; i < 300; ++i) target += "a&";
  EXPECT_FALSE(ParseTarget(target));
}

TEST(ErrorResponse, TakesItsStatusFromTheKind) {
  const HttpResponse full =
      ErrorResponse({ErrorKind::kResourceExhausted, "256 statements wait", {}, -1}, "r-1");
  EXPECT_EQ(full.status, 429);
  EXPECT_THAT(full.headers, ElementsAre(Pair("Retry-After", "1")));
  EXPECT_EQ(full.body, R"({"error":{"kind":"resource_exhausted","message":"256 statements wait",)"
                       R"("detail":null,"position":null,"request_id":"r-1"}})");
}

TEST(AppendHead, NamesTheLengthOrTheChunks) {
  std::string out;
  AppendHead({}, "r-1", true, 5, out);
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n"
            "X-Request-Id: r-1\r\nX-Content-Type-Options: nosniff\r\n"
            "Connection: keep-alive\r\n\r\n");
  out.clear();
  AppendHead({}, "r-1", false, -1, out);
  EXPECT_THAT(out, testing::HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(out, testing::HasSubstr("Connection: close\r\n"));
}

TEST(AppendChunk, NeverEndsTheBodyByItself) {
  std::string out;
  AppendChunk("", out);
  EXPECT_EQ(out, "");
  AppendChunk(std::string(26, 'a'), out);
  AppendLastChunk({{"Neuralake-Truncated", "true"}}, out);
  EXPECT_EQ(out, "1a\r\naaaaaaaaaaaaaaaaaaaaaaaaaa\r\n0\r\nNeuralake-Truncated: true\r\n\r\n");
}

}  // namespace
}  // namespace neuralake::serve
