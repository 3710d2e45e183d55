#include "neuralake/engine/attach/lake.h"

namespace neuralake::engine {
namespace {

std::int64_t NowNs() { return SystemClock::Get().Mono().time_since_epoch().count(); }

}  // namespace

Lake::Lake(TableOpener opener, std::shared_ptr<FunctionRunner> functions,
           std::chrono::milliseconds staleness_max)
    : opener_(std::move(opener)),
      functions_(std::move(functions)),
      staleness_max_(staleness_max),
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

Result<DeltaSourcePtr> Lake::Source(const std::string& location, delta::SnapshotPtr snapshot,
                                    std::string name) {
  const auto table = TRY(Table(location));
  return duckdb::make_shared_ptr<DeltaSource>(std::move(snapshot), table->store(), stores_,
                                              deletions_, std::move(name));
}

}  // namespace neuralake::engine
