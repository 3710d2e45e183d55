#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// The forms in which rows leave over HTTP.
enum class Format : std::uint8_t { kJson, kNdjson, kCsv, kArrow, kParquet };

/// How a format is named where.
struct FormatRow {
  Format format;
  std::string_view name;          ///< In `format`: `ndjson`.
  std::string_view content_type;  ///< In `Content-Type`.
};

const FormatRow& Row(Format format);

/// The format called `name`: `json`, `ndjson`, `csv`, `arrow`, `parquet`.
/// \errors kInvalid  lists the names there are
Result<Format> ParseFormat(std::string_view name);

/// The format that an `Accept` header likes best; of equals, the first in the header. An empty
/// header is `*/*`, which is JSON.
///
/// \returns nothing when it takes none of ours: status 406
/// \source RFC 9110, section 12.5.1
std::optional<Format> Negotiate(std::string_view accept);

}  // namespace neuralake::serve
