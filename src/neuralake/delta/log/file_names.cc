#include "neuralake/delta/log/file_names.h"

#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace neuralake::delta {
namespace {

constexpr std::size_t kVersionDigits = 20;
constexpr std::size_t kPartDigits = 10;

template <class T>
std::optional<T> Digits(std::string_view text, std::size_t count) {
  if (text.size() != count || text.starts_with('-')) return std::nullopt;
  T number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::vector<std::string_view> SplitDots(std::string_view name) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto dot = name.find('.');
    parts.push_back(name.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    name.remove_prefix(dot + 1);
  }
}

/// `checkpoint.…`, behind the version.
bool ParseCheckpoint(const std::vector<std::string_view>& words, LogFile& file) {
  if (words.size() == 3 && words[2] == "parquet") {
    file.kind = LogFileKind::kClassicCheckpoint;
    return true;
  }
  if (words.size() == 4 && !words[2].empty() && (words[3] == "parquet" || words[3] == "json")) {
    file.kind = LogFileKind::kUuidCheckpoint;
    return true;
  }
  if (words.size() == 5 && words[4] == "parquet") {
    const auto part = Digits<std::uint32_t>(words[2], kPartDigits);
    const auto parts = Digits<std::uint32_t>(words[3], kPartDigits);
    if (!part || !parts || *part < 1 || *part > *parts) return false;
    file.kind = LogFileKind::kMultipartCheckpoint;
    file.part = *part;
    file.parts = *parts;
    return true;
  }
  return false;
}

bool ParseWords(const std::vector<std::string_view>& words, LogFile& file) {
  if (words.size() == 2 && words[1] == "json") return true;
  if (words.size() == 2 && words[1] == "crc") {
    file.kind = LogFileKind::kChecksum;
    return true;
  }
  if (words.size() >= 3 && words[1] == "checkpoint") return ParseCheckpoint(words, file);
  if (words.size() == 4 && words[2] == "compacted" && words[3] == "json") {
    const auto end = Digits<Version>(words[1], kVersionDigits);
    if (!end || *end <= file.version) return false;
    file.kind = LogFileKind::kCompacted;
    file.end_version = *end;
    return true;
  }
  return false;
}

}  // namespace

std::string VersionPrefix(Version version) { return fmt::format("{}{:020}", kLogPrefix, version); }
std::string CommitKey(Version version) { return VersionPrefix(version) + ".json"; }
std::string ClassicCheckpointKey(Version version) {
  return VersionPrefix(version) + ".checkpoint.parquet";
}

std::optional<LogFile> ParseLogFile(const storage::ObjectInfo& object) {
  const std::string_view key = object.key;
  if (object.is_prefix || !key.starts_with(kLogPrefix)) return std::nullopt;
  const auto words = SplitDots(key.substr(kLogPrefix.size()));
  const auto version = Digits<Version>(words[0], kVersionDigits);
  if (!version) return std::nullopt;
  LogFile file{.version = *version,
               .end_version = *version,
               .key = object.key,
               .size = object.size,
               .modified = object.modified};
  if (!ParseWords(words, file)) return std::nullopt;
  return file;
}

}  // namespace neuralake::delta
