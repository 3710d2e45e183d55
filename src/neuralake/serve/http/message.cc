#include "neuralake/serve/http/message.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/serve/format/encoder.h"
#include "neuralake/serve/format/utf8.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 415:
      return "Unsupported Media Type";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Decode escapes, and `+` as a blank in parameters.
Result<std::string> Decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
      if (low < 0) return Fail(ErrorKind::kInvalid, "the target holds a wrong percent escape");
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (out.contains('\0') || Utf8Prefix(out) < out.size()) {
    return Fail(ErrorKind::kInvalid, "the target does not decode to UTF-8 text");
  }
  return out;
}

}  // namespace

const std::string* Target::Find(std::string_view name) const {
  const auto found =
      std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? nullptr : &found->second;
}

Result<Target> ParseTarget(std::string_view target) {
  Target parsed;
  const auto question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    if (slash > 0) parsed.segments.push_back(TRY(Decode(path.substr(0, slash), false)));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  std::string_view query = target.substr(std::min(question + 1, target.size()));
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    if (parsed.parameters.size() >= kRowsTermsMax) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("the target has more than {} parameters", kRowsTermsMax));
    }
    const auto equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    parsed.parameters.emplace_back(TRY(Decode(part.substr(0, equals), true)),
                                   TRY(Decode(value, true)));
  }
  return parsed;
}

HttpResponse ErrorResponse(const Error& error, std::string_view request_id,
                           std::string_view detail) {
  HttpResponse response;
  response.status = Row(error.kind).http_status;
  response.body = R"({"error":)" + ErrorJson(error, request_id, detail) + "}";
  if (response.status == 429 || response.status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

void AppendHead(const HttpResponse& response, std::string_view request_id, bool keep_alive,
                std::int64_t length, std::string& out) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                 Reason(response.status));
  const auto field = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (response.status != 204 && response.status != 304) {
    field("Content-Type", response.content_type);
    if (length < 0) {
      field("Transfer-Encoding", "chunked");
    } else {
      field("Content-Length", fmt::format_int(length).c_str());
    }
  }
  for (const auto& [name, value] : response.headers) field(name, value);
  field("X-Request-Id", request_id);
  field("X-Content-Type-Options", "nosniff");
  field("Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
}

void AppendChunk(std::string_view bytes, std::string& out) {
  if (bytes.empty()) return;  // an empty chunk would end the body
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes.size());
  out.append(bytes).append("\r\n");
}

void AppendLastChunk(const std::vector<std::pair<std::string_view, std::string>>& trailers,
                     std::string& out) {
  out += "0\r\n";
  for (const auto& [name, value] : trailers) out.append(name).append(": ").append(value) += "\r\n";
  out += "\r\n";
}

}  // namespace neuralake::serve
