#include "neuralake/storage/http/http_test_server.h"

#include <algorithm>
#include <memory>

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "neuralake/base/check.h"

namespace neuralake::storage {
namespace {

HttpHeaders ParseHeaders(std::string_view text) {
  HttpHeaders headers;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto value = line.find_first_not_of(' ', colon + 1);
    headers[name] = value == std::string_view::npos ? "" : line.substr(value);
  }
  return headers;
}

}  // namespace

HttpTestServer::HttpTestServer(Handler handler, Options options)
    : handler_(std::move(handler)), options_(options) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  NL_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  NL_CHECK(::listen(listener_, 128) == 0);
  NL_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  acceptor_ = std::jthread([this] { Accept(); });
}

HttpTestServer::~HttpTestServer() {
  const std::uint64_t one = 1;
  NL_CHECK(::write(wake_, &one, sizeof(one)) == sizeof(one));
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  ::close(wake_);
}

std::string HttpTestServer::origin() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<SeenRequest> HttpTestServer::seen() const {
  std::lock_guard lock(mutex_);
  return seen_;
}

void HttpTestServer::StopListening() { NL_CHECK(::shutdown(listener_, SHUT_RD) == 0); }

void HttpTestServer::Accept() {
  while (true) {
    pollfd waiting[] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) continue;
    if (waiting[1].revents != 0 || (waiting[0].revents & POLLHUP) != 0) return;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    ++connections_;
    threads_.emplace_back([this, socket] { Serve(socket); });
  }
}

void HttpTestServer::Serve(int socket) {
  std::string input;
  while (ServeOne(socket, input)) {
  }
  ::close(socket);
}

bool HttpTestServer::ReadMore(int socket, std::string& input) const {
  pollfd waiting[] = {{socket, POLLIN, 0}, {wake_, POLLIN, 0}};
  if (::poll(waiting, 2, -1) < 0 || waiting[1].revents != 0) return false;
  char buffer[64 << 10];
  const ssize_t count = ::recv(socket, buffer, sizeof(buffer), 0);
  if (count <= 0) return false;
  input.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool HttpTestServer::ServeOne(int socket, std::string& input) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  while (input.find(kEnd) == std::string::npos) {
    if (!ReadMore(socket, input)) return false;
  }
  const auto head_end = input.find(kEnd);
  const auto line_end = input.find("\r\n");
  const auto method_end = input.find(' ');
  const auto target_end = input.find(' ', method_end + 1);
  SeenRequest request;
  request.method = input.substr(0, method_end);
  request.target = input.substr(method_end + 1, target_end - method_end - 1);
  request.headers = ParseHeaders(std::string_view(input).substr(
      line_end + 2, head_end + 2 - std::min(head_end + 2, line_end + 2)));
  input.erase(0, head_end + kEnd.size());
  const auto length = request.headers.find("content-length");
  const std::size_t body = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (input.size() < body) {
    if (input.size() >= options_.body_bytes_max || !ReadMore(socket, input)) return false;
  }
  request.body = input.substr(0, body);
  input.erase(0, body);
  {
    std::lock_guard lock(mutex_);
    seen_.push_back(request);
  }
  const Reply reply = handler_(request);
  if (reply.way == Reply::Way::kClose) return false;
  if (reply.way == Reply::Way::kHang) {
    while (ReadMore(socket, input)) {
    }
    return false;
  }
  return Send(socket, request, reply) && reply.way == Reply::Way::kAnswer;
}

bool HttpTestServer::Send(int socket, const SeenRequest& request, const Reply& reply) {
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\n";
  for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
  if (!reply.headers.contains("content-length")) {
    text += "content-length: " + std::to_string(reply.body.size()) + "\r\n";
  }
  text += "\r\n";
  if (request.method != "HEAD") {
    const bool is_half = reply.way == Reply::Way::kTruncate;
    text += is_half ? reply.body.substr(0, reply.body.size() / 2) : reply.body;
  }
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t count = ::send(socket, left.data(), left.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

HttpTestServer::Handler InOrder(std::vector<Reply> replies) {
  auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return [replies = std::move(replies), next](const SeenRequest&) {
    return replies[std::min(next->fetch_add(1), replies.size() - 1)];
  };
}

}  // namespace neuralake::storage
