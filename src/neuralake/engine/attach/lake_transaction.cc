#include "neuralake/engine/attach/lake_transaction.h"

#include "neuralake/engine/attach/lake_schema.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
LakeTransaction::LakeTransaction(duckdb::TransactionManager& starter, duckdb::ClientContext& client,
                                 std::shared_ptr<Lake> lake)
    : duckdb::Transaction(starter, client), lake_(std::move(lake)), model_(lake_->model()) {}

LakeTransaction::~LakeTransaction() = default;

LakeSchema* LakeTransaction::Schema(duckdb::Catalog& catalog, const std::string& database) {
  const auto* model = model_->Find(database);
  if (model == nullptr) return nullptr;
  std::lock_guard lock(mutex_);
  auto& schema = schemas_[model->name];
  if (!schema) schema = duckdb::make_uniq<LakeSchema>(catalog, *model);
  return schema.get();
}

duckdb::CatalogEntry* LakeTransaction::Keep(const std::string& key,
                                            duckdb::unique_ptr<duckdb::CatalogEntry> entry) {
  std::lock_guard lock(mutex_);
  return entries_.try_emplace(key, std::move(entry)).first->second.get();
}

duckdb::CatalogEntry* LakeTransaction::Find(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.get();
}

Status LakeTransaction::Change(PendingChange change) {
  std::lock_guard lock(mutex_);
  if (change_) {
    change.Drop();
    return Fail(ErrorKind::kUnsupported, "a transaction can change one table, once: " +
                                             change_->name + " was changed before " + change.name);
  }
  change_ = std::make_unique<PendingChange>(std::move(change));
  return {};
}

std::unique_ptr<PendingChange> LakeTransaction::TakeChange() {
  std::lock_guard lock(mutex_);
  return std::move(change_);
}

void LakeTransaction::Rollback() {
  if (const auto change = TakeChange()) change->Drop();
}

Status LakeTransaction::Commit(const Deadline& deadline) {
  const auto change = TakeChange();
  if (!change || change->commit.actions.empty()) return {};
  const auto commit = [&] -> Result<delta::CommitOutcome> {
    const auto table = TRY(lake_->Table(change->location));
    return table->Commit(change->read, std::move(change->commit), deadline);
  };
  const auto outcome = commit();
  if (!outcome.has_value()) {
    for (auto& files : change->written) files.Settle(outcome.error());
    return Annotate(outcome.error(), "change of " + change->name);
  }
  if (const auto statement = context.lock()) {
    StatementState::Of(*statement)->NoteCommit(change->name, outcome->version);
  }
  return {};
}

LakeTransactionManager::LakeTransactionManager(duckdb::AttachedDatabase& database,
                                               std::shared_ptr<Lake> lake)
    : duckdb::TransactionManager(database), lake_(std::move(lake)) {}

duckdb::Transaction& LakeTransactionManager::StartTransaction(duckdb::ClientContext& context) {
  auto transaction = duckdb::make_uniq<LakeTransaction>(*this, context, lake_);
  auto& reference = *transaction;
  std::lock_guard lock(mutex_);
  running_.emplace(&reference, std::move(transaction));
  return reference;
}

duckdb::ErrorData LakeTransactionManager::CommitTransaction(duckdb::ClientContext& context,
                                                            duckdb::Transaction& transaction) {
  const auto done = transaction.Cast<LakeTransaction>().Commit(StatementState::DeadlineOf(context));
  Forget(transaction);
  if (done.has_value()) return {};
  try {
    ThrowError(done.error());
  } catch (const std::exception& error) {
    return duckdb::ErrorData(error);
  }
}

void LakeTransactionManager::RollbackTransaction(duckdb::Transaction& transaction) {
  transaction.Cast<LakeTransaction>().Rollback();
  Forget(transaction);
}

void LakeTransactionManager::Forget(duckdb::Transaction& transaction) {
  std::lock_guard lock(mutex_);
  running_.erase(&transaction);
}

}  // namespace neuralake::engine
