#pragma once

#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"
#include "neuralake/columnar/types.h"

namespace neuralake::catalog {

/// The columns with which a Delta table is made from its definition; descriptions are comments.
/// \errors kInvalid  the definition does not say enough: it has no columns, or one without a type
Result<columnar::Schema> DeclaredSchema(const TableModel& table);

}  // namespace neuralake::catalog
