#pragma once

#include <cstdint>

#include "neuralake/base/clock.h"

namespace neuralake::app {

/// One line on standard error that is written over, when that is a terminal; otherwise nothing.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Show that so many rows are done; at most a few times a second.
  void Rows(std::int64_t rows);

 private:
  const bool shown_;
  const MonoTime begin_;
  MonoTime next_;
  bool dirty_ = false;
};

}  // namespace neuralake::app
