#pragma once

namespace neuralake {

/// Print the broken invariant to standard error and end the process.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace neuralake

/// Stay on in every build: a broken invariant ends the process before it can reach a table.
#define NL_CHECK(condition)                                     \
  do {                                                          \
    if (!(condition)) [[unlikely]]                              \
      ::neuralake::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)
