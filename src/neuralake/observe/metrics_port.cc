#include "neuralake/observe/metrics_port.h"

#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace neuralake::observe {

namespace {

namespace http = boost::beast::http;
using Tcp = boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

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

/// One connection: a request, its answer, the end. Owned by whatever it waits for.
struct Connection {
  Connection(Tcp::socket socket, std::function<void()> on_end)
      : stream(std::move(socket)), ended(std::move(on_end)) {}
  ~Connection() { ended(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  boost::beast::tcp_stream stream;
  boost::beast::flat_buffer buffer{16 << 10};
  http::request<http::string_body> request;
  http::response<http::string_body> answer;
  const std::function<void()> ended;
};

}  // namespace

struct MetricsPort::Listener {
  std::function<std::string()> expose;
  std::function<void()> on_missed;
  // Of the thread alone, while it runs. Before the context, with which the last connections end.
  std::size_t open = 0;
  bool accepting = false;
  bool ending = false;
  boost::asio::io_context context;
  Tcp::acceptor acceptor{context};
  boost::asio::steady_timer pause{context};
  std::thread thread;

  void Accept() {
    if (accepting || ending || open >= kConnectionsMax) return;
    accepting = true;
    acceptor.async_accept([this](ErrorCode error, Tcp::socket socket) {
      accepting = false;
      if (error) {
        if (on_missed) on_missed();
        // Not at once again: it would keep a core busy for as long as it lasts.
        pause.expires_after(kAcceptPause);
        pause.async_wait([this](ErrorCode) { Accept(); });
        return;
      }
      ++open;
      Serve(std::move(socket));
      Accept();
    });
  }

  void Serve(Tcp::socket socket) {
    const auto connection = std::make_shared<Connection>(std::move(socket), [this] {
      --open;
      Accept();
    });
    // For the whole of it, so that nobody stays by sending a byte now and then.
    connection->stream.expires_after(kPatience);
    http::async_read(connection->stream, connection->buffer, connection->request,
                     [this, connection](ErrorCode error, std::size_t) {
                       if (!error) Reply(connection);
                     });
  }

  void Reply(const std::shared_ptr<Connection>& connection) const {
    connection->answer = Answer(connection->request, expose);
    http::async_write(connection->stream, connection->answer,
                      [connection](ErrorCode error, std::size_t) {
                        connection->stream.socket().shutdown(Tcp::socket::shutdown_both, error);
                      });
  }
};

MetricsPort::MetricsPort(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {
  listener_->Accept();
  listener_->thread = std::thread([raw = listener_.get()] { raw->context.run(); });
}

MetricsPort::~MetricsPort() {
  listener_->context.stop();
  listener_->thread.join();
  listener_->ending = true;
}

std::uint16_t MetricsPort::port() const { return listener_->acceptor.local_endpoint().port(); }

Result<std::unique_ptr<MetricsPort>> MetricsPort::Open(std::uint16_t port,
                                                       std::function<std::string()> expose,
                                                       std::function<void()> on_missed) {
  auto listener = std::make_unique<Listener>();
  listener->expose = std::move(expose);
  listener->on_missed = std::move(on_missed);
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
