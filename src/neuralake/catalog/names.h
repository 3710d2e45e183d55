#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace neuralake::catalog {

/// What is wrong with a database's name and what would be right; nothing when it is fine.
std::optional<std::string> DatabaseNameProblem(std::string_view name);

/// The same for a table.
std::optional<std::string> TableNameProblem(std::string_view name);

/// The same for a column.
std::optional<std::string> ColumnNameProblem(std::string_view name);

}  // namespace neuralake::catalog
