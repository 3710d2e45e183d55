#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// A request whose head was checked. The views borrow from the connection's buffer.
struct HttpRequest {
  bool old = false;  ///< HTTP/1.0.
  std::string_view method;
  std::string_view target;  ///< As sent: path and query.
  std::string_view accept;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view host;
  std::string_view origin;
  std::string_view if_none_match;
  std::string_view idempotency_key;  ///< The first one.
  std::size_t idempotency_keys = 0;  ///< Headers of that name.
  std::string_view body;
  std::string request_id;  ///< The client's own when it sent a decent one.
  std::string client;      ///< Address and port.
};

/// A whole answer.
struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  ///< Names in static storage.
};

/// The path and the parameters of a target, decoded.
struct Target {
  std::vector<std::string> segments;  ///< Of the path, without empty ones.
  std::vector<std::pair<std::string, std::string>> parameters;

  /// The value of the first parameter `name`, or null.
  const std::string* Find(std::string_view name) const;
};

/// Split `target` at `/`, `?`, `&`, `=` and decode each part once.
/// \errors kInvalid  a bad escape, a zero byte, not UTF-8, or more than `kRowsTermsMax` parameters
Result<Target> ParseTarget(std::string_view target);

/// `error` as a response: its kind's status and `{"error": …}`.
HttpResponse ErrorResponse(const Error& error, std::string_view request_id,
                           std::string_view detail = "");

/// Append the status line and the fields of `response`, with `Content-Length` when `length` ≥ 0,
/// else for a chunked body.
void AppendHead(const HttpResponse& response, std::string_view request_id, bool keep_alive,
                std::int64_t length, std::string& out);

/// Append `bytes` as one chunk; nothing for no bytes.
void AppendChunk(std::string_view bytes, std::string& out);

/// Append the end of a chunked body with its trailers.
void AppendLastChunk(const std::vector<std::pair<std::string_view, std::string>>& trailers,
                     std::string& out);

}  // namespace neuralake::serve
