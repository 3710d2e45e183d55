#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// The settings in a client's `options`: `-c name=value --other=value`, a backslash before a blank
/// that belongs to a value.
/// \errors kUnsupported  another switch
Result<std::vector<std::pair<std::string, std::string>>> ParseStartupOptions(
    std::string_view options);

}  // namespace neuralake::serve
