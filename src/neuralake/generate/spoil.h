#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/generate/draw.h"

namespace neuralake::generate {

/// How many lines were broken, and how.
struct Damage {
  std::int64_t wrong_type = 0;     ///< A text where a number, a time or a flag belongs.
  std::int64_t missing_field = 0;  ///< A column that must not be null is left out.
  std::int64_t broken_json = 0;    ///< Cut off in the middle.

  std::int64_t total() const { return wrong_type + missing_field + broken_json; }
};

/// Breaks some lines of NDJSON, so that a reader of the schema must refuse each of them.
///
/// \threads one thread at a time
class Spoiler {
 public:
  /// \param share  0..1 of the lines
  /// \errors kInvalid  `share` is outside of that
  static Result<Spoiler> Make(const columnar::Schema& schema, double share, std::uint64_t seed);

  /// Append `lines`, whole ones of one JSON object each, to `out`; the chosen ones broken.
  /// \errors kInternal  a line is no JSON object
  Status Spoil(std::string_view lines, std::string& out);

  const Damage& damage() const { return damage_; }

 private:
  Spoiler(const columnar::Schema& schema, double share, std::uint64_t seed);

  Status Break(std::string_view line, std::string& out);

  std::vector<std::string> typed_;     // columns in which a text is wrong
  std::vector<std::string> required_;  // columns that must be there
  double share_;
  Draw choice_;
  Draw kind_;
  std::int64_t line_ = 0;
  Damage damage_;
};

}  // namespace neuralake::generate
