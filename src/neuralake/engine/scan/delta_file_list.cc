#include "neuralake/engine/scan/delta_file_list.h"

#include <algorithm>
#include <numeric>

#include "neuralake/engine/scan/filter_predicate.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

std::shared_ptr<const std::vector<std::uint32_t>> AllFiles(const DeltaSource& source) {
  if (source.only_files) return std::make_shared<std::vector<std::uint32_t>>(*source.only_files);
  auto all = std::make_shared<std::vector<std::uint32_t>>(source.files().count());
  std::iota(all->begin(), all->end(), 0U);
  return all;
}

}  // namespace

DeltaFileList::DeltaFileList(DeltaSourcePtr source, std::size_t scan)
    : source_(std::move(source)), scan_(scan), files_(AllFiles(*source_)) {}

DeltaFileList::DeltaFileList(const DeltaFileList& whole, Files files, delta::Predicate predicate)
    : source_(whole.source_),
      scan_(whole.scan_),
      files_(std::move(files)),
      predicate_(std::move(predicate)) {}

DeltaFileList::Files DeltaFileList::Prune(const delta::Predicate& predicate) const {
  if (files_->size() == source_->files().count()) {
    return std::make_shared<std::vector<std::uint32_t>>(delta::Prune(source_->files(), predicate));
  }
  auto kept = std::make_shared<std::vector<std::uint32_t>>();
  std::ranges::copy_if(*files_, std::back_inserter(*kept), [&](std::uint32_t file) {
    return source_->files().Evaluate(predicate, file) != delta::Tri::kFalse;
  });
  return kept;
}

duckdb::unique_ptr<duckdb::MultiFileList> DeltaFileList::ComplexFilterPushdown(
    duckdb::ClientContext&, const duckdb::MultiFileOptions&, duckdb::MultiFilePushdownInfo& info,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const {
  const auto& columns = source_->columns();
  const ColumnResolver resolve =
      [&](const duckdb::BoundColumnRefExpression& reference) -> const ScanColumn* {
    if (reference.binding.table_index != info.table_index || reference.depth > 0) return nullptr;
    const auto position = reference.binding.column_index;
    if (position >= info.column_ids.size()) return nullptr;
    const auto column = info.column_ids[position];
    return column < columns.size() ? &columns[column] : nullptr;
  };
  std::vector<delta::Predicate> parts;
  duckdb::string shown;
  for (const auto& filter : filters) {
    auto part = PredicateOf(*filter, resolve);
    if (!part) continue;
    parts.push_back(*std::move(part));
    shown += (shown.empty() ? "" : " AND ") + filter->ToString();
  }
  if (parts.empty()) return nullptr;
  if (predicate_.kind != delta::PredicateKind::kTrue) parts.push_back(predicate_);
  auto predicate = AndOf(std::move(parts));
  Files kept = Prune(predicate);
  info.extra_info.file_filters = shown;
  info.extra_info.total_files = source_->files().count();
  info.extra_info.filtered_files = kept->size();
  return duckdb::unique_ptr<DeltaFileList>(
      new DeltaFileList(*this, std::move(kept), std::move(predicate)));
}

duckdb::unique_ptr<duckdb::MultiFileList> DeltaFileList::DynamicFilterPushdown(
    duckdb::ClientContext&, const duckdb::MultiFileOptions&, const duckdb::vector<duckdb::string>&,
    const duckdb::vector<duckdb::LogicalType>&, const duckdb::vector<duckdb::column_t>& column_ids,
    duckdb::TableFilterSet& filters) const {
  std::vector<delta::Predicate> parts;
  std::vector<LiveFilter> live;
  for (auto& [position, filter] : filters.filters) {
    if (position >= column_ids.size()) continue;
    const auto id = column_ids[position];
    if (id >= source_->columns().size()) continue;  // virtual columns are not in the statistics
    const ScanColumn& column = source_->columns()[id];
    auto part = PredicateOf(*filter, column);
    if (part) parts.push_back(*std::move(part));
    live.push_back({&column, filter->Copy()});  // the copy shares what a dynamic filter learns
  }
  if (live.empty()) return nullptr;
  Files kept = parts.empty() ? files_ : Prune(AndOf(std::move(parts)));
  duckdb::unique_ptr<DeltaFileList> list(new DeltaFileList(*this, std::move(kept), predicate_));
  list->live_filters_ = std::move(live);
  return list;
}

bool DeltaFileList::RuledOut(std::uint32_t file) const {
  for (const LiveFilter& live : live_filters_) {
    const auto predicate = PredicateOf(*live.filter, *live.column);
    if (predicate && source_->files().Evaluate(*predicate, file) == delta::Tri::kFalse) return true;
  }
  return false;
}

duckdb::OpenFileInfo DeltaFileList::GetFile(duckdb::idx_t i) const {
  std::uint32_t file = 0;
  {
    std::lock_guard lock(mutex_);
    while (handed_out_.size() <= i) {
      while (next_ < files_->size() && RuledOut((*files_)[next_])) ++next_;
      if (next_ >= files_->size()) return {};
      handed_out_.push_back((*files_)[next_++]);
    }
    file = handed_out_[i];
  }
  return OrThrow(source_->Open(file));
}

duckdb::vector<duckdb::OpenFileInfo> DeltaFileList::GetAllFiles() const {
  duckdb::vector<duckdb::OpenFileInfo> all;
  for (const std::uint32_t file : *files_) all.push_back(OrThrow(source_->Open(file)));
  return all;
}

duckdb::FileExpandResult DeltaFileList::GetExpandResult() const {
  if (files_->empty()) return duckdb::FileExpandResult::NO_FILES;
  // One file may hold many row groups; with SINGLE_FILE DuckDB would ask for its metadata at bind.
  return duckdb::FileExpandResult::MULTIPLE_FILES;
}

duckdb::vector<duckdb::OpenFileInfo> DeltaFileList::GetDisplayFileList(
    duckdb::optional_idx max_files) const {
  duckdb::vector<duckdb::OpenFileInfo> shown;
  for (const std::uint32_t file : *files_) {
    if (max_files.IsValid() && shown.size() >= max_files.GetIndex()) break;
    shown.emplace_back(PercentDecode(source_->files().path(file)));
  }
  return shown;
}

duckdb::unique_ptr<duckdb::NodeStatistics> DeltaFileList::GetCardinality(
    duckdb::ClientContext&) const {
  std::uint64_t rows = 0;
  for (const std::uint32_t file : *files_) {
    const auto live = source_->LiveRows(file);
    // Without a count: a guess from the size, at ten bytes a row.
    rows += static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, live.value_or(source_->files().size(file) / 10)));
  }
  return duckdb::make_uniq<duckdb::NodeStatistics>(rows);
}

duckdb::unique_ptr<duckdb::MultiFileList> DeltaFileList::Copy() const {
  return duckdb::unique_ptr<DeltaFileList>(new DeltaFileList(*this, files_, predicate_));
}

}  // namespace neuralake::engine
