#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace neuralake::storage {

/// Names in lower case.
using HttpHeaders = std::map<std::string, std::string>;

/// Names and values not encoded.
using HttpQuery = std::map<std::string, std::string>;

struct HttpRequest {
  std::string method = "GET";
  std::string origin = {};  ///< `scheme://host[:port]`.
  std::string path = "/";   ///< Encoded, begins with `/`.
  HttpQuery query = {};
  HttpHeaders headers = {};
  std::string_view body = {};                  ///< Must live until the answer is there.
  bool is_unrepeatable = false;                ///< Never sent twice, not even below this interface.
  std::uint64_t answer_bytes_max = 16U << 20;  ///< A longer body is an error.

  /// `host[:port]` of the origin.
  std::string_view authority() const;
  /// The query in the form that is sent and signed: encoded, sorted by name.
  std::string EncodedQuery() const;
  /// Origin, path and query together.
  std::string Url() const;
};

struct HttpAnswer {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};

  bool ok() const { return status >= 200 && status < 300; }
  /// The header's value, empty when it is not there.
  std::string_view header(const std::string& name) const;
};

}  // namespace neuralake::storage
