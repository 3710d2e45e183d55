#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nanobind/nanobind.h>

#include "neuralake/delta/data/table_write.h"
#include "neuralake/delta/table.h"

namespace neuralake::python {

/// Write the rows of `rows`, an object with `__arrow_c_stream__`, as one commit.
///
/// \param create  what a table is created with that is not there: `description`, `columns` as
///                `(name, type, nullable, description)`, `partition_by`, `properties`; nothing:
///                what the rows tell
delta::Written AppendRows(const std::shared_ptr<delta::Table>& table, const nanobind::object& rows,
                          const std::string& mode, const std::string& schema_mode,
                          const std::optional<nanobind::dict>& create);

}  // namespace neuralake::python
