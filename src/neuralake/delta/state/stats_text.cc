#include "neuralake/delta/state/stats_text.h"

#include <cstdint>

namespace neuralake::delta {
namespace {

/// Walks over JSON without keeping it. Every step returns false at text that is not JSON.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  void SkipBlanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool Take(char sign) {
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }

  /// A string, quotes included.
  bool String(std::string_view& piece) {
    SkipBlanks();
    const std::size_t begin = at_;
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        piece = text_.substr(begin, at_ - begin);
        return true;
      }
    }
    return false;
  }

  /// Any value.
  bool Value(std::string_view& piece) {
    SkipBlanks();
    const std::size_t begin = at_;
    if (at_ >= text_.size()) return false;
    const char first = text_[at_];
    bool good = true;
    if (first == '"') {
      std::string_view whole;
      good = String(whole);
    } else if (first == '{' || first == '[') {
      good = Nested();
    } else {
      while (at_ < text_.size() && !Ends(text_[at_])) ++at_;
    }
    piece = text_.substr(begin, at_ - begin);
    return good && !piece.empty();
  }

 private:
  static bool Ends(char c) {
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  bool Nested() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        std::string_view whole;
        if (!String(whole)) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Call `visit(key, value)` for each member of the object `text`, until it returns false. Keys come
/// with their quotes.
template <class Visit>
void ForEachMember(std::string_view text, Visit visit) {
  Walker walker(text);
  if (!walker.Take('{') || walker.Take('}')) return;
  std::string_view key;
  std::string_view value;
  do {
    if (!walker.String(key) || !walker.Take(':') || !walker.Value(value)) return;
    if (!visit(key, value)) return;
  } while (walker.Take(','));
}

bool SameKey(std::string_view quoted, std::string_view name) {
  const auto inner = quoted.substr(1, quoted.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner == name;
  return UnquoteJson(quoted) == name;
}

/// The value at `path` below the object `text`; empty when there is none or it is null.
std::string_view Find(std::string_view text, std::span<const std::string> path) {
  for (const auto& name : path) {
    std::string_view found;
    ForEachMember(text, [&](std::string_view key, std::string_view value) {
      if (!SameKey(key, name)) return true;
      found = value;
      return false;
    });
    if (found.empty() || found == "null") return {};
    text = found;
  }
  return text;
}

std::optional<std::uint32_t> HexCode(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t code = 0;
  for (const char c : digits.substr(0, 4)) {
    code <<= 4;
    if (c >= '0' && c <= '9') {
      code |= static_cast<std::uint32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      code |= static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return code;
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

/// Decode the escape behind a backslash at `rest`, which loses what was read.
bool AppendEscape(std::string_view& rest, std::string& out) {
  constexpr std::string_view kCodes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (rest.empty()) return false;
  const char c = rest.front();
  rest.remove_prefix(1);
  if (const auto at = kCodes.find(c); at != std::string_view::npos) {
    out += kMeanings[at];
    return true;
  }
  if (c != 'u') return false;
  auto code = HexCode(rest);
  if (!code) return false;
  rest.remove_prefix(4);
  if (*code >= 0xd800 && *code < 0xdc00) {
    if (!rest.starts_with("\\u")) return false;
    const auto low = HexCode(rest.substr(2));
    if (!low || *low < 0xdc00 || *low >= 0xe000) return false;
    rest.remove_prefix(6);
    code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
  }
  AppendUtf8(*code, out);
  return true;
}

}  // namespace

std::optional<std::string> UnquoteJson(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return std::nullopt;
  std::string_view rest = json.substr(1, json.size() - 2);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const auto backslash = rest.find('\\');
    out += rest.substr(0, backslash);
    if (backslash == std::string_view::npos) break;
    rest.remove_prefix(backslash + 1);
    if (!AppendEscape(rest, out)) return std::nullopt;
  }
  return out;
}

StatsPieces FindStats(std::string_view stats, std::span<const std::string> path) {
  StatsPieces pieces;
  ForEachMember(stats, [&](std::string_view key, std::string_view value) {
    if (key == "\"minValues\"") {
      pieces.min = Find(value, path);
    } else if (key == "\"maxValues\"") {
      pieces.max = Find(value, path);
    } else if (key == "\"nullCount\"") {
      pieces.null_count = Find(value, path);
    } else if (key == "\"nanCount\"") {
      pieces.nan_count = Find(value, path);
    } else if (key == "\"tightBounds\"") {
      pieces.tight_bounds = value != "false";
    }
    return true;
  });
  return pieces;
}

}  // namespace neuralake::delta
