#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "neuralake/catalog/model.h"

namespace neuralake::catalog {

struct PropertyRemark {
  std::string message;
  Severity severity;
};

/// What is to be said about the key of a table property: an error for one that names a secret, a
/// warning for one that Delta does not know; nothing when it is fine.
std::optional<PropertyRemark> PropertyNote(std::string_view key);

}  // namespace neuralake::catalog
