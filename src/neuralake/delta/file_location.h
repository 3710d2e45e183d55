#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/base/uri.h"

namespace neuralake::delta {

/// Where a file of the log lies.
struct FileLocation {
  Uri uri;                         ///< Absolute, not encoded.
  std::optional<std::string> key;  ///< Below the table's root, not encoded, when it is there.
};

/// Find the file that `path`, as in the log, names: a relative path below `root`, an absolute path
/// or a URI, percent-encoded once.
///
/// An absolute path without a scheme is one of the root's own file system or bucket.
/// \errors kCorruption  a path that leads out of the root by `..`, or names nothing
///         kUnsupported a URI of a store that there is none for, by scheme
/// \source Delta PROTOCOL.md, "Add File and Remove File", and RFC 2396
Result<FileLocation> LocateFile(std::string_view path, const Uri& root);

/// The key below the table's root of a file that must be there.
/// \errors as LocateFile; kUnsupported when the file lies elsewhere
Result<std::string> KeyOfFile(std::string_view path, const Uri& root);

}  // namespace neuralake::delta
