#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/rng.h"

namespace neuralake {

/// A random (version 4) UUID in lower-case text: `8-4-4-4-12` hexadecimal digits.
/// \source RFC 9562, section 5.4
std::string RandomUuid(Rng& rng = SystemRng::Get());

/// The same as its 16 bytes.
std::string RandomUuidBytes(Rng& rng = SystemRng::Get());

/// The text of a UUID of 16 `bytes`.
std::string UuidText(std::string_view bytes);

}  // namespace neuralake
