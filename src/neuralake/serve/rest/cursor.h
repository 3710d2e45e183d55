#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// Where the next page of a table begins.
struct Cursor {
  std::string fingerprint;              ///< Of the request without its cursor and limit.
  std::optional<std::int64_t> version;  ///< All pages read this version of the table.
  std::uint64_t offset = 0;             ///< Rows before it.
  /// The last row's values of the order columns, as texts: the next page starts after them,
  /// without counting rows. Empty: it starts at `offset`.
  std::vector<std::string> after;

  bool operator==(const Cursor&) const = default;
};

/// A short hash of `text`: the same in every build, since cursors outlive a process.
std::string Fingerprint(std::string_view text);

/// The cursor as one word for a URL.
std::string FormatCursor(const Cursor& cursor);

/// \errors kInvalid  not a cursor that `FormatCursor` made
Result<Cursor> ParseCursor(std::string_view text);

}  // namespace neuralake::serve
