#pragma once

#include <string>
#include <string_view>

namespace neuralake::site {

// A name as it must stand in a text that people paste. Each gives the same bytes for the same name.

/// `flights`, or `"Order"` when SQL needs the quotes: a keyword, an upper-case letter, a blank.
std::string QuoteSql(std::string_view identifier);

/// `"flights"` as a Python string literal.
std::string QuotePython(std::string_view text);

/// `'SELECT 1'` as one word of a POSIX shell.
std::string QuoteShell(std::string_view text);

}  // namespace neuralake::site
