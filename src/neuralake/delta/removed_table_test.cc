// A table that is removed, or made anew, while a process holds it.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/file_names.h"
#include "neuralake/delta/table.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/local_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

namespace fs = std::filesystem;
using storage::ObjectStore;
using testing::HasSubstr;

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

Metadata Described(const std::string& id) {
  Metadata metadata;
  metadata.id = id;
  metadata.schema = columnar::ParseDdl("id long").value();
  metadata.configuration["delta.checkpointInterval"] = "1000";
  return metadata;
}

CommitRequest Append(const std::string& path) {
  CommitRequest request;
  AddFile add;
  add.path = path;
  add.size = 1;
  request.actions.emplace_back(add);
  request.info.operation = "WRITE";
  return request;
}

/// On a local disk, and where a request takes a round trip.
class RemovedTableTest : public testing::TestWithParam<bool> {
 protected:
  RemovedTableTest() {
    std::string name = "/tmp/removed_table.XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    root_ = folder_ + "/t";
    store_ = Store();
    table_ = Open();
  }
  ~RemovedTableTest() override { fs::remove_all(folder_); }

  std::shared_ptr<ObjectStore> Store() {
    if (GetParam()) return *storage::LocalStore::Open(*Uri::Parse(root_));
    return *storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_);
  }

  std::shared_ptr<Table> Open() {
    TableOptions options;
    options.clock = &clock_;
    return Table::Open(Store(), options);
  }

  /// A table of `commits` commits behind its first.
  SnapshotPtr Make(Table& table, const std::string& id, int commits) {
    auto snapshot = table.Create(Described(id), {}, {}, kSoon)->snapshot;
    for (int i = 1; i <= commits; ++i) {
      snapshot = table.Commit(snapshot, Append(id + std::to_string(i)), kSoon)->snapshot;
    }
    return snapshot;
  }

  void RemoveAll() {
    if (GetParam()) {
      fs::remove_all(root_);
      return;
    }
    const auto objects = ListAll(*store_, {}, kSoon).value();
    for (const auto& object : objects) {
      ASSERT_TRUE(store_->Delete(object.key, kSoon));
    }
  }

  std::vector<std::string> Log() {
    std::vector<std::string> keys;
    const auto objects = ListAll(*store_, {.prefix = std::string(kLogPrefix)}, kSoon).value();
    for (const auto& object : objects) {
      keys.push_back(object.key);
    }
    return keys;
  }

  FakeClock clock_;
  storage::MemoryRegistry registry_;
  std::string folder_;
  std::string root_;
  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<Table> table_;
};

TEST_P(RemovedTableTest, ACommitBehindNothingIsAConflictAndLeavesNothing) {
  const auto read = Make(*table_, "old", 3);
  RemoveAll();
  const auto outcome = table_->Commit(read, Append("late"), kSoon);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(outcome.error().message, HasSubstr("version 3 is not in the log any more"));
  EXPECT_THAT(Log(), testing::IsEmpty());
  EXPECT_FALSE(fs::exists(root_));
  EXPECT_EQ(table_->Latest(kSoon).error().kind, ErrorKind::kNotFound);
}

/// Where a request takes a round trip, the put goes out beside the look.
class RemovedLocalTableTest : public RemovedTableTest {};

TEST_P(RemovedLocalTableTest, ACommitThatWasNeverSentIsNoUnknownOutcome) {
  const auto faulty = std::make_shared<storage::FaultyStore>(store_);
  TableOptions options;
  options.clock = &clock_;
  const auto table = Table::Open(faulty, options);
  const auto read = Make(*table, "t", 1);
  for (const auto operation : {storage::Operation::kRead, storage::Operation::kReadRange}) {
    ASSERT_TRUE(faulty->Inject({.operation = operation,
                                .fault = storage::Fault::kFailBefore,
                                .times = storage::FaultRule::kAlways}));
  }
  faulty->ResetCounts();
  const auto outcome =
      table->Commit(read, Append("b"), Deadline::After(std::chrono::seconds(60), {}, clock_));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable) << outcome.error().message;
  EXPECT_EQ(faulty->counts().of(storage::Operation::kPutIfAbsent), 0U);
}

TEST_P(RemovedTableTest, AHeldTableThatIsGoneIsNotFoundAndCanBeMadeAgain) {
  Make(*table_, "old", 3);
  RemoveAll();
  EXPECT_EQ(table_->Latest(kSoon).error().kind, ErrorKind::kNotFound);
  const auto again = Make(*table_, "new", 1);
  EXPECT_EQ(again->version(), 1);
  EXPECT_EQ((*table_->Latest(kSoon))->metadata().id, "new");
  EXPECT_EQ((*Open()->Latest(kSoon))->files().path(0), "new1");
}

