#include "neuralake/serve/net/server.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "neuralake/serve/http/api.h"
#include "neuralake/serve/http/connection.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/net/asio.h"
#include "neuralake/serve/net/listen_address.h"
#include "neuralake/serve/pgwire/connection.h"

namespace neuralake::serve {
namespace {

constexpr std::size_t kSideThreads = 4;
/// They wait for one sync of the log together.
constexpr std::size_t kPushThreads = 32;
constexpr auto kAcceptPause = 50ms;
constexpr auto kDrainPoll = 10ms;

Result<tcp::acceptor> Bind(asio::io_context& io, const std::string& host, std::uint16_t port) {
  ErrorCode error;
  const tcp::endpoint endpoint(asio::ip::make_address(host, error), port);
  tcp::acceptor acceptor(io);
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot listen on {}:{}: {}{}", host, port, error.message(),
                            error == asio::error::address_in_use
                                ? "; end the process that has it, or set serve.port and "
                                  "serve.pg_port (0: a free port)"
                                : ""));
  }
  return acceptor;
}

}  // namespace

/// All state of the network thread.
struct Server::Network {
  Network(Parts parts, const Options& options)
      : api(parts.api),
        postgres_parts(parts.postgres),
        side(kSideThreads, kConnectionsMax),
        pushes(kPushThreads, kConnectionsMax),
        exchange{parts.queries,
                 side,
                 pushes,
                 parts.metrics,
                 parts.log,
                 parts.clock,
                 options.log_requests,
                 1,
                 fmt::format("{:08x}", static_cast<std::uint32_t>(SystemRng::Get().Next()))},
        io(1),
        http(io),
        postgres(io),
        sweep_timer(io),
        http_connections(parts.metrics.Gauge("neuralake_connections", "open connections",
                                             {{"protocol", "http"}})),
        pg_connections(parts.metrics.Gauge("neuralake_connections", "open connections",
                                           {{"protocol", "postgres"}})) {}

  template <class Connection, class... Arguments>
  asio::awaitable<void> Accept(tcp::acceptor& acceptor, prometheus::Gauge& gauge,
                               Arguments&... arguments);
  asio::awaitable<void> Sweep();
  asio::awaitable<void> Drain();

  Api& api;
  PgParts& postgres_parts;
  ThreadPool side;
  ThreadPool pushes;
  Exchange exchange;
  asio::io_context io;
  tcp::acceptor http;
  tcp::acceptor postgres;
  asio::steady_timer sweep_timer;
  prometheus::Gauge& http_connections;
  prometheus::Gauge& pg_connections;
  std::set<Session*> sessions;
  bool draining = false;
};

template <class Connection, class... Arguments>
asio::awaitable<void> Server::Network::Accept(tcp::acceptor& acceptor, prometheus::Gauge& gauge,
                                              Arguments&... arguments) {
  asio::steady_timer pause(io);
  while (!draining) {
    ErrorCode error;
    tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (draining) break;
    if (error) {
      // Out of descriptors, most likely: those that are open must end first.
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (sessions.size() >= kConnectionsMax) continue;  // closes it
    auto connection = std::make_shared<Connection>(std::move(socket), arguments..., exchange);
    sessions.insert(connection.get());
    gauge.Increment();
    asio::co_spawn(
        io, connection->Run(), [this, connection, &gauge](const std::exception_ptr& thrown) {
          sessions.erase(connection.get());
          gauge.Decrement();
          if (thrown == nullptr) return;
          try {
            std::rethrow_exception(thrown);
          } catch (const std::exception& exception) {
            exchange.log.Write(observe::Level::kError, "serve",
                               "a connection ended by an exception", {{"what", exception.what()}});
          }
        });
  }
}

asio::awaitable<void> Server::Network::Sweep() {
  while (true) {
    ErrorCode error;
    sweep_timer.expires_after(kSweepInterval);
    co_await sweep_timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    exchange.queries.Sweep();
    for (Session* session : sessions) session->Sweep();
  }
}

asio::awaitable<void> Server::Network::Drain() {
  draining = true;
  api.Drain();
  ErrorCode error;
  http.close(error);
  postgres.close(error);
  // Drain and Abort only close sockets: the set changes when the coroutines notice, later.
  for (Session* session : sessions) session->Drain();
  asio::steady_timer timer(io);
  const Deadline patience = Deadline::After(kDrainTimeMax, {}, exchange.clock);
  while (!sessions.empty() && !patience.Expired()) {
    timer.expires_after(kDrainPoll);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  exchange.queries.CancelAll();
  for (Session* session : sessions) session->Abort();
  const Deadline end = Deadline::After(kAbortTimeMax, {}, exchange.clock);
  while (!sessions.empty() && !end.Expired()) {
    timer.expires_after(kDrainPoll);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  io.stop();
}

Result<std::unique_ptr<Server>> Server::Listen(const Options& options, Parts parts) {
  const std::string host = TRY(ParseListenAddress(options.host));
  auto network = std::make_unique<Network>(parts, options);
  network->http = TRY(Bind(network->io, host, options.port));
  network->postgres = TRY(Bind(network->io, host, options.pg_port));
  return std::unique_ptr<Server>(new Server(std::move(network)));
}

Server::Server(std::unique_ptr<Network> network) : network_(std::move(network)) {}
Server::~Server() {
  // A statement that did not stop in time still refers to the network; the process is ending.
  if (network_ != nullptr && !network_->sessions.empty()) static_cast<void>(network_.release());
}

std::uint16_t Server::port() const { return network_->http.local_endpoint().port(); }
std::uint16_t Server::pg_port() const { return network_->postgres.local_endpoint().port(); }

bool Server::Run(std::stop_token stop) {
  Network& network = *network_;
  const auto report = [&network](const std::exception_ptr& thrown) {
    if (thrown != nullptr) network.io.stop();
  };
  asio::co_spawn(
      network.io,
      network.Accept<HttpConnection>(network.http, network.http_connections, network.api), report);
  asio::co_spawn(network.io,
                 network.Accept<PgConnection>(network.postgres, network.pg_connections,
                                              network.postgres_parts),
                 report);
  asio::co_spawn(network.io, network.Sweep(), report);
  const std::stop_callback drain(std::move(stop), [&network, report] {
    asio::post(network.io,
               [&network, report] { asio::co_spawn(network.io, network.Drain(), report); });
  });
  network.io.run();
  return network.sessions.empty();
}

}  // namespace neuralake::serve
