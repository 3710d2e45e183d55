#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/table.h"
#include "neuralake/delta/write.h"

namespace neuralake::delta {

/// What happens to rows that are there already.
enum class WriteMode : std::uint8_t {
  kAppend,     ///< They stay.
  kOverwrite,  ///< They go, in the commit that brings the new ones.
  kError,      ///< A table that exists is an error.
  kIgnore,     ///< A table that exists is left as it is.
};

/// What happens to columns that differ.
enum class SchemaMode : std::uint8_t {
  kStrict,     ///< Rows fit the table, or are refused.
  kMerge,      ///< The table gets the columns of the rows that it does not have.
  kOverwrite,  ///< The table gets the columns of the rows; only with `WriteMode::kOverwrite`.
};

struct TableWriteOptions {
  WriteMode mode = WriteMode::kAppend;
  SchemaMode schema_mode = SchemaMode::kStrict;
  /// What a table is made with that is not there: name, description, properties and, when it has
  /// one, schema; otherwise the schema comes from the rows.
  Metadata creation;
  /// What partitions the table. Must be what it has already, but for a new or overwritten schema.
  std::optional<std::vector<std::string>> partition_by;
  /// Positions of applications, in the same commit; at most one an application. When the table has
  /// all of them already, this write was done before and does nothing.
  std::vector<SetTransaction> transactions;
  WriteOptions files;
};

/// \errors kInvalid  a name that is none
Result<WriteMode> ParseWriteMode(std::string_view text);
Result<SchemaMode> ParseSchemaMode(std::string_view text);

/// What a write became.
struct Written {
  Version version = 0;  ///< Of the table that holds the rows.
  std::int64_t rows = 0;
  std::int64_t files = 0;
  std::int64_t bytes = 0;  ///< Of the files.
  bool created = false;    ///< Whether the table was made by this write.
  SnapshotPtr snapshot;
};

/// Rows on their way into a table, as one commit: all or none of them become visible.
///
/// `Begin`, any number of `Write`, then `Commit`. Dropped before, or when the commit certainly did
/// not happen, its files are deleted again.
/// \threads one thread at a time
class TableWrite {
 public:
  /// Look at the table and decide what is written.
  ///
  /// \param rows  the columns of the rows to come
  /// \errors kAlreadyExists  kError, and the table exists
  ///         kInvalid        options that contradict each other or the table
  ///         kUnsupported    a writer feature this build does not have, by name
  static Result<std::unique_ptr<TableWrite>> Begin(std::shared_ptr<Table> table,
                                                   const columnar::Schema& rows,
                                                   TableWriteOptions options,
                                                   const Deadline& deadline);

  /// Whether there is nothing to do: kIgnore, and the table exists; or the table has the
  /// `transactions` already.
  bool is_ignored() const { return ignored_; }

  /// Whether the table was not there when this began.
  bool creates() const { return base_ == nullptr; }

  /// The schema that rows are written with.
  const columnar::Schema& schema() const { return metadata_.schema; }

  /// Take rows, as `DataWriter::Write` does.
  Status Write(const arrow::RecordBatch& batch, const Deadline& deadline);

  /// Close the files and commit.
  /// \errors as `Table::Commit` and `Table::Create`
  Result<Written> Commit(const Deadline& deadline);

 private:
  TableWrite(std::shared_ptr<Table> table, SnapshotPtr base, TableWriteOptions options);

  bool IsDone() const;
  Status PlanCreation(const columnar::Schema& rows);
  Status PlanChange(const columnar::Schema& rows);
  Status Open();
  CommitInfo Info(const Written& written) const;
  Result<Written> Finish(std::vector<Action> actions, Written written, const Deadline& deadline);

  const std::shared_ptr<Table> table_;
  const SnapshotPtr base_;  // null: the table is made
  const TableWriteOptions options_;

  bool ignored_ = false;
  // Of the table once this is committed.
  Protocol protocol_;
  Metadata metadata_;

  std::unique_ptr<DataWriter> writer_;
  std::int64_t rows_ = 0;
};

/// The remove of `file`, as an overwrite or a rewrite at `now` does it.
RemoveFile RemovalOf(AddFile file, WallTime now, bool data_change);

}  // namespace neuralake::delta
