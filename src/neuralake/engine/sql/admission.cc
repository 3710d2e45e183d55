#include "neuralake/engine/sql/admission.h"

#include <duckdb/parser/statement/delete_statement.hpp>
#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>
#include <duckdb/parser/statement/merge_into_statement.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/statement/update_statement.hpp>

#include "neuralake/base/characters.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/tokens.h"
#include "neuralake/engine/sql/tree_check.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

using duckdb::StatementType;

// A place in the parsed text as a character offset in the statement that was sent.
std::int64_t Position(const RewrittenSql& text, std::string_view sent, std::size_t offset) {
  return CharacterOffset(sent, std::min(text.Original(offset), sent.size()));
}

std::unexpected<Error> At(Error error, std::int64_t position) {
  error.position = position;
  return std::unexpected(std::move(error));
}

Result<duckdb::unique_ptr<duckdb::SQLStatement>> Parse(const RewrittenSql& text,
                                                       std::string_view sent,
                                                       const duckdb::ParserOptions& options) {
  duckdb::Parser parser(options);
  try {
    parser.ParseQuery(text.sql);
  } catch (const std::exception& thrown) {
    const duckdb::ErrorData data(thrown);
    Error error = FromDuckError(data, text.sql);
    error.kind = ErrorKind::kInvalid;
    const auto offset = ErrorOffset(data, text.sql);
    return At(std::move(error), offset ? Position(text, sent, *offset) : -1);
  }
  if (parser.statements.empty()) return Fail(ErrorKind::kInvalid, "the statement is empty");
  if (parser.statements.size() > 1) {
    const auto second = SecondStatement(text.sql);
    return At({ErrorKind::kInvalid, "one statement at a time, a second one begins here", {}, -1},
              Position(text, sent, second));
  }
  return std::move(parser.statements[0]);
}

/// The word that says what a statement is, as it was typed, and where it stands. The parser's own
/// kinds are no help: it takes INSTALL for LOAD, USE for SET and CHECKPOINT for CALL.
struct KindWord {
  std::string word;
  std::size_t begin = 0;
};

KindWord KindWordOf(std::string_view sql) {
  const auto tokens = Tokens(sql);
  std::size_t at = 0;
  std::size_t open = 0;
  // What stands before: `EXPLAIN (ANALYZE)` of it, and `WITH x AS (…), y AS (…)`.
  const auto skip = [&](auto&& wanted) {
    for (; at < tokens.size(); ++at) {
      if (tokens[at].lower == "(") ++open;
      if (open == 0 && wanted(tokens[at].lower)) return;
      if (tokens[at].lower == ")" && open > 0) --open;
    }
  };
  if (at < tokens.size() && tokens[at].lower == "explain") {
    skip([](const std::string& word) {
      return word != "explain" && word != "analyze" && word != "verbose" && word != ")";
    });
  }
  if (at < tokens.size() && tokens[at].lower == "with") {
    skip([](const std::string& word) {
      return word == "select" || word == "insert" || word == "update" || word == "delete" ||
             word == "merge";
    });
  }
  if (at >= tokens.size()) return {"this statement", 0};
  return {duckdb::StringUtil::Upper(tokens[at].lower), tokens[at].begin};
}

// Where what is refused of an INSERT stands, its table or its ON CONFLICT; the parser keeps
// neither.
std::optional<std::size_t> RefusedPart(std::string_view sql, ErrorKind kind) {
  const auto tokens = Tokens(sql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (kind == ErrorKind::kNotFound && tokens[i].lower == "into") return tokens[i + 1].begin;
    if (kind == ErrorKind::kPermissionDenied && tokens[i].lower == "on" &&
        tokens[i + 1].lower == "conflict") {
      return tokens[i].begin;
    }
  }
  return std::nullopt;
}

