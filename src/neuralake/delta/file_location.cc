#include "neuralake/delta/file_location.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/storage/object_store.h"

namespace neuralake::delta {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// `s3` of `s3://…` and `file` of `file:/…`; empty when `path` begins with no scheme.
std::string_view SchemeOf(std::string_view path) {
  const auto colon = path.find(':');
  if (colon == std::string_view::npos || colon == 0 || !IsLetter(path[0])) return {};
  const auto scheme = path.substr(0, colon);
  const bool plain = std::ranges::all_of(scheme, [](char c) {
    return IsLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
  return plain && path.substr(colon + 1).starts_with('/') ? scheme : std::string_view{};
}

std::string_view TrimLeft(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  return text;
}

/// The decoded absolute `path` on the root's own file system or bucket.
Uri OnSameStore(const Uri& root, std::string_view path) {
  Uri uri = root;
  const std::string decoded = PercentDecode(path);
  uri.path =
      root.scheme == "file" ? "/" + std::string(TrimLeft(decoded)) : std::string(TrimLeft(decoded));
  return uri;
}

Result<Uri> ParseAbsolute(std::string_view path, std::string_view scheme, const Uri& root) {
  if (scheme.empty()) return OnSameStore(root, path);
  auto rest = path.substr(scheme.size() + 1);
  if (scheme == "file") {
    if (rest.starts_with("//") && !rest.starts_with("///")) {
      return Fail(ErrorKind::kUnsupported, fmt::format("file {} is on another host", path));
    }
    return Uri{"file", "", "/" + PercentDecode(TrimLeft(rest))};
  }
  if (scheme != "s3" && scheme != "s3a" && scheme != "memory") {
    return Fail(
        ErrorKind::kUnsupported,
        fmt::format("file {} lies in a store of scheme {}, which is not supported", path, scheme));
  }
  rest = TrimLeft(rest);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) {
    return Fail(ErrorKind::kCorruption, fmt::format("file {} has no bucket or no key", path));
  }
  return Uri{std::string(scheme), std::string(rest.substr(0, slash)),
             PercentDecode(TrimLeft(rest.substr(slash)))};
}

/// `s3` and `s3a` are two names of one store.
bool SameStore(const Uri& left, const Uri& right) {
  const auto plain = [](const Uri& uri) { return uri.scheme == "s3a" ? "s3" : uri.scheme; };
  return plain(left) == plain(right) && left.authority == right.authority;
}

std::optional<std::string> KeyBelow(const Uri& root, const Uri& uri) {
  if (!SameStore(root, uri)) return std::nullopt;
  const std::string folder =
      root.path.empty() || root.path.ends_with('/') ? root.path : root.path + "/";
  if (!uri.path.starts_with(folder)) return std::nullopt;
  auto key = uri.path.substr(folder.size());
  if (!storage::CheckKey(key)) return std::nullopt;
  return key;
}

}  // namespace

Result<FileLocation> LocateFile(std::string_view path, const Uri& root) {
  const auto scheme = SchemeOf(path);
  if (scheme.empty() && !path.starts_with('/')) {
    auto key = PercentDecode(path);
    if (const auto good = storage::CheckKey(key); !good) {
      return Fail(ErrorKind::kCorruption, fmt::format("path '{}' names no file of the table: {}",
                                                      path, good.error().message));
    }
    return FileLocation{root.Join(key), std::move(key)};
  }
  FileLocation location{TRY(ParseAbsolute(path, scheme, root)), std::nullopt};
  location.key = KeyBelow(root, location.uri);
  return location;
}

Result<std::string> KeyOfFile(std::string_view path, const Uri& root) {
  auto location = TRY(LocateFile(path, root));
  if (!location.key) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("file {} lies outside of the table at {}", path, root.ToString()));
  }
  return *std::move(location.key);
}

}  // namespace neuralake::delta
