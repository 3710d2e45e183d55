#include "neuralake/serve/http/connection.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/net/blocking.h"
#include "neuralake/serve/net/listen_address.h"

namespace neuralake::serve {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

/// Resume with the error in `error`; nothing throws.
auto Into(ErrorCode& error) { return asio::redirect_error(asio::use_awaitable, error); }

std::string_view ViewOf(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

bool IsDecentId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

std::string_view HostOfOrigin(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? "" : origin.substr(scheme + 3);
}

std::string AddressOf(const tcp::socket& socket) {
  ErrorCode error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? "" : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

void AddAnswerFields(const query::Run& run, const std::string& cors_origin, HttpResponse& head) {
  head.headers.emplace_back("Neuralake-Query-Id", run.id());
  if (cors_origin.empty()) return;
  head.headers.emplace_back("Access-Control-Expose-Headers",
                            "Neuralake-Query-Id, Neuralake-Truncated, Neuralake-Versions, "
                            "Neuralake-Next, X-Request-Id");
}

/// What is known after the last row: as fields of a whole answer, as trailers of a chunked one.
std::vector<std::pair<std::string_view, std::string>> TailFields(const AnswerTail& tail) {
  std::vector<std::pair<std::string_view, std::string>> fields;
  fields.emplace_back("Neuralake-Truncated", tail.truncated ? "true" : "false");
  fields.emplace_back("Neuralake-Versions", VersionsJson(tail.versions));
  if (tail.next) fields.emplace_back("Neuralake-Next", *tail.next);
  return fields;
}

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, Api& api, Exchange& exchange)
    : api_(api),
      exchange_(exchange),
      stream_(std::move(socket)),
      read_timer_(stream_.get_executor()),
      client_(AddressOf(stream_.socket())) {
  ErrorCode ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
}

void HttpConnection::Sweep() {
  if (running_ == nullptr) return;
  char byte = 0;
  const auto seen = ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // A client that ends its side of the connection has gone; one that sends early has not.
  const bool gone = seen == 0 || (seen < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
  if (!gone) return;
  running_->Cancel();
  exchange_.queries.lanes().RunExpired();
}

void HttpConnection::Drain() {
  draining_ = true;
  if (idle_) Abort();
}

void HttpConnection::Abort() {
  if (running_ != nullptr) running_->Cancel();
  stream_.cancel();
  stream_.close();
}

asio::awaitable<void> HttpConnection::Run() {
  const auto self = shared_from_this();
  for (std::size_t served = 1; served <= kRequestsPerConnectionMax && !draining_; ++served) {
    Parser parser;
    const Read read = co_await ReadRequest(parser);
    if (read == Read::kClosed) break;
    if (read == Read::kFault) {
      HttpRequest nameless;
      nameless.request_id = fmt::format("{}-{:x}", exchange_.boot, exchange_.next_request++);
      HttpResponse response =
          ErrorResponse({ErrorKind::kInvalid, fault_->message, {}, -1}, nameless.request_id);
      response.status = fault_->status;
      if (co_await SendWhole(nameless, std::move(response), false)) co_await Linger();
      break;
    }
    const bool keep_alive = parser.keep_alive() && served < kRequestsPerConnectionMax && !draining_;
    const HttpRequest request = View(parser);
    const bool sent = co_await Serve(request, keep_alive);
    if (!sent || !keep_alive) break;
  }
  ErrorCode ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<HttpConnection::Read> HttpConnection::ReadRequest(Parser& parser) {
  request_started_ = exchange_.clock.Mono();
  Read read = co_await ReadHead(parser);
  Unlimit();
  if (read != Read::kRequest || parser.is_done()) co_return read;
  read = co_await ReadBody(parser);
  Unlimit();
  co_return read;
}

// Closing while the client still sends would throw away the answer before it is read.
asio::awaitable<void> HttpConnection::Linger() {
  ErrorCode error;
  stream_.socket().shutdown(tcp::socket::shutdown_send, error);
  stream_.expires_after(kLingerTimeMax);
  while (!error) {
    buffer_.clear();
    co_await stream_.async_read_some(buffer_.prepare(kPartBytes), Into(error));
  }
}

// The stream's own timeout would close the socket, so that nobody could be told.
void HttpConnection::Limit(Duration time) {
  stream_.expires_never();
  late_ = false;
  read_timer_.expires_after(time);
  read_timer_.async_wait([this, self = shared_from_this(), limit = ++read_limit_](ErrorCode error) {
    if (error || limit != read_limit_) return;
    late_ = true;
    stream_.cancel();
  });
}

void HttpConnection::Unlimit() {
  ++read_limit_;
  late_ = false;
  read_timer_.cancel();
}

HttpConnection::Read HttpConnection::Refuse(int status, std::string message) {
  fault_ = HeadFault{status, std::move(message)};
  return Read::kFault;
}

asio::awaitable<HttpConnection::Read> HttpConnection::ReadHead(Parser& parser) {
  bool begun = buffer_.size() > 0;
  if (begun) {
    Limit(kHeadTimeMax);
  } else {
    stream_.expires_after(kIdleTimeMax);
  }
  std::size_t end = ViewOf(buffer_).find(kHeadEnd);
  while (end == std::string_view::npos) {
    if (buffer_.size() >= kHeaderBytesMax) {
      co_return Refuse(
          431, fmt::format("the head of the request is longer than {} bytes", kHeaderBytesMax));
    }
    ErrorCode error;
    idle_ = buffer_.size() == 0;
    const std::size_t read =
        co_await stream_.async_read_some(buffer_.prepare(kHeaderBytesMax), Into(error));
    idle_ = false;
    if (late_) {
      co_return Refuse(408, "the head of the request did not come in time");
    }
    if (error) co_return Read::kClosed;
    buffer_.commit(read);
    if (!std::exchange(begun, true)) Limit(kHeadTimeMax);
    end = ViewOf(buffer_).find(kHeadEnd);
  }
  end += kHeadEnd.size();
  if (end > kHeaderBytesMax) {
    co_return Refuse(
        431, fmt::format("the head of the request is longer than {} bytes", kHeaderBytesMax));
  }
  request_started_ = exchange_.clock.Mono();
  fault_ = CheckHead(ViewOf(buffer_).substr(0, end));
  if (fault_) co_return Read::kFault;
  parser.header_limit(static_cast<std::uint32_t>(kHeaderBytesMax));
  parser.eager(true);
  parser.body_limit(boost::none);  // set when the method is known, to refuse in our own words
  ErrorCode error;
  buffer_.consume(parser.put(asio::const_buffer(buffer_.data().data(), end), error));
  if (error && error != http::error::need_more) {
    co_return Refuse(400, "the head of the request cannot be read: " + error.message());
  }
  co_return Read::kRequest;
}

asio::awaitable<HttpConnection::Read> HttpConnection::ReadBody(Parser& parser) {
  const auto& message = parser.get();
  const std::size_t most = Api::BodyBytesMax(message.method_string());
  const std::string too_large =
      fmt::format("the body is larger than {} bytes, the most that is taken at once", most);
  if (parser.content_length().value_or(0) > most) co_return Refuse(413, too_large);
  parser.body_limit(most);
  if (beast::iequals(message[http::field::expect], "100-continue") && buffer_.size() == 0) {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!co_await Flush()) co_return Read::kClosed;
  }
  const MonoTime since = exchange_.clock.Mono();
  std::size_t received = 0;
  while (!parser.is_done()) {
    ErrorCode error;
    Limit(kBodyGrace);
    received += co_await http::async_read_some(stream_, buffer_, parser, Into(error));
    const auto passed = exchange_.clock.Mono() - since;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(passed);
    const bool slow = passed > kBodyGrace &&
                      received < kBodyBytesPerSecondMin * static_cast<std::size_t>(seconds.count());
    if (late_ || slow) co_return Refuse(408, "the body came too slowly");
    if (error == http::error::body_limit) co_return Refuse(413, too_large);
    if (error.category() == http::make_error_code(http::error::bad_chunk).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message && error) {
      co_return Refuse(400, "the body cannot be read: " + error.message());
    }
    if (error) co_return Read::kClosed;
  }
  co_return Read::kRequest;
}

HttpRequest HttpConnection::View(const Parser& parser) {
  const auto& message = parser.get();
  HttpRequest request;
  request.old = message.version() == 10;
  request.method = message.method_string();
  request.target = message.target();
  request.accept = message[http::field::accept];
  request.content_type = message[http::field::content_type];
  request.content_encoding = message[http::field::content_encoding];
  request.host = message[http::field::host];
  request.origin = message[http::field::origin];
  request.if_none_match = message[http::field::if_none_match];
  request.idempotency_key = message["Idempotency-Key"];
  request.idempotency_keys = message.count("Idempotency-Key");
  request.body = message.body();
  request.client = client_;
  const std::string_view id = message["X-Request-Id"];
  request.request_id = IsDecentId(id)
                           ? std::string(id)
                           : fmt::format("{}-{:x}", exchange_.boot, exchange_.next_request++);
  return request;
}

asio::awaitable<Reply> HttpConnection::Resolve(const HttpRequest& request) {
  Reply reply = api_.Handle(request);
  while (auto* blocking = std::get_if<BlockingReply>(&reply.what)) {
    std::move_only_function<Reply()> work = std::move(blocking->work);
    ThreadPool& pool = blocking->push ? exchange_.pushes : exchange_.side;
    Result<Reply> next = co_await OnThreads<Reply>(AsideOn(pool), std::move(work));
    reply = next ? *std::move(next) : Reply{ErrorResponse(next.error(), request.request_id)};
  }
  co_return std::move(reply);
}

asio::awaitable<bool> HttpConnection::Serve(const HttpRequest& request, bool keep_alive) {
  cors_origin_.clear();
  const bool foreign_origin =
      !request.origin.empty() && !IsLoopbackHost(HostOfOrigin(request.origin));
  if (foreign_origin || (!request.host.empty() && !IsLoopbackHost(request.host))) {
    // why: a page of another site must not ask in the name of whoever runs this machine's browser.
    HttpResponse response = ErrorResponse(
        {ErrorKind::kPermissionDenied,
         "only pages and clients of this machine may ask; Host and Origin must be loopback names",
         {},
         -1},
        request.request_id);
    co_return co_await SendWhole(request, std::move(response), keep_alive);
  }
  cors_origin_ = request.origin;
  if (!request.content_encoding.empty() && !beast::iequals(request.content_encoding, "identity")) {
    HttpResponse response = ErrorResponse(
        {ErrorKind::kUnsupported, "encoded bodies are not understood; send it plain", {}, -1},
        request.request_id);
    response.status = 415;
    co_return co_await SendWhole(request, std::move(response), keep_alive);
  }
  if (request.method == "OPTIONS") {
    HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Allow", "GET, HEAD, POST, DELETE, OPTIONS");
    response.headers.emplace_back("Access-Control-Allow-Methods",
                                  "GET, HEAD, POST, DELETE, OPTIONS");
    response.headers.emplace_back("Access-Control-Allow-Headers",
                                  "Accept, Content-Type, Idempotency-Key, X-Request-Id");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
    co_return co_await SendWhole(request, std::move(response), keep_alive);
  }
  Reply reply = co_await Resolve(request);
  if (auto* statement = std::get_if<StatementReply>(&reply.what)) {
    StatementReply moved = std::move(*statement);
    co_return co_await SendStatement(request, std::move(moved), keep_alive);
  }
  HttpResponse whole = std::get<HttpResponse>(std::move(reply.what));
  co_return co_await SendWhole(request, std::move(whole), keep_alive);
}

asio::awaitable<Part> HttpConnection::NextPart(std::shared_ptr<Answer> answer, bool first) {
  std::move_only_function<Part()> step = [answer] { return answer->Next(); };
  Result<Part> part =
      co_await OnThreads<Part>(StepOn(exchange_, answer->run(), first), std::move(step));
  if (part) co_return *std::move(part);
  answer->run().Close(std::unexpected(part.error()));
  Part refused;
  refused.last = true;
  refused.failure = part.error();
  co_return std::move(refused);
}

asio::awaitable<bool> HttpConnection::SendStatement(const HttpRequest& request,
                                                    StatementReply reply, bool keep_alive) {
  reply.request.protocol = "http";
  reply.request.client = client_;
  running_ = exchange_.queries.Open(std::move(reply.request));
  const auto answer = std::make_shared<Answer>(running_, MakeEncoder(reply.format),
                                               request.request_id, std::move(reply.pager));
  Part part = co_await NextPart(answer, true);
  HttpResponse head;
  bool sent = false;
  if (part.failure) {
    head = ErrorResponse(*part.failure, request.request_id);
    AddAnswerFields(*running_, cors_origin_, head);
    sent = co_await SendWhole(request, std::move(head), keep_alive);
  } else if (!part.last && request.old) {
    head = ErrorResponse({ErrorKind::kUnsupported,
                          "HTTP/1.0 cannot carry an answer of this length safely; ask by HTTP/1.1",
                          {},
                          -1},
                         request.request_id);
    running_->Cancel();
    co_await NextPart(answer, false);
    sent = co_await SendWhole(request, std::move(head), false);
  } else {
    head.content_type = Row(reply.format).content_type;
    AddAnswerFields(*running_, cors_origin_, head);
    sent = co_await SendParts(request, answer, std::move(part), std::move(head), keep_alive);
  }
  running_ = nullptr;
  co_return sent;
}

asio::awaitable<bool> HttpConnection::SendParts(const HttpRequest& request,
                                                std::shared_ptr<Answer> answer, Part part,
                                                HttpResponse head, bool keep_alive) {
  if (part.last) {
    for (auto& field : TailFields(part.tail)) head.headers.push_back(std::move(field));
    head.body = std::move(part.bytes);
    co_return co_await SendWhole(request, std::move(head), keep_alive);
  }
  if (!cors_origin_.empty()) head.headers.emplace_back("Access-Control-Allow-Origin", cors_origin_);
  head.headers.emplace_back(
      "Trailer", "Neuralake-Truncated, Neuralake-Versions, Neuralake-Next, Neuralake-Error");
  out_.clear();
  AppendHead(head, request.request_id, keep_alive, -1, out_);
  if (request.method == "HEAD") {
    answer->run().Cancel();
    co_await NextPart(answer, false);
    const bool sent = co_await Flush();
    Finished(request, 200);
    co_return sent;
  }
  while (!part.last) {
    AppendChunk(part.bytes, out_);
    if (!co_await Flush()) {
      answer->run().Cancel();
      // The stream is dropped on a lane: stopping it may take a moment.
      co_await NextPart(answer, false);
      Finished(request, 499);
      co_return false;
    }
    part = co_await NextPart(answer, false);
  }
  AppendChunk(part.bytes, out_);
  if (part.failure && !part.well_formed) {
    // why: without its last chunk every client sees that the answer is not whole.
    co_await Flush();
    Finished(request, 500);
    co_return false;
  }
  auto trailers = TailFields(part.tail);
  if (part.failure) {
    trailers = {{"Neuralake-Error", std::string(neuralake::Row(part.failure->kind).name)}};
  }
  AppendLastChunk(trailers, out_);
  const bool sent = co_await Flush();
  Finished(request, part.failure ? 500 : 200);
  co_return sent;
}

asio::awaitable<bool> HttpConnection::SendWhole(const HttpRequest& request, HttpResponse response,
                                                bool keep_alive) {
  if (!cors_origin_.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Origin", cors_origin_);
    response.headers.emplace_back("Vary", "Origin");
  }
  out_.clear();
  AppendHead(response, request.request_id, keep_alive,
             static_cast<std::int64_t>(response.body.size()), out_);
  const int status = response.status;
  if (request.method != "HEAD" && status != 204 && status != 304) out_ += response.body;
  const bool sent = co_await Flush();
  Finished(request, status);
  co_return sent;
}

asio::awaitable<bool> HttpConnection::Flush() {
  ErrorCode error;
  stream_.expires_after(kWriteTimeMax);
  co_await asio::async_write(stream_, asio::buffer(out_), Into(error));
  out_.clear();
  co_return !error;
}

void HttpConnection::Finished(const HttpRequest& request, int status) {
  const Duration took = exchange_.clock.Mono() - request_started_;
  exchange_.routes.Count(RouteName(request.target), status, took);
  if (!exchange_.log_requests) return;
  const auto passed = std::chrono::duration<double, std::milli>(took);
  exchange_.log.Info("serve", "request",
                     {{"id", request.request_id},
                      {"client", client_},
                      {"method", std::string(request.method)},
                      {"target", std::string(request.target)},
                      {"status", std::to_string(status)},
                      {"ms", fmt::format("{:.3f}", passed.count())}});
}

}  // namespace neuralake::serve
