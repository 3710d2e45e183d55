#include "neuralake/serve/pgwire/statement.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "neuralake/base/characters.h"
#include "neuralake/query/limits.h"
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

std::unexpected<Error> TooLong() {
  return Coded(Fail(ErrorKind::kResourceExhausted,
                    fmt::format("the statement names parameters in too many places: with their "
                                "types it is longer than {} bytes",
                                query::kSqlBytesMax)),
               "54000");
}

/// The text of a statement for the engine, with a cast around each parameter whose value travels as
/// text but is none.
Status ReadText(const query::Piece& piece, PgStatement& statement) {
  RewrittenText& text = statement.text;
  std::size_t copied = 0;
  std::int64_t position = piece.characters_before;
  const auto pass_to = [&](std::size_t end) {
    position += CharacterOffset(piece.sql.substr(copied), end - copied);
    copied = end;
  };
  for (const query::Token& token : piece.tokens) {
    if (token.kind != query::TokenKind::kParameter) continue;
    const auto index = ParameterIndex(token.In(piece.sql));
    if (!index || !TravelsAsText(statement.types[*index])) continue;
    if (text.sql().size() > query::kSqlBytesMax) return TooLong();
    const std::uint32_t type = statement.types[*index];
    const std::int64_t from = position;
    const std::string_view before = piece.sql.substr(copied, token.begin - copied);
    pass_to(token.begin);
    text.Copy(before, from);
    text.Make(fmt::format("CAST({} AS ", token.In(piece.sql)), position);
    const std::size_t name = text.Make(SqlNameOfOid(type), position);
    text.Make(")", position);
    if (type == kOidNumericArray) statement.numeric_arrays.push_back({*index, name});
    pass_to(token.end);
  }
  text.Copy(piece.sql.substr(copied), position);
  return text.sql().size() > query::kSqlBytesMax ? TooLong() : Status();
}

/// The parameter that stands alone behind the ANY, ALL or SOME at token `i`, where a list is
/// wanted.
std::optional<std::size_t> ListAt(std::string_view sql, std::span<const query::Token> tokens,
                                  std::size_t i) {
  if (i + 3 >= tokens.size() || tokens[i + 2].kind != query::TokenKind::kParameter) {
    return std::nullopt;
  }
  const auto is = [&](std::string_view word) { return query::IsWord(sql, tokens[i], word); };
  if (!is("any") && !is("all") && !is("some")) return std::nullopt;
  if (tokens[i + 1].In(sql) != "(" || tokens[i + 3].In(sql) != ")") return std::nullopt;
  return ParameterIndex(tokens[i + 2].In(sql));
}

/// Give lists without a type that of lists of texts: drivers do not say of texts what they are.
/// \returns their parameters
std::vector<std::size_t> InferLists(const query::Piece& piece, std::vector<std::uint32_t>& types) {
  std::vector<std::size_t> lists;
  for (std::size_t i = 0; i < piece.tokens.size(); ++i) {
    const auto list = ListAt(piece.sql, piece.tokens, i);
    if (!list || types[*list] != 0) continue;
    types[*list] = kOidTextArray;
    lists.push_back(*list);
  }
  return lists;
}

