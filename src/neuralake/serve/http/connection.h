#pragma once

#include <memory>
#include <optional>
#include <string>

#include "neuralake/serve/http/api.h"
#include "neuralake/serve/http/head_check.h"
#include "neuralake/serve/net/asio.h"
#include "neuralake/serve/net/exchange.h"
#include "neuralake/serve/net/session.h"

namespace neuralake::serve {

/// One HTTP/1.1 connection: reads requests one after another and answers them.
///
/// \threads the network thread only; statements and other blocking work run elsewhere
class HttpConnection final : public Session, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(tcp::socket socket, Api& api, Exchange& exchange);

  /// Serve until the client goes, misbehaves, or the server drains.
  asio::awaitable<void> Run();

  void Sweep() override;
  void Drain() override;
  void Abort() override;

 private:
  using Parser = http::request_parser<http::string_body>;

  /// How reading a request ended.
  enum class Read { kRequest, kClosed, kFault };

  asio::awaitable<Read> ReadRequest(Parser& parser);
  asio::awaitable<Read> ReadHead(Parser& parser);
  asio::awaitable<Read> ReadBody(Parser& parser);
  asio::awaitable<void> Linger();
  void Limit(Duration time);
  void Unlimit();
  Read Refuse(int status, std::string message);
  HttpRequest View(const Parser& parser);

  asio::awaitable<bool> Serve(const HttpRequest& request, bool keep_alive);
  asio::awaitable<Reply> Resolve(const HttpRequest& request);
  asio::awaitable<bool> SendStatement(const HttpRequest& request, StatementReply reply,
                                      bool keep_alive);
  asio::awaitable<bool> SendParts(const HttpRequest& request, std::shared_ptr<Answer> answer,
                                  Part part, HttpResponse head, bool keep_alive);
  asio::awaitable<Part> NextPart(std::shared_ptr<Answer> answer, bool first);
  asio::awaitable<bool> SendWhole(const HttpRequest& request, HttpResponse response,
                                  bool keep_alive);
  asio::awaitable<bool> Flush();
  void Finished(const HttpRequest& request, int status);

  Api& api_;
  Exchange& exchange_;
  beast::tcp_stream stream_;
  asio::steady_timer read_timer_;
  std::uint64_t read_limit_ = 0;  // which of the limits that were set is the one that counts
  bool late_ = false;             // the time of that limit is over
  beast::flat_buffer buffer_;
  std::string client_;
  std::string out_;
  std::optional<HeadFault> fault_;
  std::string cors_origin_;  // of the request that runs
  std::shared_ptr<query::Run> running_;
  MonoTime request_started_;
  bool idle_ = false;
  bool draining_ = false;
};

}  // namespace neuralake::serve
