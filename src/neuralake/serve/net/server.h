#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/serve/net/exchange.h"

namespace neuralake::serve {

class Api;
struct PgParts;

/// Listens on the loopback addresses of both protocols and runs their connections on one network
/// thread.
///
/// \threads `Listen` and `Run` from one thread
class Server {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;     ///< 0 takes a free one.
    std::uint16_t pg_port = 0;  ///< 0 takes a free one.
    bool log_requests = false;
  };

  /// What the server stands on; outlives it.
  struct Parts {
    query::Service& queries;
    Api& api;
    PgParts& postgres;
    observe::Metrics& metrics;
    observe::Log& log;
    Clock& clock;
  };

  /// Bind both ports.
  /// \errors kPermissionDenied  not a loopback address
  ///         kUnavailable       a port is taken
  static Result<std::unique_ptr<Server>> Listen(const Options& options, Parts parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  std::uint16_t pg_port() const;

  /// Serve until `stop` is requested; then take no new connections, let what runs finish for
  /// `kDrainTimeMax`, and cancel the rest.
  /// \returns  false when a statement did not stop; its thread still runs
  bool Run(std::stop_token stop);

 private:
  struct Network;
  explicit Server(std::unique_ptr<Network> network);

  std::unique_ptr<Network> network_;
};

}  // namespace neuralake::serve
