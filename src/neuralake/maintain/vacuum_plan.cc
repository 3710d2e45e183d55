#include "neuralake/maintain/vacuum_plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <set>

#include "neuralake/base/uri.h"
#include "neuralake/delta/deletion_vector.h"
#include "neuralake/delta/removed_files.h"

namespace neuralake::maintain {
namespace {

constexpr std::string_view kChangeData = "_change_data/";

/// The key of a path of the log; nothing for one that lies elsewhere, which is not ours to delete.
std::optional<std::string> KeyOf(std::string_view path) {
  if (path.starts_with('/') || path.find(":/") != std::string_view::npos) return std::nullopt;
  return PercentDecode(path);
}

/// Keys that must stay: those of live files and of tombstones younger than the horizon.
class Needed {
 public:
  void Keep(std::string_view path,
            const std::optional<delta::DeletionVectorDescriptor>& deletion_vector) {
    Keep(KeyOf(path), path);
    if (!deletion_vector || deletion_vector->storage_type == 'i') return;
    Keep(delta::RelativeKey(*deletion_vector), deletion_vector->path_or_inline);
  }

  bool Has(const std::string& key) const {
    return keys_.contains(key) || names_.contains(NameIn(key));
  }

 private:
  static std::string NameIn(std::string_view path) {
    return PercentDecode(path.substr(path.rfind('/') + 1));
  }

  void Keep(std::optional<std::string> key, std::string_view path) {
    if (key) {
      keys_.insert(*std::move(key));
    } else {
      names_.insert(NameIn(path));
    }
  }

  std::set<std::string> keys_;
  /// Last parts of absolute paths, which may lie below this table's root under any spelling of it:
  /// names of data files are unique, so keeping all of that name keeps nothing else.
  std::set<std::string, std::less<>> names_;
};

bool IsOlder(const delta::RemovedFile& tombstone, WallTime than) {
  // A tombstone without a time counts as removed at the beginning of time, as in Spark.
  return tombstone.deletion_timestamp.value_or(0) < than.time_since_epoch().count();
}

void KeepAllOf(const delta::Snapshot& snapshot, const std::vector<delta::RemovedFile>& tombstones,
               WallTime horizon, Needed& needed) {
  const auto& files = snapshot.files();
  for (std::size_t file = 0; file < files.count(); ++file) {
    needed.Keep(files.path(file), files.deletion_vector(file));
  }
  for (const auto& tombstone : tombstones) {
    if (!IsOlder(tombstone, horizon)) needed.Keep(tombstone.path, tombstone.deletion_vector);
  }
}

/// A name that engines hide. A partition folder is not, even when its column begins with `_`.
bool IsHidden(std::string_view name) {
  return (name.starts_with('_') || name.starts_with('.')) &&
         name.find('=') == std::string_view::npos;
}

/// Whether a vacuum may touch `key` at all.
bool IsOurs(std::string_view key) {
  if (key.starts_with(kChangeData)) key.remove_prefix(kChangeData.size());
  for (const auto part : std::views::split(key, '/')) {
    if (IsHidden(std::string_view(part.begin(), part.end()))) return false;
  }
  return true;
}

/// The folders below this table that hold tables of their own.
class OtherTables {
 public:
  explicit OtherTables(std::span<const storage::ObjectInfo> listed) {
    constexpr std::string_view kLog = "/_delta_log/";
    for (const auto& object : listed) {
      const auto end = object.key.find(kLog);
      if (end != std::string::npos) folders_.insert(object.key.substr(0, end));
    }
  }

  bool Have(std::string_view key) const {
    for (auto end = key.find('/'); end != key.npos; end = key.find('/', end + 1)) {
      if (folders_.contains(key.substr(0, end))) return true;
    }
    return false;
  }

 private:
  std::set<std::string, std::less<>> folders_;
};

}  // namespace

Result<std::vector<DoomedFile>> PlanLogVacuum(const delta::Snapshot& snapshot, WallTime horizon,
                                              WallTime since) {
  const auto tombstones = TRY(delta::RemovedFiles(snapshot));
  Needed needed;
  KeepAllOf(snapshot, tombstones, horizon, needed);
  std::map<std::string, std::int64_t> doomed;
  const auto consider = [&](std::optional<std::string> key, std::int64_t bytes) {
    if (key && !needed.Has(*key)) doomed[*std::move(key)] = bytes;
  };
  for (const auto& tombstone : tombstones) {
    if (!IsOlder(tombstone, horizon) || IsOlder(tombstone, since)) continue;
    consider(KeyOf(tombstone.path), tombstone.size);
    if (tombstone.deletion_vector) consider(delta::RelativeKey(*tombstone.deletion_vector), 0);
  }
  std::vector<DoomedFile> files;
  for (const auto& [key, bytes] : doomed) files.push_back({key, bytes});
  return files;
}

Result<std::vector<DoomedFile>> PlanFullVacuum(const delta::Snapshot& snapshot,
                                               std::span<const storage::ObjectInfo> listed,
                                               WallTime horizon, const UnnamedFiles& unnamed) {
  const auto tombstones = TRY(delta::RemovedFiles(snapshot));
  Needed needed;
  KeepAllOf(snapshot, tombstones, horizon, needed);
  for (const auto& version : unnamed.earlier) {
    KeepAllOf(*version, TRY(delta::RemovedFiles(*version)), horizon, needed);
  }
  Needed removed;
  for (const auto& tombstone : tombstones) {
    removed.Keep(tombstone.path, tombstone.deletion_vector);
  }
  const OtherTables others(listed);
  std::vector<DoomedFile> doomed;
  for (const auto& object : listed) {
    if (object.is_prefix || object.modified >= horizon || !IsOurs(object.key)) continue;
    if (needed.Has(object.key) || others.Have(object.key)) continue;
    if (object.modified >= unnamed.horizon && !removed.Has(object.key)) continue;
    doomed.push_back({object.key, static_cast<std::int64_t>(object.size)});
  }
  std::ranges::sort(doomed, {}, &DoomedFile::key);
  return doomed;
}

}  // namespace neuralake::maintain
