#include "neuralake/serve/pgcatalog/catalog_sql.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "neuralake/base/characters.h"

namespace neuralake::serve {
namespace {

using query::Piece;
using query::Token;
using query::TokenKind;

/// Functions about the session or the catalog; a statement with one of them and no FROM is for the
/// system catalog.
constexpr std::array<std::string_view, 24> kFunctions = {
    "version",
    "current_schema",
    "current_schemas",
    "current_database",
    "current_setting",
    "set_config",
    "format_type",
    "obj_description",
    "col_description",
    "shobj_description",
    "has_table_privilege",
    "has_schema_privilege",
    "has_database_privilege",
    "has_column_privilege",
    "has_any_column_privilege",
    "has_function_privilege",
    "to_regclass",
    "to_regtype",
    "to_regnamespace",
    "inet_server_addr",
    "inet_server_port",
    "inet_client_addr",
    "txid_current",
    "quote_ident",
};

/// The same without parentheses.
constexpr std::array<std::string_view, 6> kBareFunctions = {
    "current_user", "session_user", "current_role", "current_catalog", "current_schema", "user"};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The tokens of a statement, by their names.
class Tokens {
 public:
  explicit Tokens(const Piece& piece) : piece_(piece) {}

  std::size_t size() const { return piece_.tokens.size(); }
  std::string_view Text(std::size_t i) const {
    return i < size() ? piece_.tokens[i].In(piece_.sql) : "";
  }
  bool IsName(std::size_t i) const {
    return i < size() && (piece_.tokens[i].kind == TokenKind::kWord ||
                          piece_.tokens[i].kind == TokenKind::kQuoted);
  }
  bool IsWord(std::size_t i, std::string_view word) const {
    return i < size() && query::IsWord(piece_.sql, piece_.tokens[i], word);
  }
  /// The name that token `i` stands for; empty when it stands for none.
  std::string Name(std::size_t i) const {
    return IsName(i) ? query::Identifier(piece_.sql, piece_.tokens[i]) : "";
  }
  /// Whether token `i` is `name` and a point follows.
  bool IsSchema(std::size_t i, std::string_view name) const {
    return Text(i + 1) == "." && Name(i) == name;
  }
  TokenKind Kind(std::size_t i) const { return piece_.tokens[i].kind; }

  /// Where each token begins in what was sent, in characters.
  std::vector<std::int64_t> Positions() const {
    std::vector<std::int64_t> positions;
    positions.reserve(size());
    std::size_t counted = 0;
    std::int64_t characters = piece_.characters_before;
    for (const Token& token : piece_.tokens) {
      characters += CharacterOffset(piece_.sql.substr(counted), token.begin - counted);
      counted = token.begin;
      positions.push_back(characters);
    }
    return positions;
  }

 private:
  const Piece& piece_;
};

/// The words that end a list of relations.
constexpr std::array<std::string_view, 16> kAfterFrom = {
    "select", "where", "group",     "having", "order", "limit", "offset", "fetch",
    "window", "union", "intersect", "except", "for",   "set",   "values", "returning"};

/// Tells, token after token, where a relation may be named: after FROM and JOIN, and after the
/// commas of a FROM list. The FROM of `extract(hour FROM at)` and `a IS DISTINCT FROM b` begins no
/// list.
class FromLists {
 public:
  explicit FromLists(const Tokens& tokens) : tokens_(tokens) {}

  /// Whether token `i` may name a relation; to be asked of each token in turn.
  bool Relation(std::size_t i) {
    const bool relation = relation_next_;
    relation_next_ = false;
    if (tokens_.Text(i) == "(") {
      levels_.emplace_back();
    } else if (tokens_.Text(i) == ")") {
      if (levels_.size() > 1) levels_.pop_back();
    } else if (tokens_.Text(i) == ",") {
      relation_next_ = levels_.back().in_list;
    } else if (tokens_.IsWord(i, "join")) {
      relation_next_ = true;
    } else if (tokens_.IsWord(i, "from") && BeginsList(i)) {
      relation_next_ = true;
      levels_.back().in_list = true;
    } else if (tokens_.Kind(i) == TokenKind::kWord && Contains(kAfterFrom, tokens_.Name(i))) {
      levels_.back().in_list = false;
      levels_.back().has_select = levels_.back().has_select || tokens_.IsWord(i, "select");
    }
    return relation;
  }

 private:
  struct Level {
    bool has_select = false;
    bool in_list = false;
  };

  bool BeginsList(std::size_t i) const {
    if (i > 0 && tokens_.IsWord(i - 1, "distinct")) return false;
    const bool first = i == 0 || tokens_.Text(i - 1) == "(";
    return first || levels_.size() == 1 || levels_.back().has_select;
  }