/// Give lists of numbers as many digits as their values need.
Status WriteNumericTypes(const PgStatement& statement, PgBound& bound) {
  std::map<std::size_t, std::string> types;
  std::vector<RewrittenText::Replacement> replacements;
  for (const auto& [parameter, piece] : statement.numeric_arrays) {
    const auto* list = std::get_if<std::string>(&bound.parameters[parameter].data);
    if (list == nullptr) continue;
    const auto [type, fresh] = types.try_emplace(parameter);
    if (fresh) type->second = NumericListType(*list);
    replacements.push_back({piece, type->second});
  }
  bound.text.Replace(replacements);
  return bound.text.sql().size() > query::kSqlBytesMax ? TooLong() : Status();
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

std::size_t PgStatement::bytes() const {
  return sizeof(*this) + text.bytes() + numeric_arrays.capacity() * sizeof(Waiting) +
         types.capacity() * sizeof(types[0]) + sql.capacity() + (query ? query->bytes() : 0);
}

std::size_t PgBound::bytes() const {
  std::size_t bytes = sizeof(*this) + text.bytes() + parameters.capacity() * sizeof(parameters[0]);
  for (const auto& parameter : parameters) {
    const auto* string = std::get_if<std::string>(&parameter.data);
    if (string != nullptr) bytes += string->capacity();
  }
  return bytes;
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
  auto lists = InferLists(piece, statement.types);
  statement.changes = BeginsWith(piece, kChanging);
  statement.may_start_early = BeginsWith(piece, kReading);
  if (AsksCatalog(piece)) {
    statement.target = PgTarget::kCatalog;
    CatalogText catalog = TRY(RewriteForCatalog(piece, statement.types.size()));
    statement.text = std::move(catalog.text);
    statement.asks_settings = catalog.asks_settings;
  } else {
    statement.target = PgTarget::kEngine;
    TRY(ReadText(piece, statement));
    statement.lists = std::move(lists);
    if (!statement.lists.empty()) {
      statement.sql = piece.sql;
      statement.characters_before = piece.characters_before;
    }
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

Result<std::string> ElementText(const PgStatement& statement) {
  const std::string_view sql = statement.sql;
  const auto tokens = TRY(query::Tokenize(sql));
  std::string text;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto list = ListAt(sql, tokens, i);
    if (!list || std::ranges::find(statement.lists, *list) == statement.lists.end()) continue;
    text.append(sql, copied, tokens[i].begin - copied);
    copied = tokens[i].end;
  }
  return text.append(sql, copied);
}

Status TypeLists(PgStatement& statement, const engine::Description* elements) {
  std::vector<std::uint32_t> types = statement.types;
  for (const std::size_t list : statement.lists) {
    if (elements == nullptr || list >= elements->parameters.size()) continue;
    const std::uint32_t type = ArrayOidOf(OidOf(elements->parameters[list]));
    if (type != 0) types[list] = type;
  }
  const std::string sql = std::move(statement.sql);
  auto pieces = TRY(query::SplitStatements(sql));
  pieces.at(0).characters_before += statement.characters_before;
  statement = TRY(ReadStatement(pieces[0], std::move(types)));
  return {};
}

Result<std::string> TypedText(const PgStatement& statement, const engine::Description* inferred) {
  const std::string& sql = statement.text.sql();
  const auto is_inferred = [&](std::size_t index) {
    return inferred != nullptr && index < inferred->parameters.size() &&
           inferred->parameters[index].id != columnar::TypeId::kVoid;
  };
  std::string typed;
  std::size_t copied = 0;
  for (const query::Token& token : TRY(query::Tokenize(sql))) {
    if (token.kind != query::TokenKind::kParameter) continue;
    const auto index = ParameterIndex(token.In(sql));
    if (!index || TravelsAsText(statement.types[*index])) continue;
    const bool known = !SqlNameOfOid(statement.types[*index]).empty();
    if (!known && is_inferred(*index)) continue;
    if (typed.size() > query::kSqlBytesMax) return TooLong();
    typed.append(sql, copied, token.begin - copied);
    typed += Cast(*index, known ? statement.types[*index] : kOidText);
    copied = token.end;
  }
  return typed.append(sql, copied);
}

void ForgetCasts(const PgStatement& statement, engine::Description& description) {
  constexpr std::string_view kBegin = "CAST($";
  for (auto& field : description.columns.fields) {
    std::string plain;
    std::size_t copied = 0;
    std::size_t at = 0;
    while ((at = field.name.find(kBegin, at)) != std::string::npos) {
      const std::string_view rest = std::string_view(field.name).substr(at);
      const auto index = ParameterIndex(rest.substr(kBegin.size() - 1));
      at += kBegin.size();
      if (!index || *index >= statement.types.size()) continue;
      const std::uint32_t type = statement.types[*index] == 0 ? kOidText : statement.types[*index];
      const std::string cast = Cast(*index, type);
      if (TravelsAsText(type) || !rest.starts_with(cast)) continue;
      const std::size_t begin = at - kBegin.size();
      plain.append(field.name, copied, begin - copied);
      plain += fmt::format("${}", *index + 1);
      copied = at = begin + cast.size();
    }
    if (copied > 0) field.name = plain.append(field.name, copied);
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
  TRY(WriteNumericTypes(statement, bound));
  return bound;
}

}  // namespace neuralake::serve
