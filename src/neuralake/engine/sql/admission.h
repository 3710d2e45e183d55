#pragma once

#include <string>
#include <string_view>

#include "neuralake/catalog/model.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/executor.h"
#include "neuralake/engine/sql/dialect.h"
#include "neuralake/engine/sql/tree_check.h"

namespace neuralake::engine {

/// A statement that may be bound and run.
struct Admitted {
  duckdb::unique_ptr<duckdb::SQLStatement> statement;
  RewrittenSql text;        ///< What was parsed; positions in errors refer to it.
  std::string command_tag;  ///< `SELECT`, `INSERT`, …
  bool changes = false;     ///< It writes a table when it runs.
  std::string condition;    ///< Of the rows that it changes, as text; empty without one.
};

/// Parse `sql` and decide on the tree alone whether it may run: binding it would already act.
///
/// One statement; SELECT, VALUES, EXPLAIN, DESCRIBE, SHOW TABLES, SUMMARIZE, and INSERT, UPDATE,
/// DELETE and MERGE with the grant to write; relations of `model`, of `information_schema`, common
/// table expressions and allowed table functions; functions of the allow-list.
/// \errors kInvalid           it cannot be parsed, is none or more than one; with the position
///         kNotFound          a relation that the catalog does not have; with the position
///         kUnsupported       a change of what is no Delta table; with the position
///         kPermissionDenied  a kind, function or relation that is not allowed; with the position
Result<Admitted> Admit(std::string_view sql, const Grants& grants,
                       const catalog::CatalogModel& model, const duckdb::ParserOptions& options);

/// The same for a database in memory: SELECT alone, on its own relations.
Result<Admitted> AdmitInMemory(std::string_view sql, const MemoryNames& names,
                               const duckdb::ParserOptions& options);

}  // namespace neuralake::engine
