#pragma once

#include <string>
#include <string_view>

#include "command.h"

#include "neuralake/base/deadline.h"
#include "neuralake/engine/engine.h"

namespace neuralake::app {

/// Where a command's rows go, as its user says: `--output`, `--format`, `--json`.
struct RowsTarget {
  std::string output;  ///< A file; empty: standard output.
  std::string format = "table";
  bool json = false;  ///< The report of a written file, and errors.

  /// Add the options to `command`.
  void AddTo(CLI::App& command);

  /// \errors kInvalid  the name of the output tells no format
  Status Check() const;
};

/// `text` between quotes, those inside doubled: a name by `"`, a text by `'`.
std::string Quoted(std::string_view text, char quote);

/// Which rows a command changes, as its user says: `--where`, or `--all`.
struct RowsChoice {
  std::string where;  ///< SQL; empty for all.
  bool all = false;

  /// Add the two options to `command`.
  void AddTo(CLI::App& command);

  /// Throws CLI::RequiredError when none was given: to change all rows takes a word.
  void Check() const;
};

/// ` WHERE (condition)`, or nothing without one.
std::string WhereClause(const std::string& condition);

/// `error` with the location of the table at `uri` in place of `lake.t`, the name that it has in
/// statements which a command makes.
Error Located(Error error, const std::string& uri);

/// Run `sql`, a change of `lake.t` which a command made, and tell in a line how many rows of the
/// table at `uri` were `done`, and the version that made.
/// \param done  `deleted`
Status ChangeRows(engine::Engine& engine, std::string sql, const std::string& uri,
                  const std::string& done, bool json, const Deadline& deadline);

/// Run `sql`, which a command made, and write its rows to `target`. A file that was written is
/// told in one line.
Status WriteRows(engine::Engine& engine, std::string sql, const RowsTarget& target,
                 const Deadline& deadline);

}  // namespace neuralake::app
