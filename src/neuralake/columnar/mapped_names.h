#pragma once

#include <string_view>

namespace neuralake::columnar {

/// Whether a column of this name needs the property `delta.columnMapping.mode`: it has one of the
/// characters that Spark refuses without it, since its files could not hold them.
constexpr bool NeedsColumnMapping(std::string_view name) {
  return name.find_first_of(" ,;{}()\n\t=") != std::string_view::npos;
}

}  // namespace neuralake::columnar
