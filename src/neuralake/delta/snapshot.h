#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/predicate.h"

namespace neuralake::delta {

/// What is known of one column over one file, or over a table. Absent parts are unknown.
struct ColumnBounds {
  std::optional<columnar::Value> min;
  std::optional<columnar::Value> max;  ///< Never below the true maximum; see `tight`.
  std::optional<std::int64_t> null_count;
  bool tight = true;  ///< False when deletions or cut strings may have made the bounds wide.
};

/// The live data files of one version, held as columns. Immutable; shared by pointer.
///
/// A file is named by its number, 0..count()-1, stable for the life of this object.
/// \threads safe from any thread
class FileSet {
 public:
  virtual ~FileSet() = default;

  virtual std::size_t count() const = 0;

  /// The path as in the log: percent-encoded, relative to the root or a URI.
  virtual std::string_view path(std::size_t file) const = 0;
  virtual std::int64_t size(std::size_t file) const = 0;
  virtual std::int64_t modification_time(std::size_t file) const = 0;
  /// Rows in the file before deletions; nothing when the log does not say.
  virtual std::optional<std::int64_t> num_records(std::size_t file) const = 0;
  /// The text of partition column `column` (its position in `Metadata::partition_columns`).
  virtual std::optional<std::string_view> partition_value(std::size_t file,
                                                          std::size_t column) const = 0;
  virtual std::optional<DeletionVectorDescriptor> deletion_vector(std::size_t file) const = 0;
  /// Bounds of the leaf column at `column` (logical names from the top), decoded on this call.
  virtual ColumnBounds bounds(std::size_t file, std::span<const std::string> column) const = 0;

  /// The whole action, for rewriting or removing the file.
  virtual AddFile Get(std::size_t file) const = 0;

  /// What `predicate` is for `file`, from its partition values and statistics.
  virtual Tri Evaluate(const Predicate& predicate, std::size_t file) const = 0;
};

/// A table at one version: immutable, columns inside, shared by pointer.
///
/// \threads safe from any thread
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  virtual Version version() const = 0;

  /// When the version was committed: in-commit timestamp if the feature is on, else the time of the
  /// commit file, made monotonic.
  virtual WallTime timestamp() const = 0;

  virtual const Protocol& protocol() const = 0;
  virtual const Metadata& metadata() const = 0;
  virtual const FileSet& files() const = 0;

  /// The last version that application `app_id` has written; nothing when it never has.
  virtual std::optional<std::int64_t> transaction(std::string_view app_id) const = 0;

  /// Live domains, in order of their names.
  virtual std::vector<DomainMetadata> domains() const = 0;

  /// All applications with their versions.
  virtual std::vector<SetTransaction> transactions() const = 0;

  /// Files removed but still within retention.
  virtual std::vector<RemoveFile> tombstones() const = 0;

  /// Sum of the sizes of the live files, in bytes.
  virtual std::int64_t size_bytes() const = 0;

  /// Live rows (deletions taken off); nothing when a file does not say.
  virtual std::optional<std::int64_t> num_records() const = 0;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// The numbers of the files that `predicate` cannot rule out, in order.
std::vector<std::uint32_t> Prune(const FileSet& files, const Predicate& predicate);

}  // namespace neuralake::delta
