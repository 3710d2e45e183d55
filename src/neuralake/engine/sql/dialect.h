#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::engine {

/// A statement in the grammar that DuckDB knows, with the way back to what was sent.
struct RewrittenSql {
  std::string sql;

  /// A byte offset in `sql` as one in the statement as it was sent.
  std::size_t Original(std::size_t offset) const;

  struct Piece {
    std::size_t at;    ///< Where it begins in `sql`.
    std::size_t from;  ///< Where it stood in the statement.
    bool copied;       ///< Otherwise made: all of it maps to `from`.
  };
  std::vector<Piece> pieces;  ///< In order of `at`.
};

/// Rewrite what DuckDB does not know, or takes for something else, to what it does.
///
/// `VERSION AS OF 3` becomes `AT (VERSION => 3)` and `TIMESTAMP AS OF '…'` likewise, behind the
/// alias where there is one; an alias that follows `AT (…)` goes before it. `SHOW TABLES`, which
/// would list one schema, lists the tables of all databases. Works on DuckDB's tokens, so that
/// strings, comments and quoted names are safe. Other statements come back as they are.
RewrittenSql RewriteDialect(std::string_view sql);

}  // namespace neuralake::engine
