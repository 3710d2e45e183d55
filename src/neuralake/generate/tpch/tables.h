#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "neuralake/base/error.h"
#include "neuralake/generate/dataset.h"
#include "neuralake/generate/row_maker.h"

namespace neuralake::generate::tpch {

struct OpenedTable {
  std::unique_ptr<RowMaker> maker;
  std::optional<std::int64_t> rows;  ///< How many; nothing when that shows only on the way.
};

/// The rows of `tpch.<table>`: schema, sizes, ranges and references from table to table as the
/// benchmark has them; texts and draws of our own, so that no figure can be compared with a
/// published one.
///
/// Without a scale it is the least one that has the rows asked for.
/// \errors kInvalid  more rows than a table of fixed size has
/// \source TPC-H specification 3, clauses 1.4 and 4.2
Result<OpenedTable> OpenTable(const DatasetRequest& request);

}  // namespace neuralake::generate::tpch
