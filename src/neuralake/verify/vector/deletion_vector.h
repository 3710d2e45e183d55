#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/verify/data/file_place.h"
#include "neuralake/verify/finding.h"
#include "neuralake/verify/log/action.h"

namespace neuralake::verify {

/// The deleted rows of one file.
struct DeletedRows {
  std::vector<bool> rows;  ///< One a row of the file, up to the last that is deleted.

  bool Holds(std::int64_t row) const {
    return static_cast<std::size_t>(row) < rows.size() && rows[static_cast<std::size_t>(row)];
  }
};

/// Check the deletion vector of `file` and give its rows.
/// \param num_rows  of the data file; positions from there on are told
/// \param keep      whether the rows are wanted
/// \errors of the store, apart from kNotFound
/// \source Delta PROTOCOL.md, "Deletion Vector Format"
Result<DeletedRows> CheckVector(const FileAction& file, std::optional<std::int64_t> num_rows,
                                bool keep, FilePlaces& places, const Place& place,
                                Findings& findings, const Deadline& deadline);

}  // namespace neuralake::verify
