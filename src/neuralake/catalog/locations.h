#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace neuralake::catalog {

/// The rows that do not fit a table go to a table beside it: this comes behind its location, and
/// behind its name.
inline constexpr std::string_view kDeadLettersSuffix = "__dead_letters";

/// What is wrong with the location of a table and what would be right; nothing when it is fine.
/// Refuses credentials and queries in a URI, and does not repeat them in the message.
std::optional<std::string> LocationProblem(std::string_view uri);

/// The canonical text of a location that counts relative to the project: `data/flights` for
/// `./data//flights/`. Absolute paths and URIs stay absolute.
std::string PortableLocation(std::string_view uri);

/// The absolute location of a portable one in the project at `project`; as it is without one.
std::string ResolvedLocation(std::string_view uri, std::string_view project);

}  // namespace neuralake::catalog
