#include "neuralake/engine/sql/admission.h"

#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>
#include <duckdb/parser/statement/select_statement.hpp>

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

std::string KindName(StatementType type) {
  auto name = duckdb::StringUtil::Replace(duckdb::StatementTypeToString(type), "_", " ");
  return duckdb::StringUtil::Replace(name, " STATEMENT", "");
}

// Where the table of an INSERT is named; the parser does not keep it.
std::optional<std::size_t> InsertedTable(std::string_view sql) {
  const auto tokens = Tokens(sql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].lower == "into") return tokens[i + 1].begin;
  }
  return std::nullopt;
}

std::optional<Refusal> Check(const duckdb::SQLStatement& statement, const Grants& grants,
                             const catalog::CatalogModel& model, Admitted& admitted) {
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
    case StatementType::EXPLAIN_STATEMENT: {
      const auto& explain = statement.Cast<duckdb::ExplainStatement>();
      if (explain.stmt->type == StatementType::EXPLAIN_STATEMENT) break;
      auto refusal = Check(*explain.stmt, grants, model, admitted);
      admitted.command_tag = "EXPLAIN";
      admitted.changes =
          admitted.changes && explain.explain_type == duckdb::ExplainType::EXPLAIN_ANALYZE;
      return refusal;
    }
    default:
      break;
  }
  return Refusal{ErrorKind::kPermissionDenied, KindName(statement.type) + " is not allowed", {}};
}

Status CheckSize(std::string_view sql) {
  if (sql.size() <= kStatementBytesMax) return {};
  return Fail(ErrorKind::kInvalid, "the statement has " + std::to_string(sql.size()) +
                                       " bytes, more than " + std::to_string(kStatementBytesMax));
}

}  // namespace

Result<Admitted> Admit(std::string_view sql, const Grants& grants,
                       const catalog::CatalogModel& model, const duckdb::ParserOptions& options) {
  TRY(CheckSize(sql));
  Admitted admitted;
  admitted.text = RewriteDialect(sql);
  admitted.statement = TRY(Parse(admitted.text, sql, options));
  if (auto refusal = Check(*admitted.statement, grants, model, admitted)) {
    if (!refusal->offset && refusal->kind == ErrorKind::kNotFound && admitted.changes) {
      refusal->offset = InsertedTable(admitted.text.sql);
    }
    const auto position = refusal->offset ? Position(admitted.text, sql, *refusal->offset) : -1;
    return At({refusal->kind, std::move(refusal->message), {}, -1}, position);
  }
  return admitted;
}

Result<Admitted> AdmitInMemory(std::string_view sql, const MemoryNames& names,
                               const duckdb::ParserOptions& options) {
  TRY(CheckSize(sql));
  Admitted admitted;
  admitted.text = {std::string(sql), {}};
  admitted.statement = TRY(Parse(admitted.text, sql, options));
  admitted.command_tag = "SELECT";
  if (admitted.statement->type != StatementType::SELECT_STATEMENT) {
    return Fail(ErrorKind::kPermissionDenied,
                KindName(admitted.statement->type) + " is not allowed on the system catalog");
  }
  const catalog::CatalogModel nothing;
  const auto refusal =
      TreeCheck(nothing, names).Select(admitted.statement->Cast<duckdb::SelectStatement>());
  if (!refusal) return admitted;
  return At({refusal->kind, refusal->message, {}, -1},
            refusal->offset ? Position(admitted.text, sql, *refusal->offset) : -1);
}

}  // namespace neuralake::engine
