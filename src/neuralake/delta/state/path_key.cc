#include "neuralake/delta/state/path_key.h"

#include <xxhash.h>

#include "neuralake/base/uri.h"

namespace neuralake::delta {
namespace {

/// Whether `path` is its own canonical spelling, which nearly all are.
bool IsCanonical(std::string_view path) {
  return !path.starts_with('/') && !path.starts_with("file:") &&
         path.find('%') == std::string_view::npos;
}

}  // namespace

std::string CanonicalPath(std::string_view path) {
  std::string text = PercentDecode(path);
  std::string_view rest = text;
  if (rest.starts_with("file:")) {
    rest.remove_prefix(5);
  } else if (!rest.starts_with('/')) {
    return text;
  }
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return "file:/" + std::string(rest);
}

std::uint64_t HashPath(std::string_view path) {
  if (IsCanonical(path)) return XXH3_64bits(path.data(), path.size());
  const std::string canonical = CanonicalPath(path);
  return XXH3_64bits(canonical.data(), canonical.size());
}

bool SamePath(std::string_view left, std::string_view right) {
  if (left == right) return true;
  if (IsCanonical(left) && IsCanonical(right)) return false;
  return CanonicalPath(left) == CanonicalPath(right);
}

}  // namespace neuralake::delta
