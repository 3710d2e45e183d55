#include "neuralake/delta/commit/committer.h"

#include <atomic>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/delta/log/file_names.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using storage::Fault;
using storage::Operation;
using testing::HasSubstr;

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

class CommitterTest : public testing::Test {
 protected:
  CommitterTest()
      : inner_(*storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_)),
        store_(std::make_shared<storage::FaultyStore>(inner_)),
        table_(OpenTable()) {
    Metadata metadata;
    metadata.schema = columnar::ParseDdl("id long").value();
    const auto created = table_->Create(metadata, {}, {}, Later());
    EXPECT_TRUE(created.has_value()) << created.error().message;
  }

  std::shared_ptr<Table> OpenTable() {
    TableOptions options;
    options.clock = &clock_;
    return Table::Open(store_, options);
  }

  // Waits move the fake clock, so that no test waits.
  Deadline Later() { return Deadline::After(std::chrono::seconds(60), {}, clock_); }

  static CommitRequest Append(const std::string& path) {
    CommitRequest request;
    AddFile add;
    add.path = path;
    add.size = 1;
    add.stats = R"({"numRecords":1})";
    request.actions.emplace_back(add);
    request.info.operation = "WRITE";
    return request;
  }

  Result<CommitOutcome> Commit(CommitRequest request) {
    return table_->Commit(*table_->Latest(Later()), std::move(request), Later());
  }

  void Inject(Operation operation, Fault fault, std::uint64_t times = 1) {
    storage::FaultRule rule;
    rule.operation = operation;
    rule.fault = fault;
    rule.times = times;
    rule.key_part = ".json";
    ASSERT_TRUE(store_->Inject(rule).has_value());
  }

  std::size_t FilesOf(Table& table) { return (*table.Latest(Later()))->files().count(); }

  // What another process would see.
  std::size_t FilesAnew() { return FilesOf(*Table::Open(inner_)); }

  FakeClock clock_;
  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> inner_;
  std::shared_ptr<storage::FaultyStore> store_;
  std::shared_ptr<Table> table_;
};

TEST_F(CommitterTest, AnAppendIsTheNextVersion) {
  const auto outcome = Commit(Append("a"));
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 1);
  EXPECT_EQ(outcome->attempts, 1U);
  EXPECT_EQ(outcome->snapshot->files().count(), 1U);
  EXPECT_EQ(table_->Cached(), outcome->snapshot);
  EXPECT_EQ(FilesAnew(), 1U);
}

TEST_F(CommitterTest, AWarmAppendIsOnePutAndALookBesideIt) {
  TableOptions options;
  options.checkpoints = false;
  table_ = Table::Open(store_, options);
  auto snapshot = *table_->Latest(Later());
  store_->ResetCounts();
  for (int i = 0; i < 20; ++i) {
    snapshot = table_->Commit(snapshot, Append("f" + std::to_string(i)), Later())->snapshot;
  }
  const auto counts = store_->counts();
  EXPECT_EQ(counts.of(Operation::kPutIfAbsent), 20U);
  EXPECT_EQ(counts.of(Operation::kReadRange), 20U);
  EXPECT_EQ(counts.of(Operation::kRead), 0U);
  EXPECT_EQ(counts.of(Operation::kList) + counts.of(Operation::kHead), 0U);
}

TEST_F(CommitterTest, ALostAnswerIsSettledByTheToken) {
  Inject(Operation::kPutIfAbsent, Fault::kLoseAnswer);
  const auto outcome = Commit(Append("a"));
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 1);
  EXPECT_EQ(FilesAnew(), 1U);
}

TEST_F(CommitterTest, ARefusalAfterSuccessIsRecognisedAsOwn) {
  Inject(Operation::kPutIfAbsent, Fault::kDenyOwn);
  const auto outcome = Commit(Append("a"));
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 1);
  EXPECT_EQ(FilesAnew(), 1U);
}

TEST_F(CommitterTest, ALostRequestIsSentAgain) {
  Inject(Operation::kPutIfAbsent, Fault::kLoseRequest);
  const auto outcome = Commit(Append("a"));
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->attempts, 2U);
  EXPECT_EQ(FilesAnew(), 1U);
}

