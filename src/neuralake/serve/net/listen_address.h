#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// Check an address to listen on and give it in numbers: `localhost` is `127.0.0.1`.
///
/// Only loopback addresses are accepted until the server knows who asks.
/// \errors kInvalid           not an address
///         kPermissionDenied  not a loopback address
Result<std::string> ParseListenAddress(std::string_view host);

/// Whether a host name, as in `Host` or `Origin`, with or without a port, is this machine's own.
bool IsLoopbackHost(std::string_view host);

}  // namespace neuralake::serve
