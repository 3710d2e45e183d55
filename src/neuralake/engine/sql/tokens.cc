#include "neuralake/engine/sql/tokens.h"

#include <cctype>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {
namespace {

using duckdb::SimplifiedTokenType;

TokenKind KindOf(SimplifiedTokenType type) {
  switch (type) {
    case SimplifiedTokenType::SIMPLIFIED_TOKEN_NUMERIC_CONSTANT:
      return TokenKind::kNumber;
    case SimplifiedTokenType::SIMPLIFIED_TOKEN_STRING_CONSTANT:
      return TokenKind::kString;
    case SimplifiedTokenType::SIMPLIFIED_TOKEN_OPERATOR:
      return TokenKind::kOperator;
    case SimplifiedTokenType::SIMPLIFIED_TOKEN_KEYWORD:
      return TokenKind::kKeyword;
    default:
      return TokenKind::kIdentifier;
  }
}

}  // namespace

std::vector<Token> Tokens(std::string_view sql) {
  duckdb::vector<duckdb::SimplifiedToken> raw;
  try {
    raw = duckdb::Parser::Tokenize(std::string(sql));
  } catch (const std::exception&) {
    return {};  // the parser will say what is wrong, and where
  }
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i].type == SimplifiedTokenType::SIMPLIFIED_TOKEN_COMMENT) continue;
    const std::size_t begin = raw[i].start;
    std::size_t end = i + 1 < raw.size() ? raw[i + 1].start : sql.size();
    while (end > begin && std::isspace(static_cast<unsigned char>(sql[end - 1])) != 0) --end;
    tokens.push_back({KindOf(raw[i].type), begin, end,
                      duckdb::StringUtil::Lower(std::string(sql.substr(begin, end - begin)))});
  }
  return tokens;
}

std::size_t SecondStatement(std::string_view sql) {
  bool over = false;
  bool begun = false;
  for (const Token& token : Tokens(sql)) {
    if (token.lower == ";") {
      over = begun;
    } else if (over) {
      return token.begin;
    } else {
      begun = true;
    }
  }
  return sql.size();
}

}  // namespace neuralake::engine