TEST_F(CommitterTest, AFailureBeforeTheEffectIsTriedAgain) {
  Inject(Operation::kPutIfAbsent, Fault::kFailBefore, 3);
  const auto outcome = Commit(Append("a"));
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 1);
  EXPECT_EQ(FilesAnew(), 1U);
}

TEST_F(CommitterTest, AStoreThatStaysAwayIsUnavailableAndNothingIsDone) {
  Inject(Operation::kPutIfAbsent, Fault::kFailBefore, storage::FaultRule::kAlways);
  const auto outcome = Commit(Append("a"));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(FilesAnew(), 0U);
}

TEST_F(CommitterTest, ARefusedPutIsNotTriedAgain) {
  Inject(Operation::kPutIfAbsent, Fault::kFull);
  const auto outcome = Commit(Append("a"));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_TRUE(Commit(Append("a")).has_value());
}

TEST_F(CommitterTest, TheOutcomeIsUnknownWhenTheLookFailsToo) {
  const auto read = *table_->Latest(Later());
  Inject(Operation::kPutIfAbsent, Fault::kLoseAnswer, storage::FaultRule::kAlways);
  Inject(Operation::kRead, Fault::kFailBefore, storage::FaultRule::kAlways);
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnknownOutcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("version 1: the answer of the store was lost"));
  store_->Heal();
  EXPECT_EQ(FilesOf(*table_), 1U);
}

TEST_F(CommitterTest, ALookThatFailsOnceIsRepeated) {
  const auto read = *table_->Latest(Later());
  Inject(Operation::kPutIfAbsent, Fault::kLoseAnswer);
  Inject(Operation::kRead, Fault::kFailBefore, 2);
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 1);
  EXPECT_EQ(FilesAnew(), 1U);
  // What was put first is what is there, not what was put again.
  const auto next = table_->Commit(outcome->snapshot, Append("b"), Later());
  ASSERT_TRUE(next.has_value()) << next.error().message;
  EXPECT_EQ(FilesOf(*table_), 2U);
}

TEST_F(CommitterTest, ARefusalBehindAPutThatCouldNotBeSeenIsNoAnswer) {
  const auto read = *table_->Latest(Later());
  Inject(Operation::kPutIfAbsent, Fault::kDenyOwn);
  Inject(Operation::kPutIfAbsent, Fault::kDeny);
  Inject(Operation::kRead, Fault::kFailBefore);
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 1);
  EXPECT_EQ(FilesAnew(), 1U);
}

TEST_F(CommitterTest, ALookForTheVersionBeforeThatFailsIsRepeated) {
  const auto read = *table_->Latest(Later());
  Inject(Operation::kReadRange, Fault::kFailBefore);
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  Inject(Operation::kPutIfAbsent, Fault::kLoseAnswer);
  Inject(Operation::kReadRange, Fault::kFailBefore);
  const auto settled = table_->Commit(outcome->snapshot, Append("b"), Later());
  ASSERT_TRUE(settled.has_value()) << settled.error().message;
  EXPECT_EQ(FilesAnew(), 2U);
}

TEST_F(CommitterTest, TheOutcomeIsUnknownWhenTheVersionBeforeCannotBeSeen) {
  const auto read = *table_->Latest(Later());
  Inject(Operation::kReadRange, Fault::kFailBefore, storage::FaultRule::kAlways);
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnknownOutcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("could not be seen whether the one before it"));
  store_->Heal();
  EXPECT_EQ(FilesOf(*table_), 1U);
}

TEST_F(CommitterTest, AnAppendGoesOnBehindWhoeverWasFirst) {
  const auto read = *table_->Latest(Later());
  auto other = Table::Open(inner_);
  for (const char* path : {"x", "y", "z"}) {
    ASSERT_TRUE(other->Commit(*other->Latest(kSoon), Append(path), kSoon).has_value());
  }
  store_->ResetCounts();
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 4);
  EXPECT_EQ(outcome->snapshot->files().count(), 4U);
  // Each missed commit was read once, one look found the end, and nothing was listed.
  EXPECT_EQ(store_->counts().of(Operation::kRead), 4U);
  EXPECT_EQ(store_->counts().of(Operation::kList), 0U);
}