  const Tokens& tokens_;
  std::vector<Level> levels_ = {{}};  ///< One an open parenthesis, and the statement's own.
  bool relation_next_ = false;
};

bool NamesCatalog(const Tokens& tokens, std::size_t i, bool is_relation) {
  if (tokens.IsSchema(i, "pg_catalog") || tokens.IsSchema(i, "information_schema")) return true;
  // A relation of the system without its schema; behind a point it is somebody's own.
  return is_relation && tokens.Name(i).starts_with("pg_") && tokens.Text(i + 1) != ".";
}

bool IsAboutSession(const Tokens& tokens, std::size_t i) {
  if (!tokens.IsName(i) || (i > 0 && tokens.Text(i - 1) == ".")) return false;
  const std::string name = tokens.Name(i);
  if (tokens.Text(i + 1) == "(") return Contains(kFunctions, name) || name.starts_with("pg_");
  if (i > 0 && tokens.Text(i - 1) == "::") return name.starts_with("reg");
  return Contains(kBareFunctions, name);
}

/// Writes the statement anew, token by token.
class Rewriter {
 public:
  Rewriter(const Piece& piece, std::size_t parameters) : tokens_(piece), parameters_(parameters) {}

  Result<CatalogText> Run() {
    FindSeries();
    while (at_ < tokens_.size()) TRY(Step());
    const std::vector<std::int64_t> positions = tokens_.Positions();
    CatalogText made{{}, asks_settings_};
    RewrittenText& text = made.text;
    for (const Part& part : out_) {
      const std::int64_t from = positions[part.token];
      if (!text.sql().empty()) text.Make(" ", from);
      if (part.copied) {
        text.Copy(part.text, from);
      } else {
        text.Make(part.text, from);
      }
    }
    return made;
  }

 private:
  /// What is written for a token, or for several that begin with it.
  struct Part {
    std::string text;
    std::size_t token = 0;
    bool copied = false;
  };

  void Put(std::string text) { out_.push_back({std::move(text), at_, false}); }

  Status Step() {
    if (tokens_.IsSchema(at_, "pg_catalog")) {
      at_ += 2;
    } else if (tokens_.IsSchema(at_, "information_schema")) {
      Put(query::QuoteIdentifier("information_schema." + tokens_.Name(at_ + 2)));
      at_ += 3;
    } else if (tokens_.IsWord(at_, "operator") && tokens_.Text(at_ + 1) == "(") {
      Operator();
    } else if (tokens_.IsWord(at_, "collate")) {
      at_ += tokens_.Text(at_ + 2) == "." ? 4 : 2;
    } else if (tokens_.Text(at_) == "::") {
      return Cast();
    } else {
      Plain();
    }
    return {};
  }

  // `FROM generate_series(0, 3) s`: there `s` names the column too, here it would be a row.
  void FindSeries() {
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      const bool series = tokens_.IsWord(i, "generate_series") || tokens_.IsWord(i, "unnest");
      if (!series || tokens_.Text(i + 1) != "(") continue;
      const std::size_t before = tokens_.IsSchema(i - 2, "pg_catalog") && i > 2 ? i - 3 : i - 1;
      const bool relation = tokens_.IsWord(before, "from") || tokens_.IsWord(before, "join") ||
                            tokens_.IsWord(before, "lateral");
      if (!relation) continue;
      std::size_t end = i + 1;
      for (std::size_t depth = 0; end < tokens_.size(); ++end) {
        if (tokens_.Text(end) == "(") ++depth;
        if (tokens_.Text(end) == ")" && --depth == 0) break;
      }
      if (tokens_.IsWord(end + 1, "as")) ++end;
      const bool alias = tokens_.IsName(end + 1) && !tokens_.IsWord(end + 1, "where") &&
                         !tokens_.IsWord(end + 1, "join") && tokens_.Text(end + 2) != "(";
      if (alias) series_.push_back(end + 1);
    }
  }

  // `OPERATOR(pg_catalog.~)`: the operator is the last before the parenthesis.
  void Operator() {
    while (at_ < tokens_.size() && tokens_.Text(at_) != ")") ++at_;
    out_.push_back({WithoutCase(tokens_.Text(at_ - 1)), at_ - 1, false});
    ++at_;
  }

  // DuckDB has no operators that match without case.
  static std::string WithoutCase(std::string_view text) {
    if (text == "~*") return "~";
    if (text == "!~*") return "!~";
    return std::string(text);
  }

