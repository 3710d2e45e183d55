#pragma once

#include <functional>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/engine/duck.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::engine {

/// Run `sql` on `connection` and hand its rows to `sink`, batch by batch in their order.
///
/// Throws what DuckDB throws, and what `poll` does.
/// \param poll  called for every few rows: the place to stop at
/// \returns     what `sink` returned first that was not a success
Status StreamRows(
    duckdb::Connection& connection, const std::string& sql,
    const std::function<Status(const arrow::RecordBatch&)>& sink,
    const std::function<void()>& poll = [] {});

}  // namespace neuralake::engine
