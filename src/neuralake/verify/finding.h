#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/verify/rule.h"

namespace neuralake::verify {

/// Where something is in a table. What is not known is left out.
struct Place {
  std::string file = {};      ///< Relative to the table's folder, or absolute.
  std::int64_t version = -1;  ///< Of the commit that is at fault, or whose state is.
  std::int64_t row = -1;      ///< Line of a log file from 1, row of a checkpoint from 0.
};

struct Finding {
  Rule rule;
  Place place;
  std::string message;  ///< One line; quotes from the table are cut.
};

/// One line: `error checkpoint.files _delta_log/…:3 version 12: message`.
std::string Text(const Finding& finding);

/// `text` within single quotes, cut to `kQuoteMax` characters, control characters escaped.
std::string Quoted(std::string_view text);

/// Collects what the rules find, up to `kFindingsMax`; more are counted.
/// \threads safe from any thread
class Findings {
 public:
  void Add(Rule rule, Place place, std::string message);

  std::size_t count() const;

  /// Take what was kept, by version, file and row.
  std::vector<Finding> Take();

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<Finding> kept_;
  std::size_t count_ = 0;
};

}  // namespace neuralake::verify