TEST_F(CommitterTest, AnOldReadCatchesUpWithoutReadingTheLog) {
  const auto read = *table_->Latest(Later());
  for (const char* path : {"x", "y", "z"}) ASSERT_TRUE(Commit(Append(path)).has_value());
  store_->ResetCounts();
  const auto outcome = table_->Commit(read, Append("a"), Later());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->version, 4);
  EXPECT_EQ(outcome->attempts, 1U);
  EXPECT_EQ(store_->counts().of(Operation::kRead), 0U);
}

TEST_F(CommitterTest, LosesToAnEarlierConflictingRemove) {
  ASSERT_TRUE(Commit(Append("a")).has_value());
  const auto read = *table_->Latest(Later());
  CommitRequest remove;
  RemoveFile gone;
  gone.path = "a";
  gone.deletion_timestamp = 1;
  remove.actions.emplace_back(gone);
  remove.reads.files = {"a"};
  ASSERT_TRUE(table_->Commit(read, remove, Later()).has_value());
  const auto second = table_->Commit(read, remove, Later());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(
      second.error().message,
      HasSubstr("table memory://b/t: version 2 conflicts (concurrent delete delete): file a"));
}

TEST_F(CommitterTest, ARemoveThatDoesNotTellItsPartitionMayBeOfTheOneThatWasRead) {
  auto store = *storage::MemoryStore::Open(*Uri::Parse("memory://b/parts"), registry_);
  auto table = Table::Open(store);
  Metadata metadata;
  metadata.schema = columnar::ParseDdl("id long, day string").value();
  metadata.partition_columns = {"day"};
  auto append = Append("a");
  std::get<AddFile>(append.actions[0]).partition_values["day"] = "monday";
  const auto created = table->Create(metadata, {}, {}, kSoon)->snapshot;
  const auto read = table->Commit(created, append, kSoon)->snapshot;
  CommitRequest remove;
  RemoveFile gone;
  gone.path = "a";
  gone.deletion_timestamp = 1;
  remove.actions.emplace_back(gone);
  remove.reads.files = {"a"};
  ASSERT_TRUE(table->Commit(read, remove, kSoon).has_value());
  auto late = Append("b");
  std::get<AddFile>(late.actions[0]).partition_values["day"] = "monday";
  const auto text = *columnar::ParseType("string");
  late.reads.predicates = {{PredicateKind::kEqual, {"day"}, {{text, "monday"}}, {}}};
  const auto outcome = table->Commit(read, late, kSoon);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_THAT(outcome.error().message, HasSubstr("concurrent delete read"));
}

TEST_F(CommitterTest, CreatingATableTwiceIsRefused) {
  Metadata metadata;
  metadata.schema = columnar::ParseDdl("id long").value();
  const auto again = table_->Create(metadata, {}, {}, Later());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::kAlreadyExists);
}

TEST_F(CommitterTest, OfTwoWhoCreateATableOneWins) {
  storage::MemoryRegistry registry;
  auto store = std::make_shared<storage::FaultyStore>(
      *storage::MemoryStore::Open(*Uri::Parse("memory://b/new"), registry));
  Metadata metadata;
  metadata.schema = columnar::ParseDdl("id long").value();
  // The loser's listing is older than the winner's commit.
  auto winner = Table::Open(store);
  ASSERT_TRUE(winner->Create(metadata, {}, {}, kSoon).has_value());
  ASSERT_TRUE(
      store->Inject({.operation = Operation::kList, .fault = Fault::kStaleList}).has_value());
  const auto loser = Table::Open(store)->Create(metadata, {}, {}, kSoon);
  ASSERT_FALSE(loser.has_value());
  EXPECT_EQ(loser.error().kind, ErrorKind::kAlreadyExists);
}

TEST_F(CommitterTest, AnAppendOnlyTableKeepsItsFiles) {
  auto store = *storage::MemoryStore::Open(*Uri::Parse("memory://b/ao"), registry_);
  auto table = Table::Open(store);
  Metadata metadata;
  metadata.schema = columnar::ParseDdl("id long").value();
  metadata.configuration["delta.appendOnly"] = "true";
  auto snapshot = table->Create(metadata, {}, {}, kSoon)->snapshot;
  snapshot = table->Commit(snapshot, Append("a"), kSoon)->snapshot;
  CommitRequest request;
  RemoveFile gone;
  gone.path = "a";
  request.actions.emplace_back(gone);
  const auto refused = table->Commit(snapshot, request, kSoon);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("append-only; file a cannot be removed"));
}

