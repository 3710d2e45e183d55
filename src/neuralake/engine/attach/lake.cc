#include "neuralake/engine/attach/lake.h"

#include <cctype>

#include "neuralake/base/uri.h"

namespace neuralake::engine {
namespace {

std::int64_t NowNs() { return SystemClock::Get().Mono().time_since_epoch().count(); }

bool IsNamePart(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

/// Put `name` where `message` has `folder` whole, not as a part of another path.
void ReplaceFolder(const std::string& folder, const std::string& name, std::string& message) {
  for (auto at = message.find(folder); at != std::string::npos; at = message.find(folder, at)) {
    const std::size_t end = at + folder.size();
    const bool begun = at > 0 && IsNamePart(message[at - 1]);
    const bool goes_on = end < message.size() && IsNamePart(message[end]);
    if (begun || goes_on) {
      at = end;
      continue;
    }
    message.replace(at, folder.size(), name);
    at += name.size();
  }
}

/// Leave out the second `table name: ` of two in a row: where there was a folder, both the engine
/// and the table itself had named it.
void NameOnce(const std::string& name, std::string& message) {
  const std::string once = "table " + name + ": ";
  if (const auto at = message.find(once + once); at != std::string::npos) {
    message.erase(at, once.size());
  }
}

}  // namespace

Lake::Lake(TableOpener opener, std::shared_ptr<FunctionRunner> functions,
           std::chrono::milliseconds staleness_max, bool hide_folders)
    : opener_(std::move(opener)),
      functions_(std::move(functions)),
      staleness_max_(staleness_max),
      hide_folders_(hide_folders),
      model_(std::make_shared<const catalog::CatalogModel>()) {}

Result<std::shared_ptr<Lake::Opened>> Lake::Open(const std::string& location) {
  {
    std::lock_guard lock(mutex_);
    const auto found = tables_.find(location);
    if (found != tables_.end()) return found->second;
  }
  auto opened = std::make_shared<Opened>();
  opened->table = TRY(opener_(location));
  std::lock_guard lock(mutex_);
  return tables_.try_emplace(location, std::move(opened)).first->second;
}

Result<std::shared_ptr<delta::Table>> Lake::Table(const std::string& location) {
  return TRY(Open(location))->table;
}

Result<delta::SnapshotPtr> Lake::Newest(const std::string& location, const Deadline& deadline) {
  const auto opened = TRY(Open(location));
  if (staleness_max_.count() > 0) {
    auto cached = opened->table->Cached();
    const auto age = std::chrono::nanoseconds{NowNs() - opened->looked_ns.load()};
    if (cached && age < staleness_max_) return cached;
  }
  const auto asked = NowNs();  // before the look: what it finds is at least this new
  auto snapshot = TRY(opened->table->Latest(deadline));
  opened->looked_ns.store(asked);
  return snapshot;
}

delta::SnapshotPtr Lake::Cached(const std::string& location) {
  std::lock_guard lock(mutex_);
  const auto found = tables_.find(location);
  return found == tables_.end() ? nullptr : found->second->table->Cached();
}

std::string Lake::HideFolders(std::string message) const {
  if (!hide_folders_ || !message.contains('/')) return message;
  const auto model = model_.load();
  for (const auto& database : model->databases) {
    for (const auto& table : database.tables) {
      const auto uri = Uri::Parse(table.uri);
      if (!uri || uri->scheme != "file" || uri->path.size() < 2) continue;
      const std::string name = database.name + "." + table.name;
      for (std::string folder : {table.uri, uri->ToString(), uri->path}) {
        while (folder.ends_with('/')) folder.pop_back();
        ReplaceFolder(folder, name, message);
      }
      NameOnce(name, message);
    }
  }
  return message;
}

Result<DeltaSourcePtr> Lake::Source(const std::string& location, delta::SnapshotPtr snapshot,
                                    std::string name) {
  const auto table = TRY(Table(location));
  return duckdb::make_shared_ptr<DeltaSource>(std::move(snapshot), table->store(), stores_,
                                              deletions_, std::move(name));
}

}  // namespace neuralake::engine
