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

/// What is wrong with the value of a property that takes only some: a time span, a number, a word;
/// nothing when it is fine, or any text is.
std::optional<std::string> PropertyValueProblem(std::string_view key, std::string_view value);

}  // namespace neuralake::catalog
