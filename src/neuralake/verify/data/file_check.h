#pragma once

#include "neuralake/verify/data/file_place.h"
#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// How far the files of a table are looked at.
enum class Depth : std::uint8_t {
  kShallow,  ///< That they are there, with their size, and what the log alone tells.
  kDeep,     ///< All their rows too.
};

/// What was done with a file.
enum class Looked : std::uint8_t { kAll, kNotReachable };

/// Check one live file of `head`: its presence, partition values, statistics, deletion vector,
/// columns and rows.
/// \errors of the store, apart from kNotFound
/// \threads safe from any thread
Result<Looked> CheckFile(const StateHead& head, const FileAction& file, Depth depth,
                         FilePlaces& places, Findings& findings, const Deadline& deadline);

}  // namespace neuralake::verify
