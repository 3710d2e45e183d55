#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::generate {

/// What to generate.
struct DatasetRequest {
  std::string name;                       ///< One of `Datasets()`.
  std::optional<std::int64_t> rows = {};  ///< 0..`kRowsMax`; nothing: what `scale` makes.
  std::uint64_t seed = 1;
  double skew = 0;  ///< 0..10; how much some values come up more often than others.

  struct Telemetry {
    std::int64_t devices = 100;          ///< 1..`kDevicesMax`
    std::int64_t start = 0;              ///< Microseconds since 1970 UTC.
    std::int64_t interval = 10'000'000;  ///< Microseconds between two readings of a device.
  } telemetry = {};

  /// `tpch.…`: 1 is six million line items; nothing: what `rows` needs. Tables of one scale and
  /// seed fit each other.
  std::optional<double> scale = {};

  /// `schema`: the columns, which of them identify a row, and by which the table is partitioned.
  struct Declared {
    columnar::Schema schema = {};
    std::vector<std::string> key = {};
    std::vector<std::string> partition_by = {};
    double nulls = 0.05;           ///< 0..1; share of nulls in columns that may be null.
    std::int64_t distinct = 1000;  ///< 1 or more; different values of a column.
  } declared = {};
};

/// One dataset that there is.
struct DatasetRow {
  std::string_view name;
  std::string_view help;
};

/// All datasets, one row each.
std::span<const DatasetRow> Datasets();

/// Rows, batch by batch.
///
/// \threads one thread at a time
class RowSource {
 public:
  virtual ~RowSource() = default;

  virtual const columnar::Schema& schema() const = 0;

  /// How many rows there will be, as far as that is known before.
  virtual std::optional<std::int64_t> rows_expected() const = 0;

  /// The next rows, 1..`kBatchRows`; null at the end.
  virtual Result<std::shared_ptr<arrow::RecordBatch>> Next() = 0;
};

/// Begin the rows of `request`: the same ones for the same request, in the same batches.
///
/// \errors kInvalid      an unknown name (lists those that there are) or a value out of its range
///         kUnsupported  a type that cannot be made up, by column
Result<std::unique_ptr<RowSource>> OpenDataset(const DatasetRequest& request);

}  // namespace neuralake::generate
