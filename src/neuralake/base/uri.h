#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake {

/// Where a table or a file lies: a local folder, or a bucket and a prefix.
///
/// Accepted forms: a path (relative to the working folder or absolute), `file:///path`,
/// `s3://bucket/prefix`, `s3a://bucket/prefix`, `memory://name/prefix`.
struct Uri {
  std::string scheme;     ///< `file`, `s3`, `s3a` or `memory`.
  std::string authority;  ///< The bucket; empty for `file`.
  std::string path;       ///< Absolute for `file`; without a leading or trailing `/` otherwise.

  /// \errors kInvalid  empty, an unknown scheme, a missing bucket, user information or a query part
  static Result<Uri> Parse(std::string_view text);

  /// The canonical text; `Parse(ToString())` gives the same value. A local one has no scheme.
  std::string ToString() const;

  /// This with `/name` put behind the path.
  Uri Join(std::string_view name) const;

  bool operator==(const Uri&) const = default;
};

/// Percent-decode `text` once: `%20` to a blank. An incomplete or wrong escape stays as it is.
std::string PercentDecode(std::string_view text);

/// Percent-encode every byte of `text` but letters, digits and `-._~`, and those of `keep`.
/// \source RFC 3986, section 2.3
std::string PercentEncode(std::string_view text, std::string_view keep = "");

}  // namespace neuralake
