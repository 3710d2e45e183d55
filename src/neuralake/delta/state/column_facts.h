#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/columnar/types.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/column_mapping.h"
#include "neuralake/delta/state/arena.h"
#include "neuralake/delta/state/datum.h"
#include "neuralake/delta/state/stats_text.h"

namespace neuralake::delta {

/// A leaf column as files know it.
struct ColumnPlace {
  columnar::DataType type;
  std::vector<std::string> path;  ///< Physical names from the top; of a partition column, one.
  bool is_partition = false;
  bool was_float = false;  ///< A double that some files hold as float.

  /// Two places with one key are read alike from the same file.
  std::string Key() const;
};

/// Find the column at `names` (logical, letters without case). Nothing when there is none, or when
/// it is not a primitive column that values of order can be had of.
std::optional<ColumnPlace> FindColumn(const Metadata& metadata, MappingMode mode,
                                      std::span<const std::string> names);

/// What is known of a column over one file.
struct ColumnFacts {
  columnar::Value min;  ///< Null when not known; not above any value.
  columnar::Value max;  ///< Null when not known; not below any value.
  std::optional<std::int64_t> null_count;
  bool tight = true;  ///< min and max are values of the column.
  bool no_nulls = false;
  bool all_nulls = false;
};

/// Read the facts of a data column from the statistics of a file.
/// \param num_records  of the file, deleted ones included
ColumnFacts FactsOfStats(std::string_view stats, std::optional<std::int64_t> num_records,
                         const ColumnPlace& column);

/// The facts of a partition column from its text; nothing for null.
ColumnFacts FactsOfPartition(std::optional<std::string_view> text, const ColumnPlace& column);

/// The facts of a column over all rows of a segment, in typed arrays: 17 to 42 bytes a row.
class FactColumn {
 public:
  explicit FactColumn(const ColumnPlace& column, std::size_t rows);

  void Append(const ColumnFacts& facts);

  Datum min(std::size_t row) const { return At(mins_, row, kMin); }
  Datum max(std::size_t row) const { return At(maxs_, row, kMax); }
  bool may_be_null(std::size_t row) const { return (flags_[row] & kNoNulls) == 0; }
  bool may_be_value(std::size_t row) const { return (flags_[row] & kAllNulls) == 0; }

 private:
  enum Flag : std::uint8_t { kMin = 1, kMax = 2, kNoNulls = 4, kAllNulls = 8 };

  /// One of the three, by the type of the column.
  struct Values {
    std::vector<std::int64_t> words;  // integers, or the bits of reals
    std::vector<columnar::Decimal> decimals;
    std::vector<Arena::Ref> texts;
  };

  /// \returns whether there is a value
  bool Put(const columnar::Value& value, Values& values);
  Datum At(const Values& values, std::size_t row, Flag flag) const;

  const Datum::Family family_;
  const std::uint8_t scale_;
  Values mins_;
  Values maxs_;
  std::vector<std::uint8_t> flags_;
  Arena texts_;
};

/// The `FactColumn`s that queries have asked for, for the segment they belong to. Decoding happens
/// once; all snapshots that share the segment share them. The oldest goes when there are many.
///
/// \threads safe from any thread
class FactCache {
 public:
  /// The column under `key`, made by `make` at the first call.
  template <class Make>
  std::shared_ptr<const FactColumn> Get(const std::string& key, Make make) {
    if (auto found = Find(key)) return found;
    // Made outside of the lock: two threads may do the work twice, none waits for another's column.
    return Keep(key, make());
  }

 private:
  std::shared_ptr<const FactColumn> Find(const std::string& key) const;
  std::shared_ptr<const FactColumn> Keep(const std::string& key,
                                         std::shared_ptr<const FactColumn> column);

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::pair<std::string, std::shared_ptr<const FactColumn>>> columns_;
};

}  // namespace neuralake::delta
