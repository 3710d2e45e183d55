#pragma once

#include <memory>

#include "neuralake/serve/format/encoder.h"

namespace neuralake::serve {

// One file a format; `MakeEncoder` chooses.
std::unique_ptr<Encoder> MakeJsonEncoder();
std::unique_ptr<Encoder> MakeNdjsonEncoder();
std::unique_ptr<Encoder> MakeCsvEncoder();
std::unique_ptr<Encoder> MakeArrowEncoder();
std::unique_ptr<Encoder> MakeParquetEncoder();

}  // namespace neuralake::serve
