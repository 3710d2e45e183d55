#pragma once

#include <string>
#include <vector>

#include "neuralake/verify/state/schema.h"

namespace neuralake::verify {

/// Whether values of type `from` are values of type `to`, the types being equal or a widening.
/// \source Delta PROTOCOL.md, "Type Widening"
bool WidensTo(const Type& from, const Type& to);

/// What is wrong with the type changes that `field` records.
/// \source Delta PROTOCOL.md, "Type Change Metadata"
std::vector<std::string> TypeChangeFaults(const Field& field);

}  // namespace neuralake::verify
