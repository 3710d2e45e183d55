#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "neuralake/columnar/parquet/file_statistics.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/column_mapping.h"

namespace neuralake::delta {

/// Which columns of a table have statistics in the log.
struct StatsColumns {
  /// The first so many leaf columns, an array or a map being one; all of `paths` apart.
  std::size_t first = 32;
  /// When not empty, these columns (stored names from the top) and what is below them instead.
  std::vector<std::vector<std::string>> paths;

  bool Includes(std::size_t position, const std::vector<std::string>& path) const;
};

/// The choice of `delta.dataSkippingStatsColumns`, else of `delta.dataSkippingNumIndexedCols`, else
/// the first 32.
/// \errors kInvalid  a property that is no number or list, or a column that is not there
Result<StatsColumns> StatsColumnsOf(const Metadata& metadata, MappingMode mode);

/// The statistics of a file as an add action carries them.
///
/// Bounds keep their promise in text: a cut maximum is raised, an instant is rounded outward to the
/// millisecond, and what JSON or other readers cannot hold (NaN, infinities, years beyond 9999) is
/// left out.
/// \source Delta PROTOCOL.md, "Per-file Statistics"
std::string StatsJson(const columnar::FileStatistics& statistics, const StatsColumns& columns);

}  // namespace neuralake::delta
