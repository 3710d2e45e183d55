#include "neuralake/delta/data/stats_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "neuralake/columnar/decimal_text.h"
#include "neuralake/columnar/json_text.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/delta/data/bound_text.h"

namespace neuralake::delta {
namespace {

using columnar::ColumnStatistics;
using columnar::Field;

// Writes values at paths, which come depth first, as one JSON object.
class NestedObject {
 public:
  explicit NestedObject(std::string& out) : out_(out) { out_ += '{'; }

  void Add(const std::vector<std::string>& path, std::string_view value) {
    const std::size_t folders = path.size() - 1;
    std::size_t common = 0;
    while (common < folders && common < open_.size() && open_[common] == path[common]) ++common;
    Close(common);
    for (std::size_t i = common; i < folders; ++i) {
      Key(path[i]);
      out_ += '{';
      first_ = true;
      open_.push_back(path[i]);
    }
    Key(path.back());
    out_ += value;
  }

  void Finish() {
    Close(0);
    out_ += '}';
  }

 private:
  void Key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    columnar::AppendJsonString(name, out_);
    out_ += ':';
  }
  void Close(std::size_t depth) {
    while (open_.size() > depth) {
      out_ += '}';
      open_.pop_back();
      first_ = false;
    }
  }

  std::string& out_;
  std::vector<std::string> open_;
  bool first_ = true;
};

template <class TextOf>
void AppendObject(std::string_view name, const columnar::FileStatistics& statistics,
                  const StatsColumns& columns, TextOf text_of, std::string& out) {
  out += fmt::format(",\"{}\":", name);
  NestedObject object(out);
  for (std::size_t i = 0; i < statistics.columns.size(); ++i) {
    const ColumnStatistics& column = statistics.columns[i];
    if (!columns.Includes(i, column.path)) continue;
    if (const std::optional<std::string> text = text_of(column)) object.Add(column.path, *text);
  }
  object.Finish();
}

// The parts of `a.b, `c.d`.e`: columns by commas, names by dots, backticks around odd names.
Result<std::vector<std::vector<std::string>>> SplitNames(std::string_view text) {
  std::vector<std::vector<std::string>> columns(1, {""});
  bool quoted = false;
  for (const char c : text) {
    if (c == '`') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      columns.push_back({""});
    } else if (!quoted && c == '.') {
      columns.back().emplace_back();
    } else if (quoted || c != ' ' || !columns.back().back().empty()) {
      columns.back().back() += c;
    }
  }
  for (auto& column : columns) {
    for (std::string& name : column) name.resize(name.find_last_not_of(' ') + 1);
  }
  if (quoted) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("delta.dataSkippingStatsColumns: '{}' has an open backtick", text));
  }
  return columns;
}

Result<std::vector<std::string>> StoredPath(const std::vector<std::string>& names,
                                            const Metadata& metadata, MappingMode mode) {
  std::vector<std::string> path;
  columnar::Schema level = metadata.schema;
  for (const std::string& name : names) {
    const Field* field = level.Find(name);
    if (field == nullptr) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("delta.dataSkippingStatsColumns: there is no column {}",
                              fmt::join(names, ".")));
    }
    path.push_back(PhysicalName(*field, mode));
    level = columnar::Schema{std::vector<Field>(field->type.children)};
  }
  return path;
}

}  // namespace

bool StatsColumns::Includes(std::size_t position, const std::vector<std::string>& path) const {
  if (paths.empty()) return position < first;
  return std::ranges::any_of(paths, [&path](const std::vector<std::string>& chosen) {
    return chosen.size() <= path.size() && std::equal(chosen.begin(), chosen.end(), path.begin());
  });
}

Result<StatsColumns> StatsColumnsOf(const Metadata& metadata, MappingMode mode) {
  StatsColumns result;
  const auto& properties = metadata.configuration;
  if (const auto names = properties.find("delta.dataSkippingStatsColumns");
      names != properties.end() && !names->second.empty()) {
    for (const auto& column : TRY(SplitNames(names->second))) {
      result.paths.push_back(TRY(StoredPath(column, metadata, mode)));
    }
    return result;
  }
  const auto number = properties.find("delta.dataSkippingNumIndexedCols");
  if (number == properties.end()) return result;
  const std::string& text = number->second;
  std::int64_t count = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc{} || stop != text.data() + text.size() || count < -1) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("delta.dataSkippingNumIndexedCols: '{}' is not -1 or more", text));
  }
  result.first = static_cast<std::size_t>(count);  // -1: all
  return result;
}

std::string StatsJson(const columnar::FileStatistics& statistics, const StatsColumns& columns) {
  std::string out = fmt::format("{{\"numRecords\":{}", statistics.num_records);
  AppendObject(
      "minValues", statistics, columns,
      [](const ColumnStatistics& column) {
        return column.min ? LowerBoundText(*column.min) : std::nullopt;
      },
      out);
  AppendObject(
      "maxValues", statistics, columns,
      [](const ColumnStatistics& column) {
        return column.max ? UpperBoundText(*column.max) : std::nullopt;
      },
      out);
  AppendObject(
      "nullCount", statistics, columns,
      [](const ColumnStatistics& column) -> std::optional<std::string> {
        if (!column.null_count) return std::nullopt;
        return std::to_string(*column.null_count);
      },
      out);
  out += '}';
  return out;
}

}  // namespace neuralake::delta
