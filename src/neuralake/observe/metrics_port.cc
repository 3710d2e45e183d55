#include "neuralake/observe/metrics_port.h"

#include <atomic>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <sys/socket.h>
#include <sys/time.h>

namespace neuralake::observe {

namespace {

namespace http = boost::beast::http;
using Tcp = boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr timeval kPatience{.tv_sec = 5, .tv_usec = 0};

http::response<http::string_body> Answer(const http::request<http::string_body>& request,
                                         const std::function<std::string()>& expose) {
  http::response<http::string_body> answer{http::status::ok, request.version()};
  answer.set(http::field::content_type, "text/plain; version=0.0.4");
  if (request.method() != http::verb::get || request.target() != "/metrics") {
    answer.result(http::status::not_found);
    answer.body() = "only GET /metrics is answered here\n";
  } else {
    answer.body() = expose();
  }
  answer.keep_alive(false);
  answer.prepare_payload();
  return answer;
}

}  // namespace

struct MetricsPort::Listener {
  boost::asio::io_context context;
  Tcp::acceptor acceptor{context};
  std::function<std::string()> expose;
  std::atomic<bool> stopping = false;
  std::thread thread;

  void Run() {
    while (!stopping) {
      Tcp::socket socket(context);
      ErrorCode error;
      acceptor.accept(socket, error);
      if (!error && !stopping) Serve(socket);
    }
  }

  void Serve(Tcp::socket& socket) const {
    const auto fd = socket.native_handle();
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
    boost::beast::flat_buffer buffer(16 << 10);
    http::request<http::string_body> request;
    ErrorCode error;
    http::read(socket, buffer, request, error);
    if (error) return;
    http::write(socket, Answer(request, expose), error);
    socket.shutdown(Tcp::socket::shutdown_both, error);
  }
};

MetricsPort::MetricsPort(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {
  listener_->thread = std::thread([raw = listener_.get()] { raw->Run(); });
}

MetricsPort::~MetricsPort() {
  listener_->stopping = true;
  // Wakes the thread out of `accept`.
  ::shutdown(listener_->acceptor.native_handle(), SHUT_RDWR);
  listener_->thread.join();
}

std::uint16_t MetricsPort::port() const { return listener_->acceptor.local_endpoint().port(); }

Result<std::unique_ptr<MetricsPort>> MetricsPort::Open(std::uint16_t port,
                                                       std::function<std::string()> expose) {
  auto listener = std::make_unique<Listener>();
  listener->expose = std::move(expose);
  const Tcp::endpoint address(boost::asio::ip::address_v4::loopback(), port);
  ErrorCode error;
  auto& acceptor = listener->acceptor;
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(16, error);
  if (error) {
    return Fail(ErrorKind::kUnavailable,
                "cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + error.message());
  }
  return std::unique_ptr<MetricsPort>(new MetricsPort(std::move(listener)));
}

}  // namespace neuralake::observe
