#pragma once

#include <string_view>

#include "neuralake/site/html.h"
#include "neuralake/site/snippets.h"

namespace neuralake::site {

/// Write `code` with its keywords, strings, numbers and comments in `span`s of the classes `k`,
/// `s`, `n` and `c`. The text content is `code` byte for byte.
void WriteHighlighted(HtmlWriter& html, SnippetLanguage language, std::string_view code);

}  // namespace neuralake::site
