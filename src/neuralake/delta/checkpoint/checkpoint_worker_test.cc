#include "neuralake/delta/checkpoint/checkpoint_worker.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/table.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using testing::Contains;

class CheckpointWorkerTest : public testing::Test {
 protected:
  CheckpointWorkerTest() {
    Metadata metadata;
    metadata.schema = columnar::ParseDdl("id long").value();
    const auto never = Deadline::Never();
    snapshots_.push_back(table_->Create(std::move(metadata), {}, {}, never)->snapshot);
    CommitRequest request;
    request.actions = {SetTransaction{.app_id = "a", .version = 1, .last_updated = {}}};
    request.info.operation = "TEST";
    snapshots_.push_back(table_->Commit(snapshots_[0], std::move(request), never)->snapshot);
  }

  /// Does not end before it is told to.
  void Hang(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    ++begun_;
    begun_.notify_all();
    never.wait(lock, stop, [] { return false; });
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<Table> table_ =
      Table::Open(*storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_));
  std::vector<SnapshotPtr> snapshots_;
  std::atomic<int> begun_ = 0;
};

TEST_F(CheckpointWorkerTest, FinishesWhatIsDueBeforeItGoes) {
  std::vector<Version> written;
  {
    CheckpointWorker worker([&](const SnapshotPtr& snapshot, const std::stop_token&) {
      written.push_back(snapshot->version());
    });
    worker.Due(snapshots_[0]);
    worker.Due(snapshots_[1]);
  }
  EXPECT_THAT(written, Contains(snapshots_[1]->version()));
}

TEST_F(CheckpointWorkerTest, EndsOneThatHangsWhenItsPatienceIsOver) {
  CheckpointWorker worker([&](const SnapshotPtr&, const std::stop_token& stop) { Hang(stop); }, {},
                          std::chrono::milliseconds(1));
  worker.Due(snapshots_[0]);
  begun_.wait(0);
}

TEST_F(CheckpointWorkerTest, DoesNotWaitInAProcessThatWasToldToEnd) {
  std::stop_source told;
  {
    CheckpointWorker worker([&](const SnapshotPtr&, const std::stop_token& stop) { Hang(stop); },
                            told.get_token(), std::chrono::hours(24));
    worker.Due(snapshots_[0]);
    begun_.wait(0);
    worker.Due(snapshots_[1]);
    told.request_stop();
  }
  EXPECT_EQ(begun_, 1) << "another one was begun";
}

}  // namespace
}  // namespace neuralake::delta
