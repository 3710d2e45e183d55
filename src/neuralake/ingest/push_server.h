#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/kill_switch.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/local_socket.h"
#include "neuralake/ingest/push.h"

namespace neuralake::ingest {

/// The ingest process's end of its local socket: one thread a connection, `kConnectionsMax` of
/// them; further ones are told so and closed, and so are those that the system has no thread for.
///
/// \threads `Stop` from any thread
class PushServer {
 public:
  /// What the calls do; safe from any thread, and they outlive the server.
  struct Calls {
    std::function<Result<PushAnswer>(const PushRequest&, const Deadline&)> push;
    std::function<std::string()> metrics;
  };
  /// Listen at `path` and answer from now on.
  /// \errors kUnavailable  no socket can be made there
  static Result<std::unique_ptr<PushServer>> Listen(const std::string& path, Calls calls,
                                                    KillSwitch& kills,
                                                    std::size_t connections_max = kConnectionsMax);
  /// As `Stop`.
  ~PushServer();

  /// Take no more calls and cancel what they wait for; those that were taken in are answered.
  /// Returns when all connections ended.
  void Stop();

 private:
  struct Connection {
    explicit Connection(storage::FileDescriptor fd) : socket(std::move(fd)) {}
    LocalSocket socket;
    bool ended = false;  // guarded by the server's mutex
    std::thread thread;
  };

  PushServer(storage::FileDescriptor listener, storage::FileDescriptor wake, Calls calls,
             KillSwitch& kills, std::size_t connections_max);

  void Accept();
  void Admit(storage::FileDescriptor fd);
  void Serve(Connection& connection);
  bool Answer(LocalSocket& socket, std::string_view frame);
  void Reap();

  const Calls calls_;
  KillSwitch& kills_;
  const std::size_t connections_max_;
  const storage::FileDescriptor listener_;
  const storage::FileDescriptor wake_;  // readable once the server stops
  std::stop_source stop_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::list<Connection> connections_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace neuralake::ingest
