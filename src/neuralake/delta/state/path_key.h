#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace neuralake::delta {

/// The one spelling of a path of the log, so that `file:/a%20b`, `file:///a b` and `/a b` are one
/// file: percent-decoded, absolute local paths with `file:` and one slash.
std::string CanonicalPath(std::string_view path);

/// Equal for paths with one canonical spelling.
std::uint64_t HashPath(std::string_view path);

/// Whether two paths of the log name one file.
bool SamePath(std::string_view left, std::string_view right);

}  // namespace neuralake::delta
