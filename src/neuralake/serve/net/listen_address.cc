#include "neuralake/serve/net/listen_address.h"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

namespace neuralake::serve {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsLoopback(const in_addr& address) { return ntohl(address.s_addr) >> 24 == 127; }

}  // namespace

Result<std::string> ParseListenAddress(std::string_view host) {
  std::string text(host == "localhost" ? "127.0.0.1" : host);
  in_addr four{};
  in6_addr six{};
  const bool is_four = inet_pton(AF_INET, text.c_str(), &four) == 1;
  const bool is_six = !is_four && inet_pton(AF_INET6, text.c_str(), &six) == 1;
  if (!is_four && !is_six) {
    return Fail(ErrorKind::kInvalid, fmt::format("`{}` is not an address to listen on", host));
  }
  if (is_four ? !IsLoopback(four) : !IN6_IS_ADDR_LOOPBACK(&six)) {
    return Fail(ErrorKind::kPermissionDenied,
                fmt::format("{} is not a loopback address; this server does not know its users "
                            "yet, so it listens on 127.0.0.1 or ::1 only",
                            host));
  }
  return text;
}

bool IsLoopbackHost(std::string_view host) {
  const auto bracket = host.find(']');
  const auto colon = host.rfind(':');
  if (host.starts_with('[')) {
    host = host.substr(1, bracket == std::string_view::npos ? bracket : bracket - 1);
  } else if (colon != std::string_view::npos) {
    host = host.substr(0, colon);
  }
  std::string name(host);
  std::ranges::transform(name, name.begin(), Lower);
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  return ParseListenAddress(name).has_value();
}

}  // namespace neuralake::serve
