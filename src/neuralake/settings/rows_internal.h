#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "neuralake/settings/settings.h"

namespace neuralake::settings {

/// Where a setting lives in `Settings`.
using Slot = std::variant<std::string*, bool*, std::int64_t*, std::chrono::milliseconds*>;

/// The place of `key`; it must be one of `Rows()`.
Slot SlotOf(Settings& settings, std::string_view key);

/// Read `text` into the place of `row`.
/// \errors kInvalid  says what would be right
Status Assign(Settings& settings, const SettingRow& row, std::string_view text);

}  // namespace neuralake::settings
