#pragma once

#include <functional>
#include <optional>

#include <duckdb/common/multi_file/multi_file_states.hpp>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// The first column of the table, by its number, that has a null among `rows` and may not;
/// nothing when all is well. Columns of which a scan gives only a part are not looked at.
///
/// \param scan  what gave `rows`
/// \param required  whether a column must not be null
std::optional<std::size_t> FirstForbiddenNull(const duckdb::MultiFileGlobalState& scan,
                                              duckdb::DataChunk& rows,
                                              const std::function<bool(std::size_t)>& required);

}  // namespace neuralake::engine
