#pragma once

#include <cstdint>
#include <memory>

#include "neuralake/base/error.h"
#include "neuralake/generate/dataset.h"
#include "neuralake/generate/row_maker.h"

namespace neuralake::generate {

/// Values for any columns, by type: numbers, texts and days from `distinct` different ones,
/// measures around 100, timestamps that go up by a second a row, nested ones of all these.
///
/// The last key column that can be is the row's number, so that no key comes twice; a column that
/// the table is partitioned by has few values.
/// \param rows  how many will be asked for
/// \errors kInvalid      a key or partition column that is none, a key that has too few values
///         kUnsupported  a variant
Result<std::unique_ptr<RowMaker>> OpenDeclared(const DatasetRequest& request, std::int64_t rows);

}  // namespace neuralake::generate
