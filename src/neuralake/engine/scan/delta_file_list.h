#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"

namespace neuralake::engine {

/// The files of one scan that the filters known so far cannot rule out.
///
/// Filters that learn while the statement runs (from a join or a top-N) are asked again for each
/// file when it is handed out. File numbers are those of the snapshot, whatever was pruned.
/// \threads safe from any thread
class DeltaFileList final : public duckdb::MultiFileList {
 public:
  /// All files of `source`.
  ///
  /// \param scan  which of the statement's scans of the table it is for
  DeltaFileList(DeltaSourcePtr source, std::size_t scan);

  duckdb::unique_ptr<duckdb::MultiFileList> ComplexFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      duckdb::MultiFilePushdownInfo& info,
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const override;

  duckdb::unique_ptr<duckdb::MultiFileList> DynamicFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      const duckdb::vector<duckdb::string>& names, const duckdb::vector<duckdb::LogicalType>& types,
      const duckdb::vector<duckdb::column_t>& column_ids,
      duckdb::TableFilterSet& filters) const override;

  duckdb::vector<duckdb::OpenFileInfo> GetAllFiles() const override;
  duckdb::FileExpandResult GetExpandResult() const override;
  duckdb::idx_t GetTotalFileCount() const override { return files_->size(); }
  duckdb::vector<duckdb::OpenFileInfo> GetDisplayFileList(
      duckdb::optional_idx max_files) const override;
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(
      duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override;

  /// The numbers of the files, in order.
  const std::vector<std::uint32_t>& files() const { return *files_; }
  const DeltaSourcePtr& source() const { return source_; }
  /// The scan it is for, also where the optimizer made several of one.
  std::size_t scan() const { return scan_; }
  /// True for every row that the statement's own conditions let pass, as far as files can be chosen
  /// by them.
  const delta::Predicate& predicate() const { return predicate_; }

 protected:
  duckdb::OpenFileInfo GetFile(duckdb::idx_t i) const override;

 private:
  using Files = std::shared_ptr<const std::vector<std::uint32_t>>;
  struct LiveFilter {
    const ScanColumn* column;
    duckdb::unique_ptr<duckdb::TableFilter> filter;
  };

  /// `files` of those of `whole`.
  DeltaFileList(const DeltaFileList& whole, Files files, delta::Predicate predicate);
  Files Prune(const delta::Predicate& predicate) const;
  bool RuledOut(std::uint32_t file) const;

  DeltaSourcePtr source_;
  std::size_t scan_;
  Files files_;
  delta::Predicate predicate_;
  std::vector<LiveFilter> live_filters_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable std::vector<std::uint32_t> handed_out_;  ///< By position: stable once given.
  mutable std::size_t next_ = 0;                   ///< The next of files_ to consider.
};

}  // namespace neuralake::engine
