#include "neuralake/observe/metrics_port.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <latch>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace neuralake::observe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What the port answers to `request`, up to the end of the connection.
std::string Ask(std::uint16_t port, std::string_view request) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(request));
  std::string answer;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
  return answer;
}

TEST(MetricsPort, AnswersWithTheNumbersOfTheMoment) {
  int asked = 0;
  const auto port = MetricsPort::Open(0, [&] { return "asked " + std::to_string(++asked) + "\n"; });
  ASSERT_TRUE(port.has_value());
  const auto request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_THAT(Ask((*port)->port(), request), HasSubstr("asked 1"));
  const auto second = Ask((*port)->port(), request);
  EXPECT_THAT(second, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(second, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(second, HasSubstr("asked 2"));
}

TEST(MetricsPort, AnswersNothingElseAndOutlivesNonsense) {
  const auto port = MetricsPort::Open(0, [] { return std::string("numbers\n"); });
  ASSERT_TRUE(port.has_value());
  EXPECT_EQ(Ask((*port)->port(), "nonsense\r\n\r\n"), "");
  EXPECT_THAT(Ask((*port)->port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
              StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Ask((*port)->port(), "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("numbers"));
}

/// A connection that says nothing.
struct Idle {
  explicit Idle(std::uint16_t port) {
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
  }
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket{context};
};

TEST(MetricsPort, AnswersAndEndsWhileOthersAreConnectedAndSayNothing) {
  auto port = MetricsPort::Open(0, [] { return std::string("numbers\n"); });
  ASSERT_TRUE(port.has_value());
  const Idle first((*port)->port());
  const Idle second((*port)->port());
  EXPECT_THAT(Ask((*port)->port(), "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("numbers"));
  const auto end = std::chrono::steady_clock::now() + MetricsPort::kPatience;
  port->reset();
  EXPECT_LT(std::chrono::steady_clock::now(), end) << "waited for those that say nothing";
}

/// Lets this process have no descriptors but those it has, for as long as it lives.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    const rlimit none{.rlim_cur = static_cast<rlim_t>(lowest_free), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(MetricsPort, RestsWhileItCannotTakeAConnectionAndTakesItLater) {
  constexpr std::ptrdiff_t kMissed = 3;
  std::latch missed(kMissed);
  std::atomic<int> count = 0;
  const auto port = MetricsPort::Open(
      0, [] { return std::string("numbers\n"); },
      [&] {
        if (++count <= kMissed) missed.count_down();
      });
  ASSERT_TRUE(port.has_value());
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context, boost::asio::ip::tcp::v4());
  const auto begun = std::chrono::steady_clock::now();
  {
    const NoMoreDescriptors none;
    socket.connect({boost::asio::ip::address_v4::loopback(), (*port)->port()});
    boost::asio::write(socket, boost::asio::buffer("GET /metrics HTTP/1.0\r\n\r\n", 25));
    missed.wait();
  }
  // Without rests three attempts take no time; a slow machine only makes them take longer.
  EXPECT_GE(std::chrono::steady_clock::now() - begun, (kMissed - 1) * MetricsPort::kAcceptPause);
  std::string answer;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
  EXPECT_THAT(answer, HasSubstr("numbers"));
}

TEST(MetricsPort, SaysWhichPortIsTaken) {
  const auto first = MetricsPort::Open(0, [] { return std::string(); });
  ASSERT_TRUE(first.has_value());
  const auto number = (*first)->port();
  const auto second = MetricsPort::Open(number, [] { return std::string(); });
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(number)));
}

}  // namespace
}  // namespace neuralake::observe
