#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/catalog/model.h"
#include "neuralake/columnar/types.h"
#include "neuralake/engine/executor.h"
#include "neuralake/serve/format/answer.h"
#include "neuralake/serve/http/message.h"

namespace neuralake::serve {

/// The statement behind one page of a table's rows.
struct RowsPlan {
  engine::Statement statement;
  std::uint64_t limit = 0;
  std::unique_ptr<Pager> pager;
  const std::string* format = nullptr;  ///< The `format` parameter, borrowed from the target.
};

/// Plan `GET /api/v1/tables/{db}/{table}/rows`.
///
/// `select=a,b`, `order=a.desc.nullsfirst,b`, `limit=10`, `cursor=…`, `format=csv`; every other
/// parameter is a filter on the column of its name. Pages read one version of a Delta table. When
/// the definition names a key, rows are ordered by it last, so that pages neither overlap nor leave
/// rows out, and a page starts behind the last row's values if those are in it.
///
/// \param columns  the table's own
/// \errors kInvalid  an unknown column, a wrong filter, order or limit, a cursor of another request
Result<RowsPlan> PlanRows(std::string_view database, const catalog::TableModel& table,
                          const columnar::Schema& columns, const Target& target);

}  // namespace neuralake::serve
