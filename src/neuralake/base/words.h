#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace neuralake {

/// `text` with ASCII letters in lower case: how names are compared.
std::string Folded(std::string_view text);

/// The candidate that `word` was most likely meant to be: at most a third of its letters off
/// (an exchange of neighbours counts once), or a longer form of it. Letters without case.
std::optional<std::string_view> Nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

}  // namespace neuralake
