#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace neuralake::delta {

/// What the statistics of a file say of one column: pieces of the JSON text, as they are.
struct StatsPieces {
  std::string_view min;  ///< Empty when not told, as are the others.
  std::string_view max;
  std::string_view null_count;
  std::string_view nan_count;  ///< Our writer's: `nanCount`, 0 when a max covers all.
  bool tight_bounds = true;
};

/// Find the leaf at `path` (physical names) in `stats`, in one pass without building anything.
/// Text that is not JSON says nothing.
/// \source Delta PROTOCOL.md, "Per-file Statistics"
StatsPieces FindStats(std::string_view stats, std::span<const std::string> path);

/// The text of a JSON string with its quotes; nothing when `json` is not one.
std::optional<std::string> UnquoteJson(std::string_view json);

}  // namespace neuralake::delta
