#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/data/deletion_vector_writer.h"
#include "neuralake/delta/deletion_vector.h"
#include "neuralake/delta/snapshot.h"

namespace neuralake::delta {

/// Rows of one snapshot, by file and position in the file.
///
/// \threads one thread at a time: collect on several and merge
class RowSet {
 public:
  /// Add `rows` of file number `file`; those that are in it stay.
  void Add(std::uint32_t file, std::span<const std::uint64_t> rows);
  void Merge(const RowSet& other);

  /// The rows of this that `other` does not hold.
  RowSet Minus(const RowSet& other) const;

  std::uint64_t count() const;
  const std::map<std::uint32_t, DeletionVector>& files() const { return files_; }

 private:
  std::map<std::uint32_t, DeletionVector> files_;
};

/// How rows leave a file.
enum class RemovalWay : std::uint8_t {
  kWholeFile,  ///< None is left: the file goes.
  kVector,     ///< They are marked in a deletion vector, and stay in the file.
  kRewrite,    ///< The others are copied into a new file.
};

/// Rows on their way out of one file.
struct FileRemoval {
  std::uint32_t file = 0;
  DeletionVector dead;     ///< All rows that are dead then, those that were before among them.
  std::uint64_t rows = 0;  ///< How many go.
  RemovalWay way = RemovalWay::kRewrite;
};

/// Decide how `gone` leave file number `file` of `snapshot`.
///
/// Deletion vectors are for tables that ask for them (`delta.enableDeletionVectors`), and for files
/// of which enough is left to be worth reading past the dead rows (`kDeadShareMax`); their number
/// of rows must be known.
/// \param dead_before  what its deletion vector holds; null without one
/// \errors kInternal  a row that the file does not have
Result<FileRemoval> PlanRemoval(const Snapshot& snapshot, std::uint32_t file,
                                const DeletionVector& gone, const DeletionVector* dead_before);

/// Append the actions of `removal` to `actions`, but for the files that `kRewrite` makes.
///
/// \param vectors  takes the deletion vector, when one is made
/// \errors those of `DeletionVectorWriter::Add`
Status AppendRemoval(const Snapshot& snapshot, const FileRemoval& removal, WallTime now,
                     DeletionVectorWriter& vectors, std::vector<Action>& actions,
                     const Deadline& deadline);

}  // namespace neuralake::delta
