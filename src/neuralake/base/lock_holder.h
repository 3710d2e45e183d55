#pragma once

#include <string>

namespace neuralake {

/// The id of the process that noted itself in the open file of a lock; `unknown` without one.
std::string LockHolder(int file);

/// Note this process in the open file of a lock that it has taken.
/// \returns whether the file took it; `errno` says why not
bool NoteLockHolder(int file);

}  // namespace neuralake
