#include "neuralake/engine/attach/csv_header.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "neuralake/base/characters.h"
#include "neuralake/base/words.h"
#include "neuralake/engine/limits.h"

namespace neuralake::engine {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Follows the quotes of a line. One opens at the start of a cell alone.
class Quotes {
 public:
  explicit Quotes(char delimiter) : delimiter_(delimiter) {}

  /// Go over the next character; true when it is a quote that opens, closes or doubles.
  bool Pass(char c) {
    const bool is_quote = c == '"' && (quoted_ || begins_ || closed_);
    // A quote behind the one that closed makes both of them one inside of the cell.
    doubled_ = is_quote && closed_;
    closed_ = is_quote && quoted_;
    if (is_quote) quoted_ = !quoted_;
    begins_ = !quoted_ && c == delimiter_;
    return is_quote;
  }

  bool quoted() const { return quoted_; }
  bool doubled() const { return doubled_; }

 private:
  const char delimiter_;
  bool begins_ = true;
  bool quoted_ = false;
  bool closed_ = false;
  bool doubled_ = false;
};

std::string Listed(const std::vector<std::string>& names) {
  return Shortened(fmt::format("{}", fmt::join(names, ", ")), kCsvHeaderShownBytes);
}

}  // namespace

std::size_t CsvHeaderBytes(std::string_view head, char delimiter) {
  Quotes quotes(delimiter);
  for (std::size_t i = head.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
       i < head.size(); ++i) {
    quotes.Pass(head[i]);
    if (quotes.quoted()) continue;
    if (head[i] == '\n') return i + 1;
    // A lone carriage return ends a line, too; one at the end of what was read may not be lone.
    if (head[i] == '\r' && i + 1 < head.size()) return head[i + 1] == '\n' ? i + 2 : i + 1;
  }
  return 0;
}

std::vector<std::string> ParseCsvHeader(std::string_view line, char delimiter) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string> cells(1);
  Quotes quotes(delimiter);
  for (const char c : line) {
    const bool is_quote = quotes.Pass(c);
    if (quotes.doubled() || (!is_quote && (quotes.quoted() || c != delimiter))) {
      cells.back() += c;
    } else if (!is_quote) {
      cells.emplace_back();
    }
  }
  return cells;
}

Status CheckCsvHeader(const std::vector<std::string>& names,
                      const std::vector<std::string>& declared) {
  const auto same = [](const std::string& a, const std::string& b) {
    return Folded(a) == Folded(b);
  };
  if (std::ranges::equal(names, declared, same)) return {};
  return Fail(
      ErrorKind::kInvalid,
      fmt::format("its first line names the columns {}, where {} are declared; declare them "
                  "as they stand in the file, or say header=False if it has no such line",
                  Listed(names), Listed(declared)));
}

}  // namespace neuralake::engine
