#include "neuralake/verify/checkpoint/file_difference.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "neuralake/verify/data/statistics.h"
#include "neuralake/verify/data/value.h"

namespace neuralake::verify {
namespace {

// An empty value is a null.
Texts Normal(const Texts& values) {
  Texts normal;
  for (const auto& [name, value] : values) {
    normal[name] = value && value->empty() ? std::nullopt : value;
  }
  return normal;
}

bool SameJson(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const Json left = ParseJson(a);
  return !left.is_discarded() && left == ParseJson(b);
}

template <class T>
std::string Shown(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "none";
}

template <class T>
std::optional<std::string> Unequal(std::string_view field, const std::optional<T>& kept,
                                   const std::optional<T>& replayed) {
  if (kept == replayed) return std::nullopt;
  return fmt::format("{} is {} and not {}", field, Shown(kept), Shown(replayed));
}

/// The type of the leaf that statistics call `path`; null when the schema has none.
const Type* LeafType(const TableMetadata& metadata, const ColumnPath& path) {
  if (!metadata.schema) return nullptr;
  const std::vector<Field>* level = &metadata.schema->fields;
  const Type* type = nullptr;
  for (const std::string& name : path) {
    type = nullptr;
    for (const Field& field : *level) {
      if (PhysicalName(field, metadata) == name) type = &field.type;
    }
    if (type == nullptr) return nullptr;
    level = &type->children;
  }
  return type;
}

bool SameValue(const Type& type, const Scalar& a, const Scalar& b) {
  const auto left = ParseValue(type, a.text);
  const auto right = ParseValue(type, b.text);
  if (!left || !right) return true;  // told where values are checked
  const auto* number = std::get_if<double>(&*left);
  const auto* other = std::get_if<double>(&*right);
  if (number != nullptr && other != nullptr && std::isnan(*number)) return std::isnan(*other);
  return Compare(*left, *right) == 0;
}

std::optional<std::string> DifferentBound(std::string_view which,
                                          const std::map<ColumnPath, Scalar>& parsed,
                                          const std::map<ColumnPath, Scalar>& text,
                                          const TableMetadata& metadata) {
  for (const auto& [path, scalar] : parsed) {
    const auto found = text.find(path);
    const Type* type = LeafType(metadata, path);
    if (type == nullptr || type->is_nested() || type->id == TypeId::kVariant) continue;
    if (found == text.end()) continue;
    if (!SameValue(*type, scalar, found->second)) {
      return fmt::format("{} of {} is {} and not {}", which,
                         Quoted(fmt::format("{}", fmt::join(path, "."))), Quoted(scalar.text),
                         Quoted(found->second.text));
    }
  }
  return std::nullopt;
}

std::optional<std::string> StatsDifference(const Statistics& parsed, const Statistics& text,
                                           const TableMetadata& metadata) {
  if (auto wrong = Unequal("numRecords", parsed.num_records, text.num_records)) {
    return wrong;
  }
  for (const auto& [path, count] : parsed.null_count) {
    const auto found = text.null_count.find(path);
    if (found != text.null_count.end() && found->second != count) {
      return fmt::format("nullCount of {} is {} and not {}",
                         Quoted(fmt::format("{}", fmt::join(path, "."))), count, found->second);
    }
  }
  if (auto wrong = DifferentBound("minValues", parsed.min, text.min, metadata)) return wrong;
  return DifferentBound("maxValues", parsed.max, text.max, metadata);
}

template <class T>
bool SameColumns(const std::map<ColumnPath, T>& a, const std::map<ColumnPath, T>& b) {
  return std::ranges::equal(a, b, {}, &std::pair<const ColumnPath, T>::first,
                            &std::pair<const ColumnPath, T>::first);
}

std::optional<std::string> WithoutZone(const std::map<ColumnPath, Scalar>& bounds,
                                       const TableMetadata& metadata) {
  for (const auto& [path, scalar] : bounds) {
    const Type* type = LeafType(metadata, path);
    if (type == nullptr || type->id != TypeId::kTimestamp || HasZone(scalar.text)) continue;
    return fmt::format("minValues of {} is {}, without a time zone",
                       Quoted(fmt::format("{}", fmt::join(path, "."))), Quoted(scalar.text));
  }
  return std::nullopt;
}

// Texts that are not the same may say the same.
std::optional<std::string> TextDifference(const std::string& kept, const std::string& replayed,
                                          const TableMetadata& metadata) {
  if (SameJson(kept, replayed)) return std::nullopt;
  const auto left = ParseStatistics(kept);
  const auto right = ParseStatistics(replayed);
  if (!left || !right) return "stats differ";
  if (!SameColumns(left->min, right->min) || !SameColumns(left->max, right->max) ||
      !SameColumns(left->null_count, right->null_count)) {
    return "stats are about other columns";
  }
  if (auto wrong = StatsDifference(*left, *right, metadata)) return wrong;
  return WithoutZone(left->min, metadata);
}

std::optional<std::string> ParsedAndText(const Json& parsed_json, const std::string& text,
                                         const TableMetadata& metadata) {
  const auto parsed = ParseStatistics(Dump(parsed_json));
  if (!parsed) return "stats_parsed: " + parsed.error().message;
  const auto statistics = ParseStatistics(text);
  if (!statistics) return std::nullopt;  // told where the file is checked
  return StatsDifference(*parsed, *statistics, metadata);
}

std::optional<std::string> PartitionDifference(const FileAction& file,
                                               const TableMetadata& metadata) {
  for (const auto& [name, member] : file.partition_values_parsed->items()) {
    const auto text = file.partition_values.find(name);
    const Type* type = LeafType(metadata, {name});
    if (type == nullptr || type->is_nested() || text == file.partition_values.end()) continue;
    const bool is_null = !text->second || text->second->empty();
    const Scalar parsed{member.is_string() ? member.get<std::string>() : Dump(member)};
    if (is_null || !SameValue(*type, parsed, {*text->second})) {
      return fmt::format("partition value {} is {} parsed and {} as text", Quoted(name),
                         Quoted(parsed.text), is_null ? "null" : Quoted(*text->second));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Difference(const FileAction& kept, const FileAction& replayed,
                                      const TableMetadata& metadata) {
  if (auto wrong = Unequal("size", kept.size, replayed.size)) return wrong;
  if (auto wrong = Unequal("modificationTime", kept.time, replayed.time)) return wrong;
  if (auto wrong = Unequal("baseRowId", kept.base_row_id, replayed.base_row_id)) return wrong;
  if (auto wrong = Unequal("defaultRowCommitVersion", kept.row_commit_version,
                           replayed.row_commit_version)) {
    return wrong;
  }
  if (Normal(kept.partition_values) != Normal(replayed.partition_values)) {
    return "partitionValues differ";
  }
  if (kept.tags != replayed.tags) return "tags differ";
  if (kept.vector != replayed.vector) return "deletionVector differs";
  if (kept.clustering_provider != replayed.clustering_provider) return "clusteringProvider differs";
  const bool as_text = metadata.Property("delta.checkpoint.writeStatsAsJson") != "false";
  if (!kept.stats && replayed.stats && !replayed.stats->empty() && !kept.stats_parsed && as_text) {
    return "stats are missing";
  }
  if (!kept.stats) return std::nullopt;
  // Where the replay began with parsed statistics alone, their text is the writer's own.
  if (!replayed.stats && replayed.stats_parsed) {
    return ParsedAndText(*replayed.stats_parsed, *kept.stats, metadata);
  }
  return TextDifference(*kept.stats, replayed.stats.value_or(""), metadata);
}

std::optional<std::string> ParsedDifference(const FileAction& file, const FileAction& replayed,
                                            const TableMetadata& metadata) {
  const auto& text = file.stats ? file.stats : replayed.stats;
  if (file.stats_parsed && text && !text->empty()) {
    if (auto wrong = ParsedAndText(*file.stats_parsed, *text, metadata)) return wrong;
  }
  if (!file.partition_values_parsed) return std::nullopt;
  return PartitionDifference(file, metadata);
}

void CompareFiles(const std::map<std::string, const FileAction*>& kept, const TableState& state,
                  Rule files_rule, Rule fields_rule, const Place& place, Findings& findings) {
  for (const auto& [key, replayed] : state.files) {
    if (!kept.contains(key)) {
      findings.Add(files_rule, place, Quoted(replayed.path) + " of the replay is missing");
    }
  }
  for (const auto& [key, file] : kept) {
    Place at = place;
    at.row = file->row;
    const auto replayed = state.files.find(key);
    if (replayed == state.files.end()) {
      findings.Add(files_rule, at, Quoted(file->path) + " is not in the replay");
    } else if (auto wrong = Difference(*file, replayed->second, state.metadata)) {
      findings.Add(fields_rule, at, fmt::format("{}: {}", Quoted(file->path), *wrong));
    }
  }
}

}  // namespace neuralake::verify
