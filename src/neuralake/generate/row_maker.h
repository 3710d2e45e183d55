#pragma once

#include "neuralake/columnar/types.h"
#include "neuralake/generate/batch_builder.h"

namespace neuralake::generate {

/// One kind of data, row after row.
///
/// \threads one thread at a time
class RowMaker {
 public:
  virtual ~RowMaker() = default;

  virtual const columnar::Schema& schema() const = 0;

  /// Append one row, a cell a column.
  /// \returns false, with nothing appended, when there is no further row
  virtual bool Append(BatchBuilder& out) = 0;
};

}  // namespace neuralake::generate
