#pragma once

#include <span>
#include <string_view>

namespace neuralake::app {

/// A file of the project that `neuralake init` makes.
struct SampleFile {
  std::string_view path;  ///< Relative to the project.
  std::string_view text;
};

/// All files, in the order in which they are written.
std::span<const SampleFile> SampleFiles();

}  // namespace neuralake::app
