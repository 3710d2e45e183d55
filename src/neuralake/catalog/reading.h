#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "neuralake/catalog/model.h"

namespace neuralake::catalog {

/// The two documents that hold a catalog; their databases have the same shape.
inline constexpr std::string_view kDefinitionsFormat = "neuralake.definitions";
inline constexpr std::string_view kManifestFormat = "neuralake.catalog";

/// The version of both that this build reads and writes.
inline constexpr int kFormatVersion = 1;

struct Reading {
  CatalogModel model;             ///< What could be read, in order of names.
  std::vector<Problem> problems;  ///< In the order in which they were found.
};

/// Read a document of `format`: shapes, types of columns and kinds of table are checked here, all
/// else by `CheckModel`.
Reading ReadDocument(std::string_view json, std::string_view format);

/// The `sources` of an export: files relative to the project. Empty when it has none.
std::vector<std::string> ReadSources(std::string_view json);

/// Check what can only be judged with the whole in view: names, keys, partitions, locations,
/// properties. Adds to `problems`.
void CheckModel(const CatalogModel& model, std::vector<Problem>& problems);

/// Put `problems` in order of file and line, without repetitions.
void SortProblems(std::vector<Problem>& problems);

}  // namespace neuralake::catalog
