#include "neuralake/query/tokens.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "neuralake/base/characters.h"
#include "neuralake/query/limits.h"

namespace neuralake::query {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Bytes from 0x80 belong to identifiers, as in both lexers.
bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsWordPart(char c) { return IsWordStart(c) || IsDigit(c) || c == '$'; }
bool IsOperator(char c) { return std::string_view("+-*/<>=~!@#%^&|`").contains(c); }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Walks over one text. Each `Skip` moves past what it names.
class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      TRY(SkipBetween());
      if (at_ >= sql_.size()) return tokens;
      if (tokens.size() >= kTokensMax) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("the statement has more than {} tokens", kTokensMax));
      }
      const std::size_t begin = at_;
      const TokenKind kind = TRY(SkipToken());
      tokens.push_back({kind, begin, at_});
    }
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
  }

  std::unexpected<Error> Unterminated(std::string_view what, std::size_t begin) const {
    auto failure = Fail(ErrorKind::kInvalid, fmt::format("unterminated {}", what));
    failure.error().position = CharacterOffset(sql_, begin);
    return failure;
  }

  Status SkipBetween() {
    while (at_ < sql_.size()) {
      if (IsBlank(Peek())) {
        ++at_;
      } else if (Peek() == '-' && Peek(1) == '-') {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (Peek() == '/' && Peek(1) == '*') {
        TRY(SkipBlockComment());
      } else {
        break;
      }
    }
    return {};
  }

  Status SkipBlockComment() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < sql_.size()) {
      if (Peek() == '/' && Peek(1) == '*') {
        if (++depth > kCommentDepthMax) {
          return Fail(ErrorKind::kInvalid,
                      fmt::format("comments nest deeper than {}", kCommentDepthMax));
        }
        at_ += 2;
      } else if (Peek() == '*' && Peek(1) == '/') {
        at_ += 2;
        if (--depth == 0) return {};
      } else {
        ++at_;
      }
    }
    return Unterminated("comment", begin);
  }

  Result<TokenKind> SkipToken() {
    const char c = Peek();
    if (c == '\'') return SkipQuoted('\'', /*escapes=*/false, TokenKind::kString);
    if (c == '"') return SkipQuoted('"', /*escapes=*/false, TokenKind::kQuoted);
    if ((c == 'e' || c == 'E') && Peek(1) == '\'') {
      ++at_;
      return SkipQuoted('\'', /*escapes=*/true, TokenKind::kString);
    }
    if (c == '$') return SkipDollar();
    if (IsWordStart(c)) return SkipWhile(IsWordPart, TokenKind::kWord);
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return SkipNumber();
    if (c == '?') return SkipOne(TokenKind::kParameter);
    if (c == ':' && (Peek(1) == ':' || Peek(1) == '=')) {
      at_ += 2;
      return TokenKind::kOperator;
    }
    if (IsOperator(c)) return SkipOperator();
    if (std::string_view("()[]{},;.:").contains(c)) return SkipOne(TokenKind::kPunctuation);
    auto failure = Fail(ErrorKind::kInvalid, fmt::format("unexpected character 0x{:02x}",
                                                         static_cast<unsigned char>(c)));
    failure.error().position = CharacterOffset(sql_, at_);
    return failure;
  }

  TokenKind SkipOne(TokenKind kind) {
    ++at_;
    return kind;
  }

  template <class Predicate>
  TokenKind SkipWhile(Predicate predicate, TokenKind kind) {
    while (at_ < sql_.size() && predicate(Peek())) ++at_;
    return kind;
  }

  Result<TokenKind> SkipQuoted(char quote, bool escapes, TokenKind kind) {
    const std::size_t begin = at_++;
    while (at_ < sql_.size()) {
      const char c = Peek();
      const bool escaped = escapes && c == '\\';
      if (escaped || (c == quote && Peek(1) == quote)) {
        at_ += 2;
      } else if (c == quote) {
        ++at_;
        return kind;
      } else {
        ++at_;
      }
    }
    at_ = sql_.size();
    return Unterminated(kind == TokenKind::kString ? "string" : "quoted identifier", begin);
  }

  // `$1`, `$name`, or the start of a dollar-quoted string.
  Result<TokenKind> SkipDollar() {
    const std::size_t begin = at_++;
    if (IsDigit(Peek())) return SkipWhile(IsDigit, TokenKind::kParameter);
    while (IsWordStart(Peek()) || (at_ > begin + 1 && IsDigit(Peek()))) ++at_;
    if (Peek() != '$') {
      if (at_ > begin + 1) return TokenKind::kParameter;
      return TokenKind::kOperator;
    }
    const std::string_view tag = sql_.substr(begin, ++at_ - begin);
    const std::size_t close = sql_.find(tag, at_);
    if (close == std::string_view::npos) return Unterminated("dollar-quoted string", begin);
    at_ = close + tag.size();
    return TokenKind::kString;
  }

  TokenKind SkipNumber() {
    bool exponent = false;
    const bool radix =
        Peek() == '0' && std::string_view("xXbBoO").contains(Peek(1)) && Peek(1) != '\0';
    while (at_ < sql_.size()) {
      const char c = Peek();
      const bool sign = (c == '+' || c == '-') && exponent;
      // `1..2` is not a number with two points in any grammar here; stop before the second.
      if (!IsDigit(c) && c != '.' && c != '_' && !IsWordStart(c) && !sign) break;
      exponent = !radix && (c == 'e' || c == 'E');
      ++at_;
    }
    return TokenKind::kNumber;
  }

  TokenKind SkipOperator() {
    while (at_ < sql_.size() && IsOperator(Peek())) {
      // A comment ends an operator.
      if ((Peek() == '-' && Peek(1) == '-') || (Peek() == '/' && Peek(1) == '*')) break;
      ++at_;
    }
    return TokenKind::kOperator;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

char Unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return c;
  }
}