std::optional<Refusal> Check(const duckdb::SQLStatement& statement, std::string_view sql,
                             const Grants& grants, const catalog::CatalogModel& model,
                             Admitted& admitted) {
  switch (statement.type) {
    case StatementType::SELECT_STATEMENT:
      if (!grants.read) break;
      admitted.command_tag = "SELECT";
      return TreeCheck(model).Select(statement.Cast<duckdb::SelectStatement>());
    case StatementType::INSERT_STATEMENT:
      if (!grants.write) break;
      admitted.command_tag = "INSERT";
      admitted.changes = true;
      return TreeCheck(model).Insert(statement.Cast<duckdb::InsertStatement>());
    case StatementType::DELETE_STATEMENT: {
      if (!grants.write) break;
      const auto& removal = statement.Cast<duckdb::DeleteStatement>();
      admitted.command_tag = "DELETE";
      admitted.changes = true;
      if (removal.condition) admitted.condition = removal.condition->ToString();
      return TreeCheck(model).Delete(removal);
    }
    case StatementType::UPDATE_STATEMENT: {
      if (!grants.write) break;
      const auto& update = statement.Cast<duckdb::UpdateStatement>();
      admitted.command_tag = "UPDATE";
      admitted.changes = true;
      if (update.set_info->condition) admitted.condition = update.set_info->condition->ToString();
      return TreeCheck(model).Update(update);
    }
    case StatementType::MERGE_INTO_STATEMENT: {
      if (!grants.write) break;
      const auto& merge = statement.Cast<duckdb::MergeIntoStatement>();
      admitted.command_tag = "MERGE";
      admitted.changes = true;
      if (merge.join_condition) admitted.condition = merge.join_condition->ToString();
      return TreeCheck(model).Merge(merge);
    }
    case StatementType::EXPLAIN_STATEMENT: {
      const auto& explain = statement.Cast<duckdb::ExplainStatement>();
      if (explain.stmt->type == StatementType::EXPLAIN_STATEMENT) break;
      auto refusal = Check(*explain.stmt, sql, grants, model, admitted);
      admitted.command_tag = "EXPLAIN";
      admitted.changes =
          admitted.changes && explain.explain_type == duckdb::ExplainType::EXPLAIN_ANALYZE;
      return refusal;
    }
    default:
      break;
  }
  const auto [word, begin] = KindWordOf(sql);
  return Refusal{ErrorKind::kPermissionDenied, word + " is not allowed", begin};
}

Status CheckText(std::string_view sql) {
  if (const auto zero = sql.find('\0'); zero != std::string_view::npos) {
    // The parser would end there, and leave out what follows.
    return Fail(ErrorKind::kInvalid,
                "the statement holds the byte 0x00 at byte " + std::to_string(zero));
  }
  if (sql.size() <= kStatementBytesMax) return {};
  return Fail(ErrorKind::kInvalid, "the statement has " + std::to_string(sql.size()) +
                                       " bytes, more than " + std::to_string(kStatementBytesMax));
}

}  // namespace

Result<Admitted> Admit(std::string_view sql, const Grants& grants,
                       const catalog::CatalogModel& model, const duckdb::ParserOptions& options) {
  TRY(CheckText(sql));
  Admitted admitted;
  admitted.text = RewriteDialect(sql);
  admitted.statement = TRY(Parse(admitted.text, sql, options));
  if (auto refusal = Check(*admitted.statement, admitted.text.sql, grants, model, admitted)) {
    if (!refusal->offset && admitted.changes) {
      refusal->offset = RefusedPart(admitted.text.sql, refusal->kind);
    }
    const auto position = refusal->offset ? Position(admitted.text, sql, *refusal->offset) : -1;
    return At({refusal->kind, std::move(refusal->message), {}, -1, refusal->sqlstate}, position);
  }
  return admitted;
}

Result<Admitted> AdmitInMemory(std::string_view sql, const MemoryNames& names,
                               const duckdb::ParserOptions& options) {
  TRY(CheckText(sql));
  Admitted admitted;
  admitted.text = {std::string(sql), {}};
  admitted.statement = TRY(Parse(admitted.text, sql, options));
  admitted.command_tag = "SELECT";
  if (admitted.statement->type != StatementType::SELECT_STATEMENT) {
    const auto [word, begin] = KindWordOf(sql);
    return At(
        {ErrorKind::kPermissionDenied, word + " is not allowed on the system catalog", {}, -1},
        Position(admitted.text, sql, begin));
  }
  const catalog::CatalogModel nothing;
  const auto refusal =
      TreeCheck(nothing, names).Select(admitted.statement->Cast<duckdb::SelectStatement>());
  if (!refusal) return admitted;
  return At({refusal->kind, refusal->message, {}, -1, refusal->sqlstate},
            refusal->offset ? Position(admitted.text, sql, *refusal->offset) : -1);
}

}  // namespace neuralake::engine
