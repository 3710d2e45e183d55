#include "neuralake/delta/log/file_line.h"

#include <simdjson.h>

namespace neuralake::delta {
namespace {

namespace json = simdjson::ondemand;

constexpr std::string_view kAdd = R"({"add":{)";
constexpr std::string_view kRemove = R"({"remove":{)";

bool Take(json::value& value, std::string_view& text) {
  return value.get_string().get(text) == simdjson::SUCCESS;
}

bool Take(json::value& value, std::optional<std::int64_t>& number) {
  std::int64_t read = 0;
  if (value.get_int64().get(read) != simdjson::SUCCESS) return false;
  number = read;
  return true;
}

bool Take(json::value& value, bool& truth) {
  return value.get_bool().get(truth) == simdjson::SUCCESS;
}

bool TakePartitionValues(json::value& value, FileView& file) {
  json::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto member : object) {
    std::string_view column;
    json::value item;
    if (member.unescaped_key().get(column) != simdjson::SUCCESS) return false;
    if (member.value().get(item) != simdjson::SUCCESS) return false;
    auto& slot = file.partition_values.emplace_back(column, std::nullopt);
    bool is_null = false;
    if (item.is_null().get(is_null) != simdjson::SUCCESS) return false;
    if (is_null) continue;
    std::string_view text;
    if (!Take(item, text)) return false;
    slot.value = text;
  }
  return true;
}

/// One member; false for those that are rare.
bool TakeMember(std::string_view key, json::value& value, FileView& file) {
  if (key == "path") return Take(value, file.path);
  if (key == "stats") return Take(value, file.stats);
  if (key == "size") return Take(value, file.size);
  if (key == "dataChange") return Take(value, file.data_change);
  if (key == "partitionValues") return TakePartitionValues(value, file);
  if (key == "extendedFileMetadata") return Take(value, file.extended_file_metadata);
  if (key == (file.is_remove ? "deletionTimestamp" : "modificationTime")) {
    return Take(value, file.time);
  }
  return false;
}

bool TakeAction(json::object& action, FileView& file) {
  for (auto member : action) {
    std::string_view key;
    json::value value;
    if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    if (member.value().get(value) != simdjson::SUCCESS) return false;
    bool is_null = false;
    if (value.is_null().get(is_null) != simdjson::SUCCESS) return false;
    if (!is_null && !TakeMember(key, value, file)) return false;
  }
  return true;
}

}  // namespace

struct FileLineParser::State {
  json::parser parser;
};

FileLineParser::FileLineParser() : state_(std::make_unique<State>()) {}
FileLineParser::~FileLineParser() = default;

std::size_t FileLineParser::padding() { return simdjson::SIMDJSON_PADDING; }

bool FileLineParser::Parse(std::string_view line, FileView& file) {
  const bool is_remove = line.starts_with(kRemove);
  if (!is_remove && !line.starts_with(kAdd)) return false;
  file.Clear();
  file.is_remove = is_remove;
  json::document document;
  json::object root;
  const simdjson::padded_string_view text(line.data(), line.size(), line.size() + padding());
  if (state_->parser.iterate(text).get(document) != simdjson::SUCCESS) return false;
  if (document.get_object().get(root) != simdjson::SUCCESS) return false;
  bool is_taken = false;
  for (auto member : root) {
    json::object action;
    if (is_taken || member.value().get_object().get(action) != simdjson::SUCCESS) return false;
    if (!TakeAction(action, file)) return false;
    is_taken = true;
  }
  // Where nothing is left there is no location.
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  if (!at_end || file.path.empty() || file.size.value_or(0) < 0) return false;
  return is_remove || file.size.has_value();
}

}  // namespace neuralake::delta
