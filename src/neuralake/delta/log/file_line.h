#pragma once

#include <memory>
#include <string_view>

#include "neuralake/delta/log/action_sink.h"

namespace neuralake::delta {

/// Reads the lines that a log has most of, adds and removes with the usual members, several times
/// faster than a parser that keeps what it reads.
///
/// \threads one thread at a time
class FileLineParser {
 public:
  FileLineParser();
  ~FileLineParser();

  /// How many readable bytes must follow a line.
  static std::size_t padding();

  /// Read `line` into `file`, whose views live until the next call.
  /// \returns false when it is anything else, or broken: a strict parser shall tell
  bool Parse(std::string_view line, FileView& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace neuralake::delta
