#pragma once

#include <nlohmann/json.hpp>

#include "neuralake/columnar/types.h"

namespace neuralake::serve {

/// The JSON schema of values of `type` in answers.
nlohmann::ordered_json JsonSchemaOf(const columnar::DataType& type, bool nullable);

}  // namespace neuralake::serve
