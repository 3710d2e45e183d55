#include "neuralake/serve/pgwire/statement.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/catalog_sql.h"
#include "neuralake/serve/pgwire/parameters.h"

namespace neuralake::serve {
namespace {

constexpr std::array<std::string_view, 4> kReading = {"select", "values", "table", "from"};
constexpr std::array<std::string_view, 11> kChanging = {"insert",   "update", "delete",   "merge",
                                                        "create",   "alter",  "truncate", "drop",
                                                        "optimize", "vacuum", "restore"};

/// The position of `$3`, from 0.
std::optional<std::size_t> ParameterIndex(std::string_view text) {
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  if (!text.starts_with('$') || error != std::errc{} || number == 0) return std::nullopt;
  return number - 1;
}

/// Walks over a statement, counting characters.
class Walk {
 public:
  explicit Walk(const query::Piece& piece) : piece_(piece), position_(piece.characters_before) {}

  /// Copy all up to byte `end` into `text`; where `end` stands.
  std::int64_t CopyTo(std::size_t end, RewrittenText& text) {
    if (end > byte_) text.Copy(piece_.sql.substr(byte_, end - byte_), position_);
    return PassTo(end);
  }

  std::int64_t PassTo(std::size_t end) {
    position_ += query::CharacterOffset(piece_.sql.substr(byte_), end - byte_);
    byte_ = end;
    return position_;
  }

 private:
  const query::Piece& piece_;
  std::size_t byte_ = 0;
  std::int64_t position_;
};

/// The statement with a cast around each parameter whose value travels as text but is none.
RewrittenText CastParameters(const query::Piece& piece, const std::vector<std::uint32_t>& types) {
  RewrittenText text;
  Walk walk(piece);
  for (const query::Token& token : piece.tokens) {
    if (token.kind != query::TokenKind::kParameter) continue;
    const auto index = ParameterIndex(token.In(piece.sql));
    const std::uint32_t type = index && *index < types.size() ? types[*index] : 0;
    const bool as_text = ElementOidOf(type) || type == 1083 || type == 1186 || type == 2950;
    if (!as_text) continue;
    const std::int64_t from = walk.CopyTo(token.begin, text);
    text.Make(fmt::format("CAST({} AS {})", token.In(piece.sql), SqlNameOfOid(type)), from);
    walk.PassTo(token.end);
  }
  walk.CopyTo(piece.sql.size(), text);
  return text;
}

bool BeginsWith(const query::Piece& piece, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return query::IsWord(piece.sql, piece.tokens[0], word);
  });
}

/// `ParseSessionWord`, with the positions of errors in what was sent.
Result<std::optional<SessionWord>> ReadWord(const query::Piece& piece) {
  auto word = ParseSessionWord(piece);
  if (!word && word.error().position >= 0) word.error().position += piece.characters_before;
  return word;
}

/// The query of a cursor, which begins at token `first` of its DECLARE.
Status ReadCursor(const query::Piece& piece, std::size_t first, PgStatement& statement) {
  const std::size_t begin = piece.tokens[first].begin;
  auto pieces = TRY(query::SplitStatements(piece.sql.substr(begin)));
  query::Piece& own = pieces.at(0);
  own.characters_before += piece.characters_before + query::CharacterOffset(piece.sql, begin);
  // Seen before it is read: a DECLARE within a DECLARE would nest as deep as the text is long.
  const auto word = ParseSessionWord(own);
  if (word && word->has_value()) {
    return Fail(ErrorKind::kInvalid, "DECLARE CURSOR must be followed by a query");
  }
  PgStatement query = TRY(ReadStatement(own, statement.types));
  if (query.word || query.changes) {
    return Fail(ErrorKind::kInvalid, "DECLARE CURSOR must be followed by a query");
  }
  statement.query = std::make_shared<PgStatement>(std::move(query));
  return {};
}

}  // namespace

std::size_t CountParameters(const query::Piece& piece) {
  std::size_t count = 0;
  for (const query::Token& token : piece.tokens) {
    if (token.kind != query::TokenKind::kParameter) continue;
    if (const auto index = ParameterIndex(token.In(piece.sql))) count = std::max(count, *index + 1);
  }
  return count;
}

Result<PgStatement> ReadStatement(const query::Piece& piece, std::vector<std::uint32_t> types) {
  PgStatement statement;
  statement.types = std::move(types);
  const std::size_t count = CountParameters(piece);
  if (count > kParametersMax) {
    return Fail(ErrorKind::kInvalid, fmt::format("parameter ${} is beyond the {} that there may be",
                                                 count, kParametersMax));
  }
  statement.types.resize(std::max(statement.types.size(), count));
  statement.word = TRY(ReadWord(piece));
  if (statement.word) {
    statement.target = PgTarget::kSession;
    if (const auto* declare = std::get_if<DeclareWord>(&*statement.word)) {
      TRY(ReadCursor(piece, declare->query_token, statement));
    }
    return statement;
  }
  statement.changes = BeginsWith(piece, kChanging);
  statement.may_start_early = BeginsWith(piece, kReading);
  if (AsksCatalog(piece)) {
    statement.target = PgTarget::kCatalog;
    CatalogText catalog = TRY(RewriteForCatalog(piece, statement.types.size()));
    statement.text = std::move(catalog.text);
    statement.asks_settings = catalog.asks_settings;
  } else {
    statement.target = PgTarget::kEngine;
    statement.text = CastParameters(piece, statement.types);
  }
  return statement;
}

Result<PgStatement> ReadSingleStatement(std::string_view sql, std::vector<std::uint32_t> types) {
  const auto pieces = TRY(query::SplitStatements(sql));
  if (pieces.empty()) return PgStatement{};
  if (pieces.size() > 1) {
    return Fail(ErrorKind::kInvalid, "cannot insert multiple commands into a prepared statement");
  }
  return ReadStatement(pieces[0], std::move(types));
}

Result<PgBound> BindParameters(const PgStatement& statement, const PgBind& bind) {
  if (bind.parameters.size() != statement.types.size()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("bind message supplies {} parameters, but the statement requires {}",
                            bind.parameters.size(), statement.types.size()));
  }
  PgBound bound{statement.text, {}};
  for (std::size_t i = 0; i < bind.parameters.size(); ++i) {
    std::uint32_t type = statement.types[i];
    if (type == 0 && statement.description && i < statement.description->parameters.size()) {
      const auto& inferred = statement.description->parameters[i];
      const bool plain = inferred.id != columnar::TypeId::kVoid && !inferred.is_nested();
      if (plain || ElementOidOf(OidOf(inferred))) type = OidOf(inferred);
    }
    auto value = ParameterValue(type, FormatAt(bind.parameter_formats, i), bind.parameters[i]);
    if (!value) return Annotate(std::move(value.error()), fmt::format("${}", i + 1));
    bound.parameters.push_back(*std::move(value));
  }
  return bound;
}

}  // namespace neuralake::serve
