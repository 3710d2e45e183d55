#include "neuralake/storage/http/http_client.h"

#include <future>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

#include "neuralake/storage/http/backoff.h"
#include "neuralake/storage/http/http_test_server.h"

namespace neuralake::storage {
namespace {

using Way = Reply::Way;

class HttpClientTest : public testing::Test {
 protected:
  HttpRequest Request(const HttpTestServer& server, const std::string& method = "GET") {
    HttpRequest request;
    request.method = method;
    request.origin = server.origin();
    return request;
  }

  /// A port on which nothing listens.
  static std::string DeadOrigin() { return HttpTestServer(InOrder({{}})).origin(); }

  HttpClient client_;
  Deadline deadline_ = Deadline::After(std::chrono::seconds(30));
};

TEST_F(HttpClientTest, SendsWhatItIsGivenAndNothingElse) {
  const HttpTestServer server(
      InOrder({{.status = 201, .body = "yes", .headers = {{"X-Y", " z "}}}}));
  HttpRequest request = Request(server, "PUT");
  request.path = "/a%20b/../c";
  request.query = {{"q", "1 &"}, {"empty", ""}};
  request.headers = {{"x-mine", "1"}, {"x-none", ""}};
  request.body = "body";
  const HttpAnswer answer = client_.Send(request, deadline_).value();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "yes");
  EXPECT_EQ(answer.header("x-y"), "z");
  const SeenRequest seen = server.seen().at(0);
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, "/a%20b/../c?empty=&q=1%20%26");
  EXPECT_EQ(seen.body, "body");
  const HttpHeaders expected = {{"host", server.origin().substr(7)},
                                {"content-length", "4"},
                                {"x-mine", "1"},
                                {"x-none", ""}};
  EXPECT_EQ(seen.headers, expected);
}

TEST_F(HttpClientTest, KeepsItsConnection) {
  const HttpTestServer server(InOrder({{.body = "x"}}));
  for (const auto* method : {"GET", "PUT", "POST", "HEAD", "DELETE", "GET"}) {
    EXPECT_TRUE(client_.Send(Request(server, method), deadline_)) << method;
  }
  EXPECT_EQ(server.seen().size(), 6U);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, DoesNotFollowRedirects) {
  const HttpTestServer server(InOrder({{.status = 307, .headers = {{"location", "/elsewhere"}}}}));
  EXPECT_EQ(client_.Send(Request(server), deadline_).value().status, 307);
  EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(HttpClientTest, NothingWasSentToADeadPort) {
  HttpRequest request;
  request.origin = DeadOrigin();
  const auto failure = client_.Send(request, deadline_).error();
  EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(failure.progress, Progress::kNothing);
}

TEST_F(HttpClientTest, AClosedConnectionLeavesAllOpen) {
  const HttpTestServer server(InOrder({{.way = Way::kClose}}));
  HttpRequest request = Request(server, "PUT");
  request.body = "body";
  const auto failure = client_.Send(request, deadline_).error();
  EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(failure.progress, Progress::kAll);
}

TEST_F(HttpClientTest, ABodyThatDidNotGetThroughHadNoEffect) {
  const HttpTestServer server(InOrder({{}}), {.body_bytes_max = 1000});
  const std::string body(64 << 20, 'x');
  HttpRequest request = Request(server, "PUT");
  request.body = body;
  const auto failure = client_.Send(request, deadline_).error();
  EXPECT_EQ(failure.progress, Progress::kPart);
  EXPECT_TRUE(server.seen().empty());
}

TEST_F(HttpClientTest, AShortBodyIsAFailure) {
  const HttpTestServer server(InOrder({{.body = "0123456789", .way = Way::kTruncate}}));
  EXPECT_EQ(client_.Send(Request(server), deadline_).error().error.kind, ErrorKind::kUnavailable);
}

TEST_F(HttpClientTest, ALongAnswerIsRefused) {
  const HttpTestServer server(InOrder({{.body = "0123456789"}}));
  HttpRequest request = Request(server);
  request.answer_bytes_max = 9;
  EXPECT_EQ(client_.Send(request, deadline_).error().error.kind, ErrorKind::kResourceExhausted);
  request.answer_bytes_max = 10;
  EXPECT_TRUE(client_.Send(request, deadline_));
}

TEST_F(HttpClientTest, AnUnrepeatableRequestGoesOutOnceOverABrokenKeptConnection) {
  for (const bool is_unrepeatable : {true, false}) {
    const HttpTestServer server(InOrder({{}, {.way = Way::kClose}, {}}));
    ASSERT_TRUE(client_.Send(Request(server), deadline_));
    HttpRequest request = Request(server, "PUT");
    request.is_unrepeatable = is_unrepeatable;
    const auto answer = client_.Send(request, deadline_);
    EXPECT_EQ(answer.has_value(), !is_unrepeatable);
    EXPECT_EQ(server.seen().size(), is_unrepeatable ? 2U : 3U);
    if (!answer) {
      EXPECT_EQ(answer.error().progress, Progress::kAll);
    }
  }
}

TEST_F(HttpClientTest, ALostAnswerLeavesAllOpenAlsoWhenNobodyListensAnyMore) {
  for (const bool is_unrepeatable : {true, false}) {
    HttpTestServer* stopped = nullptr;
    HttpTestServer server([&](const SeenRequest& request) -> Reply {
      if (request.method != "PUT") return {};
      stopped->StopListening();
      return {.way = Way::kClose};
    });
    stopped = &server;
    ASSERT_TRUE(client_.Send(Request(server), deadline_));
    HttpRequest request = Request(server, "PUT");
    request.body = "body";
    request.is_unrepeatable = is_unrepeatable;
    const auto failure = client_.Send(request, deadline_).error();
    EXPECT_EQ(server.seen().size(), 2U);
    EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(failure.progress, Progress::kAll);
  }
}

TEST_F(HttpClientTest, TheDeadlineEndsAHangingRequest) {
  const HttpTestServer server(InOrder({{.way = Way::kHang}}));
  const auto failure =
      client_.Send(Request(server), Deadline::After(std::chrono::milliseconds(50))).error();
  EXPECT_EQ(failure.error.kind, ErrorKind::kDeadlineExceeded);
  EXPECT_EQ(failure.progress, Progress::kAll);
}

TEST_F(HttpClientTest, SilenceEndsARequestWithoutDeadline) {
  const HttpTestServer server(InOrder({{.way = Way::kHang}}));
  HttpClient client({.silence_timeout = std::chrono::seconds(1)});
  EXPECT_EQ(client.Send(Request(server), Deadline()).error().error.kind, ErrorKind::kUnavailable);
}

TEST_F(HttpClientTest, AStopRequestEndsAHangingRequest) {
  std::promise<void> arrived;
  const HttpTestServer server([&](const SeenRequest&) {
    arrived.set_value();
    return Reply{.way = Way::kHang};
  });
  std::stop_source stop;
  std::jthread stopper([&] {
    arrived.get_future().wait();
    stop.request_stop();
  });
  const auto failure = client_.Send(Request(server), Deadline::Never(stop.get_token())).error();
  EXPECT_EQ(failure.error.kind, ErrorKind::kCancelled);
}

TEST_F(HttpClientTest, WorksAfterFailures) {
  const HttpTestServer server(
      InOrder({{.way = Way::kClose}, {.body = "1234", .way = Way::kTruncate}, {.body = "fine"}}));
  EXPECT_FALSE(client_.Send(Request(server), deadline_));
  EXPECT_FALSE(client_.Send(Request(server), deadline_));
  EXPECT_EQ(client_.Send(Request(server), deadline_).value().body, "fine");
}

TEST_F(HttpClientTest, BoundsItsConnections) {
  const HttpTestServer server(InOrder({{}}));
  HttpClient client({.connections_max = 2});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 5; ++n) EXPECT_TRUE(client.Send(Request(server), deadline_));
      });
    }
  }
  EXPECT_EQ(server.seen().size(), 40U);
  EXPECT_LE(server.connections(), 2);
}

