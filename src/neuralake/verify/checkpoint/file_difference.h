#pragma once

#include <optional>
#include <string>

#include "neuralake/verify/finding.h"
#include "neuralake/verify/state/table_state.h"

namespace neuralake::verify {

/// In what field `kept`, of a checkpoint or checksum, differs from `replayed`; nothing when it does
/// not. `dataChange` says nothing outside of commits.
std::optional<std::string> Difference(const FileAction& kept, const FileAction& replayed,
                                      const TableMetadata& metadata);

/// The same for the parsed forms of `file`, against its own text or that of `replayed`.
std::optional<std::string> ParsedDifference(const FileAction& file, const FileAction& replayed,
                                            const TableMetadata& metadata);

/// Tell which of two sets of live files has what the other has not, and files that differ.
void CompareFiles(const std::map<std::string, const FileAction*>& kept, const TableState& state,
                  Rule files_rule, Rule fields_rule, const Place& place, Findings& findings);

}  // namespace neuralake::verify