std::string Undouble(std::string_view inner, char quote, bool escapes) {
  std::string text;
  text.reserve(inner.size());
  for (std::size_t i = 0; i < inner.size(); ++i) {
    char c = inner[i];
    if (escapes && c == '\\' && i + 1 < inner.size()) {
      c = Unescape(inner[++i]);
    } else if (c == quote) {
      ++i;  // the second of a doubled quote
    }
    text.push_back(c);
  }
  return text;
}

std::string Quote(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    out.push_back(c);
    if (c == quote) out.push_back(quote);
  }
  out.push_back(quote);
  return out;
}

}  // namespace

Result<std::vector<Token>> Tokenize(std::string_view sql) {
  if (sql.size() > kSqlBytesMax) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("the statement has {} bytes, more than {}", sql.size(), kSqlBytesMax));
  }
  return Scanner(sql).Run();
}

Result<std::vector<Piece>> SplitStatements(std::string_view text) {
  const std::vector<Token> tokens = TRY(Tokenize(text));
  std::vector<Piece> pieces;
  std::vector<Token> run;
  const auto close = [&] {
    if (run.empty()) return;
    const std::size_t begin = run.front().begin;
    Piece piece{text.substr(begin, run.back().end - begin), begin, CharacterOffset(text, begin),
                std::move(run)};
    for (Token& token : piece.tokens) {
      token.begin -= begin;
      token.end -= begin;
    }
    pieces.push_back(std::move(piece));
    run.clear();
  };
  for (const Token& token : tokens) {
    if (token.In(text) == ";") {
      close();
    } else {
      run.push_back(token);
    }
  }
  close();
  return pieces;
}

bool IsWord(std::string_view sql, const Token& token, std::string_view word) {
  return token.kind == TokenKind::kWord &&
         std::ranges::equal(token.In(sql), word, {}, Lower, std::identity{});
}

std::string Identifier(std::string_view sql, const Token& token) {
  const std::string_view text = token.In(sql);
  if (token.kind == TokenKind::kQuoted)
    return Undouble(text.substr(1, text.size() - 2), '"', false);
  std::string name(text);
  std::ranges::transform(name, name.begin(), Lower);
  return name;
}

std::string StringValue(std::string_view sql, const Token& token) {
  std::string_view text = token.In(sql);
  if (text.starts_with('$')) {
    const std::size_t tag = text.find('$', 1) + 1;
    return std::string(text.substr(tag, text.size() - 2 * tag));
  }
  const bool escapes = text.front() != '\'';
  if (escapes) text.remove_prefix(1);
  return Undouble(text.substr(1, text.size() - 2), '\'', escapes);
}

std::string QuoteIdentifier(std::string_view name) { return Quote(name, '"'); }

std::string QuoteLiteral(std::string_view text) { return Quote(text, '\''); }

}  // namespace neuralake::query
