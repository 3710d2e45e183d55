#include "neuralake/engine/sql/statement_state.h"

#include "neuralake/engine/scan/delta_source.h"

namespace neuralake::engine {
namespace {

constexpr const char* kStateKey = "neuralake_statement";

}  // namespace

duckdb::shared_ptr<StatementState> StatementState::Begin(duckdb::ClientContext& context,
                                                         Deadline deadline) {
  auto state = duckdb::make_shared_ptr<StatementState>(std::move(deadline));
  context.registered_state->Remove(kStateKey);
  context.registered_state->Insert(kStateKey, state);
  return state;
}

duckdb::shared_ptr<StatementState> StatementState::Of(duckdb::ClientContext& context) {
  return context.registered_state->GetOrCreate<StatementState>(kStateKey, Deadline());
}

delta::SnapshotPtr StatementState::Pinned(const std::string& table) const {
  std::lock_guard lock(mutex_);
  const auto found = pins_.find(table);
  return found == pins_.end() ? nullptr : found->second;
}

delta::SnapshotPtr StatementState::Pin(const std::string& table,
                                       const delta::SnapshotPtr& snapshot) {
  std::lock_guard lock(mutex_);
  return pins_.try_emplace(table, snapshot).first->second;
}

void StatementState::PinSource(const std::string& table, duckdb::shared_ptr<DeltaSource> source) {
  std::lock_guard lock(mutex_);
  sources_[table] = std::move(source);
}

duckdb::shared_ptr<DeltaSource> StatementState::PinnedSource(const std::string& table) const {
  std::lock_guard lock(mutex_);
  const auto found = sources_.find(table);
  return found == sources_.end() ? nullptr : found->second;
}

std::size_t StatementState::NoteScan(const std::string& location) {
  std::lock_guard lock(mutex_);
  return scans_[location]++;
}

std::size_t StatementState::Scans(const std::string& location) const {
  std::lock_guard lock(mutex_);
  const auto found = scans_.find(location);
  return found == scans_.end() ? 0 : found->second;
}

void StatementState::NoteCondition(std::string condition) {
  std::lock_guard lock(mutex_);
  condition_ = std::move(condition);
}

std::string StatementState::condition() const {
  std::lock_guard lock(mutex_);
  return condition_;
}

void StatementState::NoteRead(const std::string& table, std::int64_t version) {
  std::lock_guard lock(mutex_);
  read_[table].insert(version);
}

void StatementState::NoteCommit(const std::string& table, std::int64_t version) {
  std::lock_guard lock(mutex_);
  committed_[table] = version;
}

std::map<std::string, std::int64_t> StatementState::versions() const {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::int64_t> versions = committed_;
  for (const auto& [table, read] : read_) {
    if (read.size() == 1) {
      versions.try_emplace(table, *read.begin());  // one that was committed is there already
      continue;
    }
    for (const auto version : read) versions[table + "@" + std::to_string(version)] = version;
  }
  return versions;
}

void StatementState::NoteTimeout(std::string message) {
  std::lock_guard lock(mutex_);
  if (timeout_.empty()) timeout_ = std::move(message);
}

std::string StatementState::timeout() const {
  std::lock_guard lock(mutex_);
  return timeout_;
}

}  // namespace neuralake::engine
