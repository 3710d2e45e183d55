#include "neuralake/serve/format/negotiate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace neuralake::serve {
namespace {

constexpr std::array kRows = {
    FormatRow{Format::kJson, "json", "application/json"},
    FormatRow{Format::kNdjson, "ndjson", "application/x-ndjson"},
    FormatRow{Format::kCsv, "csv", "text/csv; charset=utf-8; header=present"},
    FormatRow{Format::kArrow, "arrow", "application/vnd.apache.arrow.stream"},
    FormatRow{Format::kParquet, "parquet", "application/vnd.apache.parquet"},
};

struct MediaRange {
  std::string_view range;
  Format format;
};

// A wildcard stands for the first of ours that it matches.
constexpr std::array kRanges = {
    MediaRange{"application/json", Format::kJson},
    MediaRange{"application/x-ndjson", Format::kNdjson},
    MediaRange{"application/ndjson", Format::kNdjson},
    MediaRange{"application/jsonl", Format::kNdjson},
    MediaRange{"text/csv", Format::kCsv},
    MediaRange{"application/csv", Format::kCsv},
    MediaRange{"application/vnd.apache.arrow.stream", Format::kArrow},
    MediaRange{"application/vnd.apache.parquet", Format::kParquet},
    MediaRange{"application/parquet", Format::kParquet},
    MediaRange{"*/*", Format::kJson},
    MediaRange{"application/*", Format::kJson},
    MediaRange{"text/*", Format::kCsv},
};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool Same(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, Lower, Lower);
}

std::string_view Trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Take what stands before `separator` from `rest`.
std::string_view Take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = Trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

// A weight that is not a number counts as 0: a client that writes nonsense gets no surprise.
double WeightOf(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = Take(parameters, ';');
    if (parameter.size() < 2 || Lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    double weight = 0;
    const char* const end = parameter.data() + parameter.size();
    const auto [stop, error] = std::from_chars(parameter.data() + 2, end, weight);
    return error == std::errc{} && stop == end ? std::clamp(weight, 0.0, 1.0) : 0;
  }
  return 1;
}

}  // namespace

const FormatRow& Row(Format format) { return kRows[static_cast<std::size_t>(format)]; }

Result<Format> ParseFormat(std::string_view name) {
  for (const FormatRow& row : kRows) {
    if (row.name == name) return row.format;
  }
  return Fail(ErrorKind::kInvalid,
              "no format " + std::string(name) + "; there are json, ndjson, csv, arrow, parquet");
}

std::optional<Format> Negotiate(std::string_view accept) {
  if (Trim(accept).empty()) return Format::kJson;
  std::optional<Format> best;
  double best_weight = 0;
  while (!accept.empty()) {
    std::string_view item = Take(accept, ',');
    const std::string_view range = Take(item, ';');
    const double weight = WeightOf(item);
    const auto found = std::ranges::find_if(
        kRanges, [&](const MediaRange& candidate) { return Same(candidate.range, range); });
    if (found == kRanges.end() || weight <= best_weight) continue;
    best = found->format;
    best_weight = weight;
  }
  return best;
}

}  // namespace neuralake::serve
