#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/columnar/value.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::engine {

/// What kinds of statement the asker may run, and on what.
struct Grants {
  bool read = true;
  bool write = false;  ///< INSERT, UPDATE, DELETE and MERGE.
};

struct Limits {
  std::optional<std::uint64_t> rows_max;             ///< Cut the answer after so many rows.
  std::optional<std::chrono::milliseconds> timeout;  ///< From admission to the last row.

  /// The end of a statement that begins now: the nearer of `deadline` and the timeout.
  Deadline EndOf(const Deadline& deadline) const {
    return timeout ? deadline.Within(*timeout) : deadline;
  }
};

/// What a statement that passed its limit says of itself, where nothing more is known.
inline constexpr std::string_view kRanOutOfTime = "the statement ran out of time";

/// One statement with its parameters, as a client sent it.
struct Statement {
  std::string sql;
  std::vector<columnar::Value> positional;       ///< For `$1` or `?`.
  std::map<std::string, columnar::Value> named;  ///< For `$name`.
};

/// What a statement is, found without running it: for Describe and for clients that ask first.
struct Description {
  columnar::Schema columns;                    ///< Empty when it returns no rows.
  std::vector<columnar::DataType> parameters;  ///< By position; kVoid when not inferred.
  std::string command_tag;                     ///< `SELECT`, `INSERT`, `EXPLAIN`, …
};

/// The rows of a running statement, in batches. Dropping it stops the statement. It may
/// outlive its executor.
///
/// \threads one thread at a time; `Cancel` from any
class RowStream {
 public:
  virtual ~RowStream() = default;

  virtual const columnar::Schema& columns() const = 0;
  virtual std::shared_ptr<arrow::Schema> arrow_schema() const = 0;

  /// The next batch, or null at the end.
  /// \errors kCancelled, kDeadlineExceeded, kResourceExhausted, or what the statement failed with
  virtual Result<std::shared_ptr<arrow::RecordBatch>> Next() = 0;

  /// Whether `Limits::rows_max` cut the answer; known once `Next` returned null.
  virtual bool truncated() const = 0;

  /// The tables this statement read or wrote, with the version of each: `aviation.flights` to 7.
  /// One that was read at several versions is there for each: `aviation.flights@3` to 3.
  virtual const std::map<std::string, std::int64_t>& versions() const = 0;

  /// `SELECT`, `INSERT`, …; and how many rows a change touched.
  virtual const std::string& command_tag() const = 0;
  virtual std::optional<std::int64_t> rows_changed() const = 0;

  /// Stop the statement within 250 ms; `Next` then returns kCancelled.
  virtual void Cancel() = 0;
};

/// Where statements run. Today in this process; a sandboxed worker process is another
/// implementation, which is why only bytes and values cross this line.
///
/// \threads safe from any thread
class Executor {
 public:
  virtual ~Executor() = default;

  /// Admit `statement` and start it.
  ///
  /// Admission parses with the engine's parser: one statement, an allow-listed kind, allow-listed
  /// functions, relations of the catalog only. Binding comes after, since binding acts.
  /// \errors kInvalid           with the position in the statement
  ///         kPermissionDenied  a kind of statement, function or relation that is not allowed
  ///         kResourceExhausted too many statements at once
  virtual Result<std::unique_ptr<RowStream>> Execute(const Statement& statement,
                                                     const Grants& grants, const Limits& limits,
                                                     const Deadline& deadline) = 0;

  /// What `statement` would return. Runs nothing.
  virtual Result<Description> Describe(const Statement& statement, const Grants& grants,
                                       const Deadline& deadline) = 0;
};

}  // namespace neuralake::engine