TEST_F(CommitterTest, ActionsThatBreakTheProtocolAreRefused) {
  auto twice = Append("a");
  twice.actions.push_back(twice.actions.front());
  EXPECT_THAT(Commit(twice).error().message, HasSubstr("file a comes twice in a commit"));
  auto partitioned = Append("a");
  std::get<AddFile>(partitioned.actions[0]).partition_values["p"] = "1";
  EXPECT_EQ(Commit(partitioned).error().kind, ErrorKind::kInvalid);
  auto snapshot_isolation = Append("a");
  snapshot_isolation.isolation = Isolation::kSnapshot;
  EXPECT_EQ(Commit(snapshot_isolation).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(FilesAnew(), 0U);
}

TEST_F(CommitterTest, InCommitTimestampsOnlyGrow) {
  auto store = *storage::MemoryStore::Open(*Uri::Parse("memory://b/ict"), registry_);
  FakeClock clock;
  TableOptions options;
  options.clock = &clock;
  auto table = Table::Open(store, options);
  Metadata metadata;
  metadata.schema = columnar::ParseDdl("id long").value();
  metadata.configuration["delta.enableInCommitTimestamps"] = "true";
  const auto deadline = Deadline::After(std::chrono::seconds(60), {}, clock);
  const auto first = table->Create(metadata, {}, {}, deadline)->snapshot;
  EXPECT_EQ(first->protocol().min_writer_version, 7);
  const auto second = table->Commit(first, Append("a"), deadline)->snapshot;
  const auto third = table->Commit(second, Append("b"), deadline)->snapshot;
  EXPECT_EQ(second->timestamp(), first->timestamp() + std::chrono::milliseconds(1));
  EXPECT_EQ(third->timestamp(), first->timestamp() + std::chrono::milliseconds(2));
}

// Writers of `tables` objects append side by side; nothing may be lost or come twice.
void AppendSideBySide(const std::vector<std::shared_ptr<Table>>& tables, int commits) {
  std::vector<std::jthread> writers;
  std::atomic<int> failures = 0;
  for (std::size_t w = 0; w < tables.size(); ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < commits; ++i) {
        CommitRequest request;
        AddFile add;
        add.path = std::to_string(w) + "-" + std::to_string(i);
        request.actions.emplace_back(add);
        const auto read = tables[w]->Latest(kSoon);
        if (!read || !tables[w]->Commit(*read, request, kSoon)) ++failures;
      }
    });
  }
  writers.clear();
  EXPECT_EQ(failures, 0);
  const auto last = *Table::Open(tables[0]->store())->Latest(kSoon);
  std::set<std::string> paths;
  for (std::size_t i = 0; i < last->files().count(); ++i) paths.emplace(last->files().path(i));
  EXPECT_EQ(paths.size(), tables.size() * static_cast<std::size_t>(commits));
  EXPECT_EQ(last->version(), static_cast<Version>(paths.size()));
}

TEST_F(CommitterTest, EightProcessesLoseNothing) {
  std::vector<std::shared_ptr<Table>> tables;
  for (int i = 0; i < 8; ++i) tables.push_back(Table::Open(inner_));
  AppendSideBySide(tables, 50);
}

TEST_F(CommitterTest, EightThreadsThatShareATableLoseNothing) {
  AppendSideBySide(std::vector(8, Table::Open(inner_)), 50);
}

TEST_F(CommitterTest, EightWritersLoseNothingUnderFaults) {
  std::vector<std::shared_ptr<Table>> tables;
  for (const Fault fault : {Fault::kLoseAnswer, Fault::kDenyOwn, Fault::kLoseRequest,
                            Fault::kFailBefore, Fault::kThrottle}) {
    storage::FaultRule rule;
    rule.operation = Operation::kPutIfAbsent;
    rule.fault = fault;
    rule.times = storage::FaultRule::kAlways;
    rule.odds = 0.1;
    ASSERT_TRUE(store_->Inject(rule).has_value());
  }
  for (int i = 0; i < 8; ++i) tables.push_back(Table::Open(store_));
  AppendSideBySide(tables, 25);
}

}  // namespace
}  // namespace neuralake::delta
