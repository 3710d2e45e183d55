#pragma once

#include <optional>

#include "neuralake/delta/predicate.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/scan/delta_source.h"

namespace neuralake::engine {

/// Which column of the table a bound column of a scan is; null for virtual ones.
using ColumnResolver = std::function<const ScanColumn*(const duckdb::BoundColumnRefExpression&)>;

/// What `expression` says about whole files: a condition that is true for every row for which
/// `expression` is true. Nothing when none can be made of it.
std::optional<delta::Predicate> PredicateOf(const duckdb::Expression& expression,
                                            const ColumnResolver& resolve);

/// The same for a filter that DuckDB has pushed into the scan, with what a join or a top-N has
/// learned up to now.
std::optional<delta::Predicate> PredicateOf(duckdb::TableFilter& filter, const ScanColumn& column);

/// All of `parts` together; true when there are none.
delta::Predicate AndOf(std::vector<delta::Predicate> parts);

}  // namespace neuralake::engine
