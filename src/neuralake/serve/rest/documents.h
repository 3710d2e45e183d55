#pragma once

#include <string>
#include <string_view>

#include "neuralake/catalog/model.h"
#include "neuralake/columnar/types.h"
#include "neuralake/serve/catalog_state.h"

namespace neuralake::serve {

/// `GET /api/v1/tables`: every table with what its definition says, and links; and whether the
/// definitions on disk are newer but broken.
std::string TablesJson(const CatalogStatus& status);

/// `GET /api/v1/tables/{db}/{table}`: the same for one, with its columns.
///
/// \param columns  as the engine sees them
std::string TableJson(std::string_view database, const catalog::TableModel& table,
                      const columnar::Schema& columns);

/// `GET /openapi.json`: every route, with a schema and a `rows` route for each table.
/// \source OpenAPI Specification 3.1.1
std::string OpenApiJson(const catalog::CatalogModel& model);

}  // namespace neuralake::serve
