#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace neuralake::engine {

enum class TokenKind { kIdentifier, kNumber, kString, kOperator, kKeyword };

/// One token of a statement, as DuckDB's scanner sees it.
struct Token {
  TokenKind kind;
  std::size_t begin;  ///< Byte offset.
  std::size_t end;    ///< Past its last byte, without blanks and comments behind it.
  std::string lower;  ///< Its text in lower case.
};

/// The tokens of `sql` without comments; none when it cannot be scanned (an open string, …).
std::vector<Token> Tokens(std::string_view sql);

/// Where a second statement begins, in bytes; the length of `sql` when there is none.
std::size_t SecondStatement(std::string_view sql);

}  // namespace neuralake::engine
