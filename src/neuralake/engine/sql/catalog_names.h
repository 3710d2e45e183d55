#pragma once

#include <string>
#include <string_view>

#include "neuralake/catalog/model.h"

namespace neuralake::engine {

/// The end of a message about a word that is not known; empty when none comes near.
std::string DidYouMean(std::string_view meant);

// What is said of names that are not there, with what they may have meant.
std::string NoDatabase(const catalog::CatalogModel& model, const std::string& database);
std::string NoTable(const catalog::CatalogModel& model, const std::string& database,
                    const std::string& table);
/// Of a table that was named without its database.
std::string Unqualified(const catalog::CatalogModel& model, const std::string& table);

}  // namespace neuralake::engine
