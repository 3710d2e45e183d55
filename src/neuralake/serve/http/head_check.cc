#include "neuralake/serve/http/head_check.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

using Fault = std::optional<HeadFault>;

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

HeadFault Bad(std::string message) { return {400, std::move(message)}; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameName(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, {}, Lower);
}

bool IsTokenCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool IsControl(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Fault CheckRequestLine(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = line.find(' ', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos) {
    return Bad("the request line is not a method, a target and a version");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return HeadFault{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  if (std::ranges::find(kMethods, method) == kMethods.end()) {
    return HeadFault{501, "this method is not known here"};
  }
  if (target.size() > kTargetBytesMax) {
    return HeadFault{
        414, fmt::format("the target has {} bytes, more than {}", target.size(), kTargetBytesMax)};
  }
  if (!target.starts_with('/') && target != "*") return Bad("the target is not a path");
  if (std::ranges::any_of(target, [](char c) { return static_cast<unsigned char>(c) >= 0x7F; })) {
    return Bad("the target holds bytes that are not encoded");
  }
  return std::nullopt;
}

/// What the fields said so far that only makes sense together.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  int types = 0;
};

Fault CheckField(std::string_view line, Framing& framing) {
  const auto colon = line.find(':');
  const std::string_view name = line.substr(0, std::min(colon, line.size()));
  if (colon == std::string_view::npos || name.empty() ||
      !std::ranges::all_of(name, IsTokenCharacter)) {
    return Bad("a header field is not a name, a colon and a value");
  }
  const std::string_view value = Trim(line.substr(colon + 1));
  if (SameName(name, "host")) ++framing.hosts;
  if (SameName(name, "content-type")) ++framing.types;
  if (SameName(name, "content-length")) {
    ++framing.lengths;
    const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (value.empty() || value.size() > 18 || !digits) {
      return Bad("Content-Length is not a number");
    }
  }
  if (SameName(name, "transfer-encoding")) {
    ++framing.codings;
    if (!SameName(value, "chunked")) {
      return HeadFault{501, "the only transfer coding known here is chunked"};
    }
  }
  return std::nullopt;
}

Fault CheckFraming(const Framing& framing, std::string_view request_line) {
  const bool old = request_line.ends_with("1.0");
  if (framing.lengths + framing.codings > 1) {
    return Bad("the length of the body is given more than once");
  }
  if (framing.codings > 0 && old) return Bad("HTTP/1.0 has no transfer codings");
  if (framing.hosts > 1 || (framing.hosts == 0 && !old)) {
    return Bad("there must be exactly one Host field");
  }
  if (framing.types > 1) return Bad("there is more than one Content-Type field");
  return std::nullopt;
}

}  // namespace

std::optional<HeadFault> CheckHead(std::string_view head) {
  Framing framing;
  std::string_view request_line;
  std::size_t fields = 0;
  for (std::size_t at = 0; at < head.size();) {
    const auto end = head.find('\n', at);
    if (end == std::string_view::npos || end == at || head[end - 1] != '\r') {
      return Bad("a line does not end with CRLF");
    }
    const std::string_view line = head.substr(at, end - 1 - at);
    if (std::ranges::any_of(line, IsControl)) return Bad("the head holds a control character");
    if (at == 0) {
      request_line = line;
      if (Fault fault = CheckRequestLine(line)) return fault;
    } else if (!line.empty()) {
      if (line.front() == ' ' || line.front() == '\t') return Bad("a header field is folded");
      if (++fields > kHeadersMax) {
        return HeadFault{431, fmt::format("there are more than {} header fields", kHeadersMax)};
      }
      if (Fault fault = CheckField(line, framing)) return fault;
    }
    at = end + 1;
  }
  return CheckFraming(framing, request_line);
}

}  // namespace neuralake::serve