TEST_F(HttpClientTest, WaitingForAConnectionEndsWithTheDeadline) {
  std::promise<void> arrived;
  const HttpTestServer server([&](const SeenRequest&) {
    arrived.set_value();
    return Reply{.way = Way::kHang};
  });
  HttpClient client({.connections_max = 1});
  std::stop_source stop;
  std::jthread first(
      [&] { (void)client.Send(Request(server), Deadline::Never(stop.get_token())); });
  arrived.get_future().wait();
  const auto failure =
      client.Send(Request(server), Deadline::After(std::chrono::milliseconds(20))).error();
  EXPECT_EQ(failure.error.kind, ErrorKind::kDeadlineExceeded);
  EXPECT_EQ(failure.progress, Progress::kNothing);
  stop.request_stop();
}

TEST(RetryWait, GrowsToItsBoundAndSpreads) {
  SeededRng rng(1);
  const RetryPolicy policy;
  Duration longest{0};
  for (int attempt = 1; attempt <= 20; ++attempt) {
    Duration bound = policy.first_wait_max * (1 << std::min(attempt - 1, 10));
    bound = std::min(bound, policy.wait_max);
    for (int i = 0; i < 100; ++i) {
      const Duration wait = RetryWait(policy, attempt, "", rng);
      EXPECT_GE(wait, Duration{0});
      EXPECT_LE(wait, bound);
      longest = std::max(longest, wait);
    }
  }
  EXPECT_GT(longest, policy.wait_max * 9 / 10);
}

TEST(RetryWait, IsNotShorterThanTheServerAsks) {
  SeededRng rng(1);
  EXPECT_GE(RetryWait({}, 1, "3", rng), std::chrono::seconds(3));
  EXPECT_EQ(RetryWait({}, 1, "86400", rng), std::chrono::seconds(kRetryAfterSecondsMax));
  EXPECT_LT(RetryWait({}, 1, "Fri, 24 May", rng), std::chrono::seconds(1));
}

}  // namespace
}  // namespace neuralake::storage
