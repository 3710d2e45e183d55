#include "neuralake/delta/log/log_segment.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "neuralake/delta/limits.h"
#include "neuralake/storage/limits.h"

namespace neuralake::delta {
namespace {

using enum LogFileKind;

/// The files of one checkpoint.
struct Checkpoint {
  Version version;
  std::vector<LogFile> files;
};

/// All complete checkpoints up to `version`, newest first; for one version, single files first.
std::vector<Checkpoint> CompleteCheckpoints(const LogListing& listing, Version version,
                                            const BadFiles& bad) {
  std::vector<Checkpoint> found;
  std::map<std::pair<Version, std::uint32_t>, std::map<std::uint32_t, LogFile>> multipart;
  for (const auto& file : listing.files) {
    if (!IsCheckpoint(file.kind) || file.version > version || bad.contains(file.key)) continue;
    if (file.kind == kMultipartCheckpoint) {
      multipart[{file.version, file.parts}].emplace(file.part, file);
    } else {
      found.push_back({file.version, {file}});
    }
  }
  for (auto& [name, parts] : multipart) {
    if (parts.size() != name.second) continue;
    Checkpoint checkpoint{name.first, {}};
    for (auto& [number, file] : parts) checkpoint.files.push_back(std::move(file));
    found.push_back(std::move(checkpoint));
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &Checkpoint::version);
  return found;
}

/// Cover commits `first`..`last` by compacted ranges where there are any.
Result<std::vector<LogFile>> Cover(const LogListing& listing, Version first, Version last,
                                   const BadFiles& bad) {
  std::map<Version, const LogFile*> commits;
  std::map<Version, const LogFile*> ranges;  // by first version, the longest that fits
  for (const auto& file : listing.files) {
    if (file.kind == kCommit) commits[file.version] = &file;
    if (file.kind != kCompacted || file.end_version > last || bad.contains(file.key)) continue;
    const LogFile*& longest = ranges[file.version];
    if (longest == nullptr || longest->end_version < file.end_version) longest = &file;
  }
  std::vector<LogFile> cover;
  for (Version next = first; next <= last;) {
    if (const auto range = ranges.find(next); range != ranges.end()) {
      cover.push_back(*range->second);
      next = range->second->end_version + 1;
      continue;
    }
    const auto commit = commits.find(next);
    if (commit == commits.end()) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("commit {} is missing from the log ({})", next, CommitKey(next)));
    }
    cover.push_back(*commit->second);
    ++next;
  }
  return cover;
}

/// The newest version that the listing knows; -1 when it knows none.
Version NewestVersion(const LogListing& listing) {
  Version newest = -1;
  for (const auto& file : listing.files) {
    if (file.kind == kCommit || IsCheckpoint(file.kind)) newest = std::max(newest, file.version);
  }
  return newest;
}

/// The oldest version that can be made from the files.
std::optional<Version> OldestVersion(const LogListing& listing) {
  std::optional<Version> oldest;
  for (const auto& checkpoint : CompleteCheckpoints(listing, INT64_MAX, {})) {
    oldest = checkpoint.version;
  }
  for (const auto& file : listing.files) {
    if (file.kind == kCommit && file.version == 0) oldest = 0;
  }
  return oldest;
}

Status CheckExists(const LogListing& listing, Version wanted) {
  const Version newest = NewestVersion(listing);
  if (newest < 0)
    return Fail(ErrorKind::kNotFound, "no Delta table is there: its _delta_log has no commit");
  if (wanted > newest) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("version {} does not exist; the newest is {}", wanted, newest));
  }
  return {};
}

}  // namespace

Result<LogListing> ListLog(storage::ObjectStore& store, Version from, std::optional<Version> to,
                           const Deadline& deadline) {
  LogListing listing{from, {}};
  // A local store reads the whole folder for each page.
  storage::ListRequest request{.prefix = std::string(kLogPrefix),
                               .start_after = VersionPrefix(from),
                               .recursive = false,
                               .keys_max = storage::kListKeysMax};
  const std::string end = to ? VersionPrefix(*to) + "~" : "";
  std::size_t keys = 0;
  while (true) {
    TRY(deadline.Check("listing the log"));
    auto page = TRY(store.List(request, deadline));
    for (const auto& object : page.objects) {
      if (++keys > kLogListingKeysMax) {
        return Fail(ErrorKind::kResourceExhausted,
                    fmt::format("the log has more than {} files", kLogListingKeysMax));
      }
      if (!end.empty() && object.key > end) return listing;
      if (auto file = ParseLogFile(object)) listing.files.push_back(*std::move(file));
    }
    if (page.next.empty()) return listing;
    request.continuation = std::move(page.next);
  }
}

Result<std::optional<Version>> ReadLastCheckpoint(storage::ObjectStore& store,
                                                  const Deadline& deadline) {
  const auto bytes = store.Read(kLastCheckpointKey, deadline);
  if (!bytes) {
    if (bytes.error().kind == ErrorKind::kNotFound) return std::nullopt;
    return std::unexpected(bytes.error());
  }
  const auto json = nlohmann::json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("version")) return std::nullopt;
  const auto& version = json["version"];
  if (!version.is_number_unsigned() || version.get<std::uint64_t>() > INT64_MAX) {
    return std::nullopt;
  }
  return version.get<Version>();
}

Result<LogSegment> ChooseSegment(const LogListing& listing, std::optional<Version> version,
                                 const BadFiles& bad) {
  LogSegment segment;
  segment.version = version.value_or(NewestVersion(listing));
  TRY(CheckExists(listing, segment.version));
  auto checkpoints = CompleteCheckpoints(listing, segment.version, bad);
  if (!checkpoints.empty()) {
    segment.checkpoint_version = checkpoints.front().version;
    segment.checkpoint = std::move(checkpoints.front().files);
  } else if (const auto oldest = OldestVersion(listing);
             listing.from == 0 && bad.empty() && oldest && segment.version < *oldest) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("version {} is no longer in the log, which keeps versions {} to {}",
                            segment.version, *oldest, NewestVersion(listing)));
  }
  const Version first = segment.checkpoint_version ? *segment.checkpoint_version + 1 : 0;
  segment.commits = TRY(Cover(listing, first, segment.version, bad));
  for (const auto& file : listing.files) {
    if (file.kind == kCommit && file.version == segment.version) segment.last = file;
    if (file.kind == kClassicCheckpoint && file.version == segment.version) {
      segment.file_time = file.modified;
    }
  }
  for (const auto& [commit, time] : CommitTimes(listing)) {
    if (commit == segment.version) segment.file_time = time;
  }
  return segment;
}

std::vector<std::pair<Version, WallTime>> CommitTimes(const LogListing& listing) {
  std::vector<std::pair<Version, WallTime>> times;
  for (const auto& file : listing.files) {
    if (file.kind != kCommit) continue;
    WallTime time = file.modified;
    if (!times.empty()) time = std::max(time, times.back().second + std::chrono::milliseconds(1));
    times.emplace_back(file.version, time);
  }
  return times;
}

}  // namespace neuralake::delta