  void Plain() {
    const std::string name = tokens_.Name(at_);
    const bool called = tokens_.Text(at_ + 1) == "(";
    const bool qualified = at_ > 0 && tokens_.Text(at_ - 1) == ".";
    if (!called && !qualified && tokens_.Kind(at_) == TokenKind::kWord &&
        Contains(kBareFunctions, name) && name != "user") {
      Put(name + "()");
    } else if (tokens_.Kind(at_) == TokenKind::kOperator) {
      Put(WithoutCase(tokens_.Text(at_)));
    } else {
      out_.push_back({std::string(tokens_.Text(at_)), at_, true});
    }
    if (called && name == "current_setting") {
      // The settings of the session go before the name of the one that is asked for.
      asks_settings_ = true;
      ++at_;
      Put("(");
      Put(fmt::format("${}, ${},", parameters_ + 1, parameters_ + 2));
    }
    if (std::ranges::find(series_, at_) != series_.end()) {
      Put(fmt::format("({})", tokens_.Text(at_)));
    }
    ++at_;
  }

  Status Cast() {
    const std::size_t operation = at_++;
    if (tokens_.IsSchema(at_, "pg_catalog")) at_ += 2;
    const std::string type = tokens_.Name(at_);
    const bool array = tokens_.Text(at_ + 1) == "[" && tokens_.Text(at_ + 2) == "]";
    if (type.starts_with("reg") && !array) {
      ++at_;
      return RegisteredCast(type);
    }
    out_.push_back({"::", operation, false});
    if (type == "name" || type == "char" || type == "cstring" || type == "xid") {
      Put("VARCHAR");
      ++at_;
    } else if (type == "oid") {
      Put("BIGINT");
      ++at_;
    }
    return {};
  }

  // `'t'::regclass` asks for a number, `x::regclass` for a name.
  Status RegisteredCast(const std::string& type) {
    const std::size_t begin = OperandBegin();
    if (begin == out_.size()) {
      return Fail(ErrorKind::kInvalid, fmt::format("a cast to {} has nothing before it", type));
    }
    std::string operand;
    for (std::size_t i = begin; i < out_.size(); ++i) {
      operand += (i > begin ? " " : "") + out_[i].text;
    }
    const bool literal = operand.starts_with('\'') || operand.starts_with('$');
    const std::size_t token = out_[begin].token;
    out_.resize(begin);
    out_.push_back({fmt::format("{}_{}({})", type, literal ? "in" : "out", operand), token, false});
    return {};
  }

  /// Where the operand that ends the output so far begins: a name with its points, a literal, or
  /// parentheses with the function's name before them.
  std::size_t OperandBegin() const {
    std::size_t begin = out_.size();
    if (begin == 0) return begin;
    if (IsText(begin - 1, ")") || IsText(begin - 1, "]")) {
      std::size_t depth = 0;
      do {
        --begin;
        if (IsText(begin, ")") || IsText(begin, "]")) ++depth;
        if (IsText(begin, "(") || IsText(begin, "[")) --depth;
      } while (begin > 0 && depth > 0);
      if (begin == 0 || !IsNameText(out_[begin - 1].text)) return begin;
    }
    --begin;
    while (begin >= 2 && IsText(begin - 1, ".")) begin -= 2;
    return begin;
  }

  bool IsText(std::size_t part, std::string_view text) const { return out_[part].text == text; }

  static bool IsNameText(std::string_view text) {
    constexpr std::array<std::string_view, 12> kNot = {
        "select", "where", "and", "or", "in", "any", "then", "else", "when", "on", "not", "case"};
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool name = lower.front() == '"' || lower.front() == '_' ||
                      (lower.front() >= 'a' && lower.front() <= 'z');
    return name && !Contains(kNot, lower);
  }

  const Tokens tokens_;
  const std::size_t parameters_;
  bool asks_settings_ = false;
  std::size_t at_ = 0;
  std::vector<std::size_t> series_;  ///< Names of series, which their columns take over.
  std::vector<Part> out_;
};

}  // namespace

bool AsksCatalog(const Piece& piece) {
  const Tokens tokens(piece);
  FromLists lists(tokens);
  bool about_session = false;
  bool from = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (NamesCatalog(tokens, i, lists.Relation(i))) return true;
    from = from || tokens.IsWord(i, "from");
    about_session = about_session || IsAboutSession(tokens, i);
  }
  return about_session && !from;
}

Result<CatalogText> RewriteForCatalog(const Piece& piece, std::size_t parameters) {
  return Rewriter(piece, parameters).Run();
}

}  // namespace neuralake::serve
