#include "neuralake/serve/pgwire/statement.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "neuralake/base/characters.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgcatalog/catalog_sql.h"
#include "neuralake/serve/pgvalue/types.h"
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

constexpr std::uint32_t kOidTextArray = 1009;
constexpr std::uint32_t kOidNumeric = 1700;
constexpr std::uint32_t kOidNumericArray = 1231;

/// Whether the value of a parameter of this type travels as text but is none.
bool TravelsAsText(std::uint32_t type) {
  return ElementOidOf(type) || type == 1083 || type == 1186 || type == 2950;
}

/// A cast of the parameter `$n`, as the engine writes it in the names of columns.
std::string Cast(std::size_t index, std::uint32_t type) {
  const std::string name = type == kOidNumeric ? "DECIMAL(18,3)" : SqlNameOfOid(type);
  return fmt::format("CAST(${} AS {})", index + 1, name);
}

/// Go over the parameters of `piece`: `write` puts one, whose number is known, into a text or tells
/// that it stays as it stands.
template <class Write>
void WriteText(const query::Piece& piece, RewrittenText& text, Write write) {
  std::size_t copied = 0;
  std::int64_t position = piece.characters_before;
  const auto pass_to = [&](std::size_t end) {
    position += CharacterOffset(piece.sql.substr(copied), end - copied);
    copied = end;
  };
  for (const query::Token& token : piece.tokens) {
    if (token.kind != query::TokenKind::kParameter) continue;
    const auto index = ParameterIndex(token.In(piece.sql));
    if (!index) continue;
    const std::string_view before = piece.sql.substr(copied, token.begin - copied);
    const std::int64_t from = position;
    pass_to(token.begin);
    text.Copy(before, from);
    write(*index, token.In(piece.sql), position);
    pass_to(token.end);
  }
  text.Copy(piece.sql.substr(copied), position);
}

/// The text of a statement for the engine, with a cast around each parameter whose value travels as
/// text but is none.
void ReadText(const query::Piece& piece, PgStatement& statement) {
  RewrittenText& text = statement.text;
  WriteText(piece, text, [&](std::size_t index, std::string_view sent, std::int64_t from) {
    const std::uint32_t type = statement.types[index];
    if (!TravelsAsText(type)) {
      text.Copy(sent, from);
      return;
    }
    text.Make(fmt::format("CAST({} AS ", sent), from);
    const std::size_t name = text.Make(SqlNameOfOid(type), from);
    text.Make(")", from);
    if (type == kOidNumericArray) statement.numeric_arrays.push_back({index, name});
  });
  if (statement.types.empty()) return;
  auto& [typed, open] = statement.typed.emplace();
  WriteText(piece, typed, [&](std::size_t index, std::string_view sent, std::int64_t from) {
    const std::uint32_t type = statement.types[index];
    const bool known = !SqlNameOfOid(type).empty();
    const std::size_t written = typed.Make(known ? Cast(index, type) : std::string(sent), from);
    if (!known) open.push_back({index, written});
  });
}

/// Give parameters without a type that stand alone behind ANY, ALL or SOME, where an array is
/// wanted, that of an array of texts: drivers do not say of texts what they are.
void InferArrays(const query::Piece& piece, std::vector<std::uint32_t>& types) {
  const auto& tokens = piece.tokens;
  for (std::size_t i = 2; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != query::TokenKind::kParameter) continue;
    if (tokens[i - 1].In(piece.sql) != "(" || tokens[i + 1].In(piece.sql) != ")") continue;
    const auto is = [&](std::string_view word) {
      return query::IsWord(piece.sql, tokens[i - 2], word);
    };
    if (!is("any") && !is("all") && !is("some")) continue;
    const auto index = ParameterIndex(tokens[i].In(piece.sql));
    if (index && types[*index] == 0) types[*index] = kOidTextArray;
  }
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
  own.characters_before += piece.characters_before + CharacterOffset(piece.sql, begin);
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
  InferArrays(piece, statement.types);
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
    ReadText(piece, statement);
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

RewrittenText TypedText(const PgStatement& statement, const engine::Description* inferred) {
  RewrittenText text = statement.typed->text;
  for (const auto& [parameter, piece] : statement.typed->open) {
    const bool known = inferred != nullptr && parameter < inferred->parameters.size() &&
                       inferred->parameters[parameter].id != columnar::TypeId::kVoid;
    if (!known) text.Replace(piece, Cast(parameter, kOidText));
  }
  return text;
}

void ForgetCasts(const PgStatement& statement, engine::Description& description) {
  for (std::size_t i = 0; i < statement.types.size(); ++i) {
    const std::uint32_t type = statement.types[i] == 0 ? kOidText : statement.types[i];
    if (TravelsAsText(type)) continue;
    const std::string cast = Cast(i, type);
    const std::string plain = fmt::format("${}", i + 1);
    for (auto& field : description.columns.fields) {
      for (std::size_t at = 0; (at = field.name.find(cast, at)) != std::string::npos;) {
        field.name.replace(at, cast.size(), plain);
      }
    }
  }
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
  for (const auto& [parameter, piece] : statement.numeric_arrays) {
    const auto* list = std::get_if<std::string>(&bound.parameters[parameter].data);
    if (list != nullptr) bound.text.Replace(piece, NumericListType(*list));
  }
  return bound;
}

}  // namespace neuralake::serve
