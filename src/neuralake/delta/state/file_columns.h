#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/log/action_sink.h"
#include "neuralake/delta/state/arena.h"
#include "neuralake/delta/state/column_facts.h"
#include "neuralake/delta/state/path_index.h"
#include "neuralake/delta/state/path_key.h"

namespace neuralake::delta {

/// Adds and removes as columns: a segment of a table's state. Immutable once made by a
/// `FileColumnsBuilder`; shared by all snapshots that know its rows.
///
/// A row of 300 bytes of JSON takes about 60 bytes beside its path and statistics.
/// \threads safe from any thread
class FileColumns {
 public:
  std::size_t rows() const { return paths_.size(); }
  bool is_remove(std::size_t row) const { return (flags_[row] & kRemove) != 0; }
  std::string_view path(std::size_t row) const { return arena_.Get(paths_[row]); }
  std::string_view stats(std::size_t row) const { return arena_.Get(stats_[row]); }
  std::optional<std::int64_t> size(std::size_t row) const { return Known(sizes_[row]); }
  /// Modification time of an add, deletion time of a remove.
  std::optional<std::int64_t> time(std::size_t row) const { return Known(times_[row]); }
  /// From the statistics of an add.
  std::optional<std::int64_t> num_records(std::size_t row) const { return Known(records_[row]); }
  std::optional<DeletionVectorDescriptor> deletion_vector(std::size_t row) const;
  /// How many rows are removes.
  std::size_t removes() const { return removes_; }
  /// When the last of them was made, in milliseconds; those without a time count as older than all.
  std::int64_t last_removal() const { return last_removal_; }
  /// How many rows the deletion vector takes off; 0 without one.
  std::int64_t deleted_records(std::size_t row) const;

  /// The position of a column in this segment's partition columns, by its name in the log.
  std::optional<std::size_t> FindPartitionColumn(std::string_view name) const;
  std::optional<std::string_view> partition_value(std::size_t row, std::size_t column) const;

  AddFile Add(std::size_t row) const;
  RemoveFile Remove(std::size_t row) const;
  /// Views into this.
  void View(std::size_t row, FileView& view) const;

  std::uint64_t hash(std::size_t row) const { return hashes_[row]; }
  /// Whether two rows are one logical file: path and deletion vector.
  bool SameVector(std::size_t row, const FileColumns& other, std::size_t other_row) const;

  /// Call `visit(row)` for each row of path `path`, until it returns false. Builds the index on
  /// first use.
  template <class Visit>
  void ForEachOfPath(std::uint64_t hash, std::string_view path, Visit visit) const;

  /// Statistics that queries have had decoded.
  FactCache& facts() const { return facts_; }

  /// Memory held, in bytes; decoded statistics aside.
  std::size_t bytes() const;

 private:
  friend class FileColumnsBuilder;

  enum Flag : std::uint8_t { kRemove = 1, kDataChange = 2, kExtended = 4, kHasExtra = 8 };
  static constexpr std::int64_t kUnknown = INT64_MIN;
  static constexpr Arena::Ref kNull = 0xffff'ffff;

  /// Members that few tables use.
  struct Extra {
    char vector_type = 0;  // 0: no deletion vector
    bool vector_has_offset = false;
    std::int32_t vector_offset = 0;
    std::int32_t vector_size = 0;
    Arena::Ref vector_path = Arena::kEmpty;
    Arena::Ref tags = Arena::kEmpty;  // keys and values in turn
    Arena::Ref clustering = kNull;
    std::int64_t vector_cardinality = 0;
    std::int64_t base_row_id = kUnknown;
    std::int64_t row_commit_version = kUnknown;
  };

  static std::optional<std::int64_t> Known(std::int64_t value) {
    if (value == kUnknown) return std::nullopt;
    return value;
  }
  const Extra* extra(std::size_t row) const {
    return (flags_[row] & kHasExtra) != 0 ? &extras_[extra_of_row_[row]] : nullptr;
  }
  const PathIndex& index() const;

  Arena arena_;
  std::vector<std::uint64_t> hashes_;
  std::vector<Arena::Ref> paths_;
  std::vector<Arena::Ref> stats_;
  std::vector<std::int64_t> sizes_;
  std::vector<std::int64_t> times_;
  std::vector<std::int64_t> records_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::uint32_t> extra_of_row_;  // empty while no row has one
  std::vector<Extra> extras_;
  std::vector<std::string> partition_names_;
  std::vector<std::vector<Arena::Ref>> partition_values_;  // by column, then row; kNull

  std::size_t removes_ = 0;
  std::int64_t last_removal_ = 0;

  mutable FactCache facts_;
  mutable std::once_flag index_once_;
  mutable std::unique_ptr<const PathIndex> index_;
};

/// Fills a `FileColumns`.
class FileColumnsBuilder {
 public:
  FileColumnsBuilder();
  ~FileColumnsBuilder();

  void Append(const FileView& file);
  std::size_t rows() const { return columns_->paths_.size(); }
  /// Whether another row fits; otherwise `Finish` and begin anew.
  bool HasRoom() const;

  std::shared_ptr<const FileColumns> Finish();

 private:
  void AppendPartitionValues(const FileView& file, std::size_t row);
  void AppendExtra(const FileView& file, std::size_t row);
  std::size_t PartitionColumn(std::string_view name, std::size_t hint, std::size_t row);
  Arena::Ref PutPartitionValue(std::string_view value);

  std::shared_ptr<FileColumns> columns_;
  std::unordered_map<std::string_view, Arena::Ref> dictionary_;
};

/// The number of records that statistics tell; nothing when they do not.
std::optional<std::int64_t> NumRecordsOf(std::string_view stats);

template <class Visit>
void FileColumns::ForEachOfPath(std::uint64_t hash, std::string_view path, Visit visit) const {
  index().ForEach(hash, hashes_, [&](std::uint32_t row) {
    if (!SamePath(this->path(row), path)) return true;
    return visit(static_cast<std::size_t>(row));
  });
}

}  // namespace neuralake::delta
