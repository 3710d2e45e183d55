#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/delta/column_mapping.h"
#include "neuralake/delta/log/commit_mark.h"
#include "neuralake/delta/snapshot.h"
#include "neuralake/delta/state/table_state.h"

namespace neuralake::delta {

/// The files of a `TableState`, numbered. The numbering is made when it is first asked for, so that
/// a writer that only appends never pays for it.
class TableFiles final : public FileSet {
 public:
  /// \param state  outlives this; has metadata
  TableFiles(const TableState& state, MappingMode mode);

  std::size_t count() const override { return static_cast<std::size_t>(state_.totals.files); }
  std::string_view path(std::size_t file) const override;
  std::int64_t size(std::size_t file) const override;
  std::int64_t modification_time(std::size_t file) const override;
  std::optional<std::int64_t> num_records(std::size_t file) const override;
  std::optional<std::string_view> partition_value(std::size_t file,
                                                  std::size_t column) const override;
  std::optional<DeletionVectorDescriptor> deletion_vector(std::size_t file) const override;
  ColumnBounds bounds(std::size_t file, std::span<const std::string> column) const override;
  AddFile Get(std::size_t file) const override;
  Tri Evaluate(const Predicate& predicate, std::size_t file) const override;

  /// The numbers of the files that `predicate` cannot rule out, in order. Decodes the statistics of
  /// its columns for all files once, and keeps them for later.
  std::vector<std::uint32_t> Select(const Predicate& predicate) const;

 private:
  struct Place {
    std::uint32_t segment;
    std::uint32_t row;
  };
  static constexpr std::uint32_t kNoColumn = 0xffff'ffff;

  const Place& place(std::size_t file) const;
  const FileColumns& columns(const Place& place) const {
    return *state_.segments[place.segment].columns;
  }
  void Number() const;

  const TableState& state_;
  const MappingMode mode_;
  mutable std::once_flag numbered_;
  mutable std::vector<Place> places_;
  // By segment, then partition column of the table: the segment's own column, or kNoColumn.
  mutable std::vector<std::vector<std::uint32_t>> partition_columns_;
};

/// What tells that the log still leads to a snapshot.
struct SnapshotMarks {
  std::optional<CommitMark> own{};     ///< Of its version's commit, unless that was not there.
  std::optional<CommitMark> before{};  ///< Of the commit it was advanced from, if it was.
};

/// A version of a table over its state.
class TableSnapshot final : public Snapshot {
 public:
  /// \errors kUnsupported, kCorruption  protocol and metadata make no table this build can read
  static Result<std::shared_ptr<const TableSnapshot>> Make(Version version, WallTime timestamp,
                                                           TableState state, const Clock& clock,
                                                           SnapshotMarks marks = {});

  Version version() const override { return version_; }
  WallTime timestamp() const override { return timestamp_; }
  const Protocol& protocol() const override { return *state_.protocol; }
  const Metadata& metadata() const override { return *state_.metadata; }
  const FileSet& files() const override { return files_; }
  std::optional<std::int64_t> transaction(std::string_view app_id) const override;
  std::vector<DomainMetadata> domains() const override;
  std::vector<SetTransaction> transactions() const override;
  std::vector<RemoveFile> tombstones() const override;
  /// Files removed before it are past their retention.
  WallTime oldest_tombstone() const;
  std::int64_t size_bytes() const override { return state_.totals.bytes; }
  std::optional<std::int64_t> num_records() const override;

  const TableState& state() const { return state_; }
  const SnapshotMarks& marks() const { return marks_; }

 private:
  TableSnapshot(Version version, WallTime timestamp, TableState state, MappingMode mode,
                const Clock& clock, SnapshotMarks marks)
      : version_(version),
        timestamp_(timestamp),
        state_(std::move(state)),
        clock_(clock),
        marks_(marks),
        files_(state_, mode) {}

  const Version version_;
  const WallTime timestamp_;
  const TableState state_;
  const Clock& clock_;
  const SnapshotMarks marks_;
  const TableFiles files_;
};

/// Whether the times of commits are told by the commits themselves.
/// \source Delta PROTOCOL.md, "In-Commit Timestamps"
bool HasInCommitTimestamps(const Protocol& protocol, const Metadata& metadata);

}  // namespace neuralake::delta
