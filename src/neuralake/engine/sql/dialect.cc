#include "neuralake/engine/sql/dialect.h"

#include <algorithm>
#include <array>
#include <optional>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/sql/tokens.h"

namespace neuralake::engine {
namespace {

bool Is(const std::vector<Token>& tokens, std::size_t i, std::string_view word) {
  return i < tokens.size() && tokens[i].lower == word;
}

// The last token of `VERSION AS OF` before a number, of `TIMESTAMP AS OF` before a string, or of
// either before a parameter, that begins at `i`; nothing when it is none. A number may have a sign:
// what becomes of it names the version, where a syntax error would name the word `AS`.
std::optional<std::size_t> SpokenEnd(const std::vector<Token>& tokens, std::size_t i) {
  const bool version = Is(tokens, i, "version");
  if (!version && !Is(tokens, i, "timestamp")) return std::nullopt;
  if (!Is(tokens, i + 1, "as") || !Is(tokens, i + 2, "of")) return std::nullopt;
  const std::size_t at = version && Is(tokens, i + 3, "-") ? i + 4 : i + 3;
  if (at >= tokens.size()) return std::nullopt;
  const Token& moment = tokens[at];
  if (at == i + 3 && (moment.lower.starts_with('$') || moment.lower == "?")) return at;
  const auto wanted = version ? TokenKind::kNumber : TokenKind::kString;
  return moment.kind == wanted ? std::optional(at) : std::nullopt;
}

struct Listing {
  std::string_view word;
  std::string_view sql;
};

constexpr std::array kListings = {
    Listing{"tables",
            "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
            "WHERE table_catalog = 'neuralake' ORDER BY name"},
    Listing{"databases",
            "SELECT schema_name AS database_name FROM information_schema.schemata "
            "WHERE catalog_name = 'neuralake' ORDER BY database_name"},
    Listing{"schemas",
            "SELECT schema_name FROM information_schema.schemata "
            "WHERE catalog_name = 'neuralake' ORDER BY schema_name"},
};

// What `SHOW TABLES`, without a schema, and its like ask for. A column can be called `show` behind
// a point alone.
const Listing* ShownListing(const std::vector<Token>& tokens, std::size_t i) {
  if (!Is(tokens, i, "show") || (i > 0 && Is(tokens, i - 1, "."))) return nullptr;
  if (Is(tokens, i + 2, "from") || Is(tokens, i + 2, "in")) return nullptr;
  const auto found = std::ranges::find_if(
      kListings, [&](const Listing& listing) { return Is(tokens, i + 1, listing.word); });
  return found == kListings.end() ? nullptr : &*found;
}

// The last token of `AT (VERSION => …)` that begins at `i`; nothing when it is none.
std::optional<std::size_t> AtClauseEnd(const std::vector<Token>& tokens, std::size_t i) {
  if (!Is(tokens, i, "at") || !Is(tokens, i + 1, "(")) return std::nullopt;
  if (!Is(tokens, i + 2, "version") && !Is(tokens, i + 2, "timestamp")) return std::nullopt;
  std::size_t open = 0;
  for (std::size_t at = i + 1; at < tokens.size(); ++at) {
    if (tokens[at].lower == "(") ++open;
    if (tokens[at].lower == ")" && --open == 0) return at;
  }
  return std::nullopt;
}

// How many tokens from `i` name the table anew.
std::size_t AliasLength(const std::vector<Token>& tokens, std::size_t i) {
  if (Is(tokens, i, "as") && i + 1 < tokens.size()) return 2;
  return i < tokens.size() && tokens[i].kind == TokenKind::kIdentifier ? 1 : 0;
}

/// Puts the new statement together.
class Builder {
 public:
  explicit Builder(std::string_view original) : original_(original) {}

  void Copy(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    out_.pieces.push_back({out_.sql.size(), begin, true});
    out_.sql += original_.substr(begin, end - begin);
  }
  void Make(std::string_view text, std::size_t from) {
    out_.pieces.push_back({out_.sql.size(), from, false});
    out_.sql += text;
  }
  RewrittenSql Take() { return std::move(out_); }

 private:
  std::string_view original_;
  RewrittenSql out_;
};

}  // namespace

std::size_t RewrittenSql::Original(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(pieces, offset, {}, &Piece::at);
  if (after == pieces.begin()) return offset;
  const Piece& piece = *std::prev(after);
  return piece.copied ? piece.from + (offset - piece.at) : piece.from;
}

RewrittenSql RewriteDialect(std::string_view sql) {
  // The words are rare: most statements need no second look at their tokens.
  const auto lower = duckdb::StringUtil::Lower(std::string(sql));
  if (!lower.contains("version") && !lower.contains("timestamp") && !lower.contains("show")) {
    return {std::string(sql), {}};
  }
  const auto tokens = Tokens(sql);
  Builder builder(sql);
  std::size_t copied = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (const auto* listing = ShownListing(tokens, i)) {
      builder.Copy(copied, tokens[i].begin);
      builder.Make(listing->sql, tokens[i].begin);
      copied = tokens[i + 1].end;
      continue;
    }
    const auto words = SpokenEnd(tokens, i);
    const bool spoken = words.has_value();
    const auto clause = spoken ? words : AtClauseEnd(tokens, i);
    if (!clause) continue;
    const std::size_t alias = AliasLength(tokens, *clause + 1);
    if (!spoken && alias == 0) continue;
    const Token& last = tokens[*clause + alias];
    builder.Copy(copied, tokens[i].begin);
    if (alias > 0) {
      builder.Copy(tokens[*clause + 1].begin, last.end);
      builder.Make(" ", last.end);
    }
    if (spoken) {
      builder.Make("AT (" + tokens[i].lower + " => ", tokens[i].begin);
      builder.Copy(tokens[i + 3].begin, tokens[*clause].end);
      builder.Make(")", tokens[*clause].end);
    } else {
      builder.Copy(tokens[i].begin, tokens[*clause].end);
    }
    copied = last.end;
    i = *clause + alias;
  }
  if (copied == 0) return {std::string(sql), {}};
  builder.Copy(copied, sql.size());
  return builder.Take();
}

}  // namespace neuralake::engine
