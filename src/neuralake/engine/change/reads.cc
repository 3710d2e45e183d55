#include "neuralake/engine/change/reads.h"

#include <set>

#include <duckdb/common/multi_file/multi_file_function.hpp>
#include <duckdb/execution/operator/scan/physical_table_scan.hpp>

#include "neuralake/engine/scan/delta_file_list.h"

namespace neuralake::engine {
namespace {

/// Finds the scans of one table in a plan.
class ScanFinder {
 public:
  explicit ScanFinder(const DeltaSource& source)
      : source_(source), root_(source.store()->root().ToString()) {}

  void Walk(const duckdb::PhysicalOperator& plan) {
    if (plan.type == duckdb::PhysicalOperatorType::TABLE_SCAN) {
      Note(plan.Cast<duckdb::PhysicalTableScan>());
    }
    for (const auto& child : plan.GetChildren()) Walk(child.get());
  }

  std::set<std::size_t> scans;  ///< The optimizer makes two of one whose rows it fetches late.
  delta::ReadSet reads;

 private:
  void Note(const duckdb::PhysicalTableScan& scan) {
    const auto* data = dynamic_cast<const duckdb::MultiFileBindData*>(scan.bind_data.get());
    if (data == nullptr) return;
    const auto* files = dynamic_cast<const DeltaFileList*>(data->file_list.get());
    if (files == nullptr || files->source()->store()->root().ToString() != root_) return;
    scans.insert(files->scan());
    // An earlier version stays what it is, whatever is committed.
    if (files->source()->snapshot_ptr() != source_.snapshot_ptr()) return;
    reads.predicates.push_back(files->predicate());
  }

  const DeltaSource& source_;
  const std::string root_;
};

}  // namespace

delta::ReadSet ReadsOf(const duckdb::PhysicalOperator& plan, const DeltaSource& source,
                       std::size_t bound) {
  ScanFinder finder(source);
  finder.Walk(plan);
  finder.reads.whole_table = finder.scans.size() < bound;
  return std::move(finder.reads);
}

}  // namespace neuralake::engine
