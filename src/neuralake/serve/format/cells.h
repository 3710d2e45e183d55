#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/error.h"

namespace arrow {
class Array;
class RecordBatch;
}  // namespace arrow

namespace neuralake::serve {

/// Writes the values of one Arrow array, row by row, in one notation.
///
/// \threads one thread at a time
class Cells {
 public:
  virtual ~Cells() = default;

  virtual bool IsNull(std::int64_t row) const = 0;

  /// Append the value of `row`, 0..length-1; what a null becomes is the notation's business.
  virtual void Append(std::int64_t row, std::string& out) const = 0;
};

/// How values are written as text.
enum class Notation : std::uint8_t {
  kJson,      ///< A JSON value. Integers beyond 2^53, decimals, NaN and infinity are strings,
              ///< binary is base64, times are ISO 8601; null is `null`.
  kText,      ///< As JSON, without the quotes around a text: for CSV. Null is nothing.
  kPostgres,  ///< What PostgreSQL's output functions write: `t`, `\x0a`, `2020-01-02 03:04:05+00`.
};

/// The writer for `array`, which must outlive it.
/// \errors kUnsupported  a type that no answer of the engine has
Result<std::unique_ptr<Cells>> MakeCells(const arrow::Array& array, Notation notation);

/// One writer a column of `batch`.
Result<std::vector<std::unique_ptr<Cells>>> MakeCells(const arrow::RecordBatch& batch,
                                                      Notation notation);

}  // namespace neuralake::serve
