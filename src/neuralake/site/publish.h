#pragma once

#include <cstdint>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/site/site.h"

namespace neuralake::site {

struct Published {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

/// Write all files of `site` to `folder`, which is replaced in one step when all are written: who
/// reads meanwhile sees the old site or the new one.
///
/// \errors kAlreadyExists  `folder` holds something that is not a site
///         kResourceExhausted, kPermissionDenied, kUnavailable  as the file system said; the old
///         site stays
Result<Published> Publish(const Site& site, const std::string& folder);

}  // namespace neuralake::site