TEST_P(RemovedTableTest, ATableMadeAgainWithoutALookBetweenIsTheNewOne) {
  Make(*table_, "old", 3);
  RemoveAll();
  const auto again = Make(*table_, "new", 2);
  EXPECT_EQ((*table_->Latest(kSoon))->metadata().id, "new");
  EXPECT_EQ((*table_->Latest(kSoon))->files().count(), 2U);
}

TEST_P(RemovedTableTest, ATableMadeAnewByAnotherIsNoticedHoweverFarItIs) {
  for (const int commits : {0, 2, 3, 4, 7}) {
    auto held = Open();
    const auto read = Make(*held, "old", 3);
    RemoveAll();
    Make(*Open(), "new", commits);
    const auto latest = held->Latest(kSoon);
    ASSERT_TRUE(latest.has_value()) << latest.error().message;
    EXPECT_EQ((*latest)->metadata().id, "new") << commits;
    EXPECT_EQ((*latest)->version(), commits);
    // What was planned on the old one goes into neither.
    const auto late = held->Commit(read, Append("late"), kSoon);
    EXPECT_EQ(late.error().kind, ErrorKind::kConflict) << late.error().message;
    EXPECT_EQ((*Open()->Latest(kSoon))->version(), commits);
    RemoveAll();
  }
}

TEST_P(RemovedTableTest, ACommitPlannedOnTheOldTableIsNotTakenForOneOfTheNew) {
  const auto read = Make(*table_, "old", 3);
  RemoveAll();
  Make(*Open(), "new", 3);
  const auto late = table_->Commit(read, Append("late"), kSoon);
  ASSERT_FALSE(late.has_value());
  // On a disk nothing was put; elsewhere the put was under way, and may have been read.
  EXPECT_EQ(late.error().kind, GetParam() ? ErrorKind::kConflict : ErrorKind::kUnknownOutcome);
  EXPECT_THAT(late.error().message, HasSubstr("version 3 is another one in the log now"));
  EXPECT_EQ((*table_->Latest(kSoon))->metadata().id, "new");
}

TEST_P(RemovedTableTest, ACommitThatFellIntoTheRemovalIsNotTheTable) {
  Make(*table_, "old", 3);
  for (const Version gone : {0, 1, 2}) ASSERT_TRUE(store_->Delete(CommitKey(gone), kSoon));
  const auto latest = table_->Latest(kSoon);
  ASSERT_FALSE(latest.has_value());
  EXPECT_EQ(latest.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(latest.error().message, HasSubstr("commit 0 is missing from the log"));
}

TEST_P(RemovedTableTest, ALogThatLostItsBeginningIsNoticedInTime) {
  Make(*table_, "old", 3);
  ASSERT_TRUE(table_->Latest(kSoon));  // lists the log
  ASSERT_TRUE(store_->Delete(CommitKey(0), kSoon));
  EXPECT_TRUE(table_->Latest(kSoon).has_value());
  clock_.Advance(kRelistAfter);
  EXPECT_EQ(table_->Latest(kSoon).error().kind, ErrorKind::kCorruption);
}

TEST_P(RemovedTableTest, NoCheckpointOfARemovedTableIsWritten) {
  const auto read = Make(*table_, "old", 3);
  RemoveAll();
  const auto written = table_->Checkpoint(*read, kSoon);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(Log(), testing::IsEmpty());
}

TEST_P(RemovedTableTest, ACommitThatCleanUpTookIsKnownByItsCheckpoint) {
  auto read = Make(*table_, "old", 3);
  ASSERT_TRUE(table_->Checkpoint(*read, kSoon));
  for (const Version gone : {0, 1, 2, 3}) ASSERT_TRUE(store_->Delete(CommitKey(gone), kSoon));
  read = *table_->Latest(kSoon);
  EXPECT_EQ(read->version(), 3);
  const auto outcome = table_->Commit(read, Append("next"), kSoon);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ((*Open()->Latest(kSoon))->files().count(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Stores, RemovedLocalTableTest, testing::Values(true),
                         [](const auto&) { return "Local"; });
INSTANTIATE_TEST_SUITE_P(Stores, RemovedTableTest, testing::Bool(),
                         [](const auto& test) { return test.param ? "Local" : "Memory"; });

}  // namespace
}  // namespace neuralake::delta
