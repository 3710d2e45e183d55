#include "neuralake/engine/attach/lake_transaction.h"

#include "neuralake/engine/attach/lake_schema.h"
#include "neuralake/engine/sql/statement_state.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

/// The commit of `append`, whose actions it takes.
delta::CommitRequest RequestOf(PendingAppend& append) {
  delta::CommitRequest request;
  request.actions = std::move(append.actions);
  request.info.operation = "WRITE";
  request.info.operation_parameters["mode"] = "Append";
  // Rows that were made of the table's own rows depend on what the statement saw.
  request.reads.whole_table = append.reads_table;
  return request;
}

}  // namespace

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

Status LakeTransaction::Append(PendingAppend append) {
  std::lock_guard lock(mutex_);
  if (append_ && append_->location != append.location) {
    for (auto& files : append.written) files.Drop();
    return Fail(ErrorKind::kUnsupported, "a transaction can change one table only: " +
                                             append_->name + " was changed before " + append.name);
  }
  if (!append_) {
    append_ = std::make_unique<PendingAppend>(std::move(append));
    return {};
  }
  append_->reads_table = append_->reads_table || append.reads_table;
  for (auto& action : append.actions) append_->actions.push_back(std::move(action));
  for (auto& files : append.written) append_->written.push_back(std::move(files));
  return {};
}

std::unique_ptr<PendingAppend> LakeTransaction::TakeAppend() {
  std::lock_guard lock(mutex_);
  return std::move(append_);
}

void LakeTransaction::Rollback() {
  const auto append = TakeAppend();
  if (append == nullptr) return;
  for (auto& files : append->written) files.Drop();
}

Status LakeTransaction::Commit(const Deadline& deadline) {
  const auto append = TakeAppend();
  if (!append || append->actions.empty()) return {};
  const auto commit = [&]() -> Result<delta::CommitOutcome> {
    const auto table = TRY(lake_->Table(append->location));
    return table->Commit(append->read, RequestOf(*append), deadline);
  };
  const auto outcome = commit();
  if (!outcome.has_value()) {
    for (auto& files : append->written) files.Settle(outcome.error());
    return Annotate(outcome.error(), "insert into " + append->name);
  }
  if (const auto statement = context.lock()) {
    StatementState::Of(*statement)->NoteCommit(append->name, outcome->version);
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
