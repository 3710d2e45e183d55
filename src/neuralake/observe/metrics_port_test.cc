#include "neuralake/observe/metrics_port.h"

#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
