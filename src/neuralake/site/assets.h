#pragma once

#include <span>
#include <string_view>

namespace neuralake::site {

/// A file of the page code, as the web build made it.
struct BuiltAsset {
  std::string_view path;  ///< `assets/site.js`.
  std::string_view bytes;
};

/// All of them, in order of their paths. Built from `web/` when this program was.
std::span<const BuiltAsset> BuiltAssets();

}  // namespace neuralake::site
