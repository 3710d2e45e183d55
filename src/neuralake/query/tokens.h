#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::query {

enum class TokenKind : std::uint8_t {
  kWord,         ///< A keyword or an identifier without quotes.
  kQuoted,       ///< `"identifier"`.
  kString,       ///< `'text'`, `E'text'`, `$tag$text$tag$`.
  kNumber,       ///< `12`, `1.5e3`, `0x1F`.
  kParameter,    ///< `$1`, `$name`, `?`.
  kOperator,     ///< One or more of `+-*/<>=~!@#%^&|`, or `::`, `:=`, `=>`.
  kPunctuation,  ///< One of `( ) [ ] { } , ; . :`.
};

/// A piece of a SQL text; comments and blanks lie between tokens.
struct Token {
  TokenKind kind = TokenKind::kWord;
  std::size_t begin = 0;  ///< Byte offset in the text.
  std::size_t end = 0;    ///< One past its last byte.

  std::string_view In(std::string_view sql) const { return sql.substr(begin, end - begin); }
};

/// Cut `sql` into tokens as DuckDB's and PostgreSQL's lexers do: nested block comments, doubled
/// quotes, `E''` escapes, dollar quotes.
///
/// \param sql  0..kSqlBytesMax bytes
/// \errors kInvalid  an unterminated string, identifier or comment, with its position; too long
/// \source PostgreSQL manual, "Lexical Structure"
Result<std::vector<Token>> Tokenize(std::string_view sql);

/// One statement of a text that holds several.
struct Piece {
  std::string_view sql;                ///< Without the semicolon, borrowed from the text.
  std::size_t offset = 0;              ///< Of `sql` in the text, in bytes.
  std::int64_t characters_before = 0;  ///< The same in characters, for positions of errors.
  std::vector<Token> tokens;           ///< With offsets in `sql`; never empty.
};

/// Split a text at its top-level semicolons; pieces without a token are left out.
/// \errors kInvalid  as `Tokenize`
Result<std::vector<Piece>> SplitStatements(std::string_view text);

/// Whether `token` is the unquoted word `word`, without case. `word` is in lower case.
bool IsWord(std::string_view sql, const Token& token, std::string_view word);

/// The name an identifier token stands for: unquoted words in lower case, quotes removed.
std::string Identifier(std::string_view sql, const Token& token);

/// The value of a `'text'` token: quotes removed, doubled quotes single, `E''` escapes resolved.
std::string StringValue(std::string_view sql, const Token& token);

/// `name` as a SQL identifier that cannot be read as anything else: `a"b` to `"a""b"`.
std::string QuoteIdentifier(std::string_view name);

/// `text` as a SQL string literal: `it's` to `'it''s'`.
std::string QuoteLiteral(std::string_view text);

}  // namespace neuralake::query
