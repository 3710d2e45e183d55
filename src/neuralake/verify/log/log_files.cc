#include "neuralake/verify/log/log_files.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace neuralake::verify {
namespace {

constexpr std::size_t kVersionDigits = 20;
constexpr std::size_t kPartDigits = 10;
constexpr std::size_t kUuidChars = 36;

std::vector<std::string_view> Split(std::string_view name) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto dot = name.find('.');
    parts.push_back(name.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    name.remove_prefix(dot + 1);
  }
}

std::optional<std::int64_t> Number(std::string_view text, std::size_t digits) {
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() != digits || failure != std::errc{} || stop != text.data() + text.size() ||
      value < 0) {
    return std::nullopt;
  }
  return value;
}

using Naming = CheckpointFiles::Naming;
using Parts = std::vector<std::string_view>;

/// The checkpoint with so many parts whose files come one after the other in a listing.
CheckpointFiles& PartsOf(std::vector<CheckpointFiles>& known, std::int64_t parts) {
  for (CheckpointFiles& checkpoint : known) {
    if (checkpoint.naming == Naming::kMultiPart && checkpoint.parts == parts) return checkpoint;
  }
  known.push_back({Naming::kMultiPart, {}, parts});
  return known.back();
}

void SortCheckpoint(std::int64_t version, const Parts& name, storage::ObjectInfo object,
                    LogFiles& files) {
  auto& known = files.checkpoints[version];
  if (name.size() == 3 && name[2] == "parquet") {
    known.push_back({Naming::kClassic, {std::move(object)}, 1});
  } else if (name.size() == 4 && name[2].size() == kUuidChars) {
    known.push_back({Naming::kUuid, {std::move(object)}, 1});
  } else if (name.size() == 5 && name[4] == "parquet") {
    const auto part = Number(name[2], kPartDigits);
    const auto parts = Number(name[3], kPartDigits);
    if (part && parts && *part >= 1 && *part <= *parts) {
      PartsOf(known, *parts).files.push_back(std::move(object));
    }
  }
  if (known.empty()) files.checkpoints.erase(version);
}

void Sort(storage::ObjectInfo object, LogFiles& files) {
  const std::string_view name = std::string_view(object.key).substr(kLogFolder.size());
  if (name.starts_with("_sidecars/")) {
    files.sidecars.emplace(object.key, object.size);
    return;
  }
  const Parts parts = Split(name);
  const auto version = Number(parts[0], kVersionDigits);
  if (!version) return;
  if (parts.size() == 2 && parts[1] == "json") {
    files.commits.emplace(*version, std::move(object));
  } else if (parts.size() == 2 && parts[1] == "crc") {
    files.checksums.emplace(*version, std::move(object));
  } else if (parts.size() >= 3 && parts[1] == "checkpoint") {
    SortCheckpoint(*version, parts, object, files);
  } else if (parts.size() == 4 && parts[2] == "compacted" && parts[3] == "json") {
    const auto last = Number(parts[1], kVersionDigits);
    if (last) files.compacted.push_back({*version, *last, object.key});
  }
}

}  // namespace

Result<LogFiles> ListLog(storage::ObjectStore& store, const Deadline& deadline) {
  LogFiles files;
  auto objects = storage::ListAll(store, {.prefix = std::string(kLogFolder)}, deadline);
  if (!objects) {
    return Annotate(std::move(objects).error(), "table " + store.root().ToString());
  }
  for (storage::ObjectInfo& object : *objects) Sort(std::move(object), files);
  if (files.commits.empty() && files.checkpoints.empty()) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("table {}: no Delta table is there", store.root().ToString()));
  }
  return files;
}

}  // namespace neuralake::verify
