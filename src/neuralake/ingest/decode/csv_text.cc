#include "neuralake/ingest/decode/csv_text.h"

#include <memory>

namespace neuralake::ingest {

namespace {

/// Where the record at the front of `text` ends: the first line feed outside quotes.
std::size_t RecordEnd(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '\n' && !quoted) return i;
  }
  return text.size();
}

}  // namespace

bool CsvText::Next() {
  while (!text_.empty()) {
    const auto end = RecordEnd(text_);
    record_ = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    if (record_.ends_with('\r')) record_.remove_suffix(1);
    if (!record_.empty()) return true;
  }
  return false;
}

Result<const std::vector<CsvCell>*> CsvText::Cells() {
  cells_.clear();
  unquoted_.clear();
  // So that views into the texts stay good while more are added.
  unquoted_.reserve(record_.size() / 2 + 1);
  auto rest = record_;
  for (;;) {
    cells_.push_back(TRY(TakeCell(rest)));
    if (rest.empty()) return &cells_;
    rest.remove_prefix(1);
  }
}

/// The cell at the front of `rest`, which is left at the comma behind it, or empty.
Result<CsvCell> CsvText::TakeCell(std::string_view& rest) {
  if (!rest.starts_with('"')) {
    const auto cell = rest.substr(0, rest.find(','));
    rest.remove_prefix(cell.size());
    return CsvCell{cell, false};
  }
  std::string text;
  for (std::size_t from = 1;;) {
    const auto quote = rest.find('"', from);
    if (quote == std::string_view::npos) {
      return Fail(ErrorKind::kInvalid, "a quote is not closed");
    }
    text.append(rest.substr(from, quote - from));
    from = quote + 1;
    if (from < rest.size() && rest[from] == '"') {
      text.push_back('"');
      ++from;
      continue;
    }
    rest.remove_prefix(from);
    break;
  }
  if (!rest.empty() && rest.front() != ',') {
    return Fail(ErrorKind::kInvalid, "text follows a closed quote");
  }
  unquoted_.push_back(std::move(text));
  return CsvCell{unquoted_.back(), true};
}

}  // namespace neuralake::ingest
