#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "neuralake/query/journal.h"
#include "neuralake/serve/catalog_state.h"

namespace neuralake::serve {

/// `GET /health` and `GET /ready`: a word, the version, and which catalog is served. A catalog
/// that lags behind broken definitions is told with the problems, one an item.
///
/// \param word    `ok`, `ready`, `stopping`
/// \param ingest  whether pushes are taken: `ready`, `away`; empty: not told
std::string StatusJson(std::string_view word, const CatalogStatus& catalog,
                       std::string_view ingest = "");

/// Why newer definitions are not served, one an item.
nlohmann::ordered_json ProblemList(const CatalogStatus& catalog);

/// `GET /api/v1/queries`: running statements, then recent ones, the newest first.
std::string QueriesJson(const std::vector<query::Summary>& running,
                        const std::vector<query::Summary>& recent);

}  // namespace neuralake::serve
