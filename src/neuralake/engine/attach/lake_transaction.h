#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/change/pending_change.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

class LakeSchema;

/// What one statement sees of the catalog: one model, one snapshot a table, its own entries.
class LakeTransaction final : public duckdb::Transaction {
 public:
  LakeTransaction(duckdb::TransactionManager& starter, duckdb::ClientContext& client,
                  std::shared_ptr<Lake> lake);
  ~LakeTransaction() override;

  const catalog::CatalogModel& model() const { return *model_; }
  Lake& lake() const { return *lake_; }

  /// The schema of `database`; null when the model has none of that name (without case).
  LakeSchema* Schema(duckdb::Catalog& catalog, const std::string& database);

  /// Keep `entry` until the transaction ends, under `key`; returns the one that is kept.
  duckdb::CatalogEntry* Keep(const std::string& key,
                             duckdb::unique_ptr<duckdb::CatalogEntry> entry);
  duckdb::CatalogEntry* Find(const std::string& key) const;

  /// Note what the commit shall do; when that is refused its files go.
  /// \errors kUnsupported  this transaction has changed a table already
  Status Change(PendingChange change);

  /// Commit what was noted.
  Status Commit(const Deadline& deadline);

  /// Forget what was noted; its files go.
  void Rollback();

 private:
  std::unique_ptr<PendingChange> TakeChange();

  std::shared_ptr<Lake> lake_;
  catalog::CatalogPtr model_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, duckdb::unique_ptr<LakeSchema>> schemas_;
  std::map<std::string, duckdb::unique_ptr<duckdb::CatalogEntry>> entries_;
  std::unique_ptr<PendingChange> change_;
};

/// Starts and ends transactions of the attached catalog.
class LakeTransactionManager final : public duckdb::TransactionManager {
 public:
  LakeTransactionManager(duckdb::AttachedDatabase& database, std::shared_ptr<Lake> lake);

  duckdb::Transaction& StartTransaction(duckdb::ClientContext& context) override;
  duckdb::ErrorData CommitTransaction(duckdb::ClientContext& context,
                                      duckdb::Transaction& transaction) override;
  void RollbackTransaction(duckdb::Transaction& transaction) override;
  void Checkpoint(duckdb::ClientContext&, bool) override {}

 private:
  void Forget(duckdb::Transaction& transaction);

  std::shared_ptr<Lake> lake_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<duckdb::Transaction*, duckdb::unique_ptr<LakeTransaction>> running_;
};

}  // namespace neuralake::engine
