#include "neuralake/engine/sql/wildcards.h"

#include <algorithm>

namespace neuralake::engine {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

/// Walks over a value and a pattern. After a mismatch only the last wildcard for any text has to be
/// tried again: what stood before it has matched as early as it can.
class Walk {
 public:
  Walk(std::string_view value, std::string_view pattern, char any)
      : value_(value), pattern_(pattern), any_(any) {}

  bool InValue() const { return at_value < value_.size(); }
  bool InPattern() const { return at_pattern < pattern_.size(); }
  char value() const { return value_[at_value]; }
  char pattern() const { return pattern_[at_pattern]; }

  /// Step over the wildcards for any text that come next.
  void TakeAny() {
    SkipAny();
    retry_pattern_ = at_pattern;
    retry_value_ = at_value;
  }

  /// Go back to the last wildcard and let it take one byte more; false when there is none.
  bool Retry() {
    if (retry_pattern_ == kNone) return false;
    at_value = ++retry_value_;
    at_pattern = retry_pattern_;
    return true;
  }

  /// Whether both are over, now that the value is.
  bool BothOver() {
    SkipAny();
    return !InPattern() && !InValue();
  }

  std::size_t at_value = 0;
  std::size_t at_pattern = 0;

 private:
  void SkipAny() {
    while (InPattern() && pattern() == any_) ++at_pattern;
  }

  std::string_view value_;
  std::string_view pattern_;
  char any_;
  std::size_t retry_pattern_ = kNone;
  std::size_t retry_value_ = 0;
};

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// Past the class that begins at `at`, behind its bracket, when it holds `byte`; else nothing.
std::size_t MatchClass(std::string_view pattern, std::size_t at, char byte) {
  const bool inverted = at < pattern.size() && pattern[at] == '!';
  if (inverted) ++at;
  bool found = false;
  for (const std::size_t begin = at; at < pattern.size();) {
    if (pattern[at] == ']' && at > begin) return found != inverted ? at + 1 : kNone;
    if (at + 1 == pattern.size()) break;
    if (pattern[at + 1] == '-') {
      if (at + 2 == pattern.size()) break;
      found = found || (byte >= pattern[at] && byte <= pattern[at + 2]);
      at += 3;
    } else {
      found = found || byte == pattern[at];
      ++at;
    }
  }
  return kNone;  // without its end
}

/// Past the part of the pattern at `at`, which is no `*`, when `byte` matches it; else nothing.
std::size_t MatchGlobPart(std::string_view pattern, std::size_t at, char byte) {
  switch (pattern[at]) {
    case '?':
      return at + 1;
    case '[':
      return MatchClass(pattern, at + 1, byte);
    case '\\':
      return at + 1 < pattern.size() && pattern[at + 1] == byte ? at + 2 : kNone;
    default:
      return pattern[at] == byte ? at + 1 : kNone;
  }
}

}  // namespace

std::optional<bool> MatchesLike(std::string_view value, std::string_view pattern,
                                std::optional<char> escape) {
  Walk walk(value, pattern, '%');
  while (walk.InValue()) {
    if (walk.InPattern()) {
      const bool escaped = walk.pattern() == escape;
      if (escaped && walk.at_pattern + 1 == pattern.size()) return std::nullopt;
      if (!escaped && walk.pattern() == '%') {
        walk.TakeAny();
        if (!walk.InPattern()) return true;
        continue;
      }
      if (!escaped && walk.pattern() == '_') {
        ++walk.at_pattern;
        do {
          ++walk.at_value;
        } while (walk.InValue() && !StartsCharacter(walk.value()));
        continue;
      }
      if (pattern[walk.at_pattern + (escaped ? 1 : 0)] == walk.value()) {
        walk.at_pattern += escaped ? 2 : 1;
        ++walk.at_value;
        continue;
      }
    }
    if (!walk.Retry()) return false;
  }
  return walk.BothOver();
}

bool MatchesGlob(std::string_view value, std::string_view pattern) {
  Walk walk(value, pattern, '*');
  while (walk.InValue()) {
    if (walk.InPattern() && walk.pattern() == '*') {
      walk.TakeAny();
      if (!walk.InPattern()) return true;
      continue;
    }
    const std::size_t next =
        walk.InPattern() ? MatchGlobPart(pattern, walk.at_pattern, walk.value()) : kNone;
    if (next != kNone) {
      walk.at_pattern = next;
      ++walk.at_value;
    } else if (!walk.Retry()) {
      return false;
    }
  }
  return walk.BothOver();
}

std::size_t LongestPart(std::string_view pattern, char any) {
  std::size_t longest = 1;
  for (std::size_t begin = 0; begin < pattern.size();) {
    const auto end = std::min(pattern.find(any, begin), pattern.size());
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

}  // namespace neuralake::engine
