#include "neuralake/verify/finding.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "neuralake/verify/limits.h"

namespace neuralake::verify {

std::string Text(const Finding& finding) {
  const RuleRow& row = Row(finding.rule);
  std::string text = fmt::format("{} {}", Name(row.severity), row.name);
  if (finding.place.version >= 0) text += fmt::format(" version {}", finding.place.version);
  if (!finding.place.file.empty()) text += " " + finding.place.file;
  if (finding.place.row >= 0) text += fmt::format(":{}", finding.place.row);
  return text + ": " + finding.message;
}

std::string Quoted(std::string_view text) {
  std::string out = "'";
  std::size_t end = std::min(text.size(), kQuoteMax);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  for (const char c : text.substr(0, end)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + (end < text.size() ? "…'" : "'");
}

void Findings::Add(Rule rule, Place place, std::string message) {
  std::lock_guard lock(mutex_);
  ++count_;
  if (kept_.size() < kFindingsMax) kept_.push_back({rule, std::move(place), std::move(message)});
}

std::size_t Findings::count() const {
  std::lock_guard lock(mutex_);
  return count_;
}

std::vector<Finding> Findings::Take() {
  std::lock_guard lock(mutex_);
  const auto key = [](const Finding& finding) {
    return std::tie(finding.place.version, finding.place.file, finding.place.row, finding.rule,
                    finding.message);
  };
  std::ranges::sort(kept_, [&key](const Finding& a, const Finding& b) { return key(a) < key(b); });
  return std::exchange(kept_, {});
}

}  // namespace neuralake::verify
