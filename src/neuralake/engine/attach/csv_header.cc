#include "neuralake/engine/attach/csv_header.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "neuralake/base/words.h"

namespace neuralake::engine {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// What a message shows of a header, which may be all of a file that has no line breaks.
constexpr std::size_t kShownBytesMax = 200;

std::string Listed(const std::vector<std::string>& names) {
  auto text = fmt::format("{}", fmt::join(names, ", "));
  if (text.size() <= kShownBytesMax) return text;
  auto end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

std::size_t CsvHeaderBytes(std::string_view head) {
  bool quoted = false;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '"') quoted = !quoted;
    if (!quoted && head[i] == '\n') return i + 1;
    // A lone carriage return ends a line, too; one at the end of what was read may not be lone.
    if (!quoted && head[i] == '\r' && i + 1 < head.size())
      return head[i + 1] == '\n' ? i + 2 : i + 1;
  }
  return 0;
}

std::vector<std::string> ParseCsvHeader(std::string_view line, char delimiter) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == delimiter && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
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
