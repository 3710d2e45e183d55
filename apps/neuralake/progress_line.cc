#include "progress_line.h"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace neuralake::app {

ProgressLine::ProgressLine()
    : shown_(isatty(STDERR_FILENO) == 1), begin_(SystemClock::Get().Mono()), next_(begin_) {}

ProgressLine::~ProgressLine() {
  if (dirty_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::Rows(std::int64_t rows) {
  const auto now = SystemClock::Get().Mono();
  if (!shown_ || now < next_) return;
  next_ = now + std::chrono::milliseconds(200);
  const auto seconds = std::chrono::duration<double>(now - begin_).count();
  fmt::print(stderr, "\r\x1b[K{} rows, {:.0f} a second", rows,
             seconds > 0 ? static_cast<double>(rows) / seconds : 0.0);
  std::fflush(stderr);
  dirty_ = true;
}

}  // namespace neuralake::app
