#pragma once

#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/file_schema.h"

namespace neuralake::engine {

/// The filters of a scan, made right for one file.
///
/// DuckDB casts a filter's constant to the file's type, which is wrong where the file's type is
/// narrower in precision (1.5 becomes 2 for integers, 0.1 a float, a timestamp a date): such
/// filters are applied to the widened value in place. Filters that may be left out are left out.
/// \returns null when `filters` are right as they are
duckdb::unique_ptr<duckdb::TableFilterSet> FiltersForFile(
    duckdb::optional_ptr<duckdb::TableFilterSet> filters,
    const duckdb::vector<duckdb::ColumnIndex>& column_ids, const std::vector<ScanColumn>& columns,
    const FileLayout::Places& places, const duckdb::BaseFileReader& reader);

}  // namespace neuralake::engine
