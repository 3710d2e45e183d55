#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "neuralake/storage/http/http_message.h"

namespace neuralake::storage {

/// A request as the server got it.
struct SeenRequest {
  std::string method;
  std::string target;  ///< Path and query, encoded.
  HttpHeaders headers;
  std::string body;
};

/// What the server does about it.
struct Reply {
  enum class Way {
    kAnswer,
    kClose,     ///< End the connection without a byte.
    kTruncate,  ///< Answer, but only with half of the body, then end the connection.
    kHang,      ///< Say nothing until the client goes or the server ends.
  };
  int status = 200;
  std::string body = {};
  HttpHeaders headers = {};
  Way way = Way::kAnswer;
};

/// A scripted HTTP/1.1 server on a free port of 127.0.0.1, with real sockets and kept connections:
/// for the answers that a well-behaved server does not give.
class HttpTestServer {
 public:
  using Handler = std::function<Reply(const SeenRequest&)>;

  struct Options {
    /// Otherwise a connection is closed once this much of a body came.
    std::size_t body_bytes_max = SIZE_MAX;
  };

  explicit HttpTestServer(Handler handler) : HttpTestServer(std::move(handler), Options{}) {}
  HttpTestServer(Handler handler, Options options);
  ~HttpTestServer();

  /// `http://127.0.0.1:port`
  std::string origin() const;
  std::vector<SeenRequest> seen() const;
  int connections() const { return connections_; }

  /// Refuse new connections from now on; those that are there go on.
  void StopListening();

 private:
  void Accept();
  void Serve(int socket);
  bool ServeOne(int socket, std::string& input);
  bool ReadMore(int socket, std::string& input) const;
  static bool Send(int socket, const SeenRequest& request, const Reply& reply);

  const Handler handler_;
  const Options options_;
  int listener_ = -1;
  int wake_ = -1;  // readable once the server ends
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<SeenRequest> seen_;
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;
};

/// Replies from a list, the last one for ever.
HttpTestServer::Handler InOrder(std::vector<Reply> replies);

}  // namespace neuralake::storage
