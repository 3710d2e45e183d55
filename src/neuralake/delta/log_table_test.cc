#include "neuralake/delta/log_table.h"

#include <latch>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHead =
    R"json({"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"t","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{}}}
)json";

std::string AddLine(const std::string& path, int records = 10) {
  return R"json({"add":{"path":")json" + path +
         R"json(","partitionValues":{},"size":100,"modificationTime":5,"dataChange":true,"stats":"{\"numRecords\":)json" +
         std::to_string(records) + "}\"}}\n";
}

std::string RemoveLine(const std::string& path) {
  return R"json({"remove":{"path":")json" + path +
         R"json(","deletionTimestamp":99999999999999,"dataChange":true}})json" + "\n";
}

class LogTableTest : public testing::Test {
 protected:
  LogTableTest()
      : store_(*storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_)),
        table_(Table::Open(store_)) {}

  void Put(Version version, const std::string& text) { PutAs(CommitKey(version), text); }

  void PutAs(const std::string& key, const std::string& text) {
    const auto put = store_->Put(key, text, storage::PutMode::kIfAbsent, Deadline::Never());
    ASSERT_TRUE(put.has_value()) << put.error().message;
  }

  std::vector<std::string> Paths(const Snapshot& snapshot) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < snapshot.files().count(); ++i) {
      paths.emplace_back(snapshot.files().path(i));
    }
    return paths;
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<Table> table_;
};

TEST_F(LogTableTest, ReplaysAddsAndRemoves) {
  Put(0, std::string(kHead) + AddLine("a") + AddLine("b"));
  Put(1, RemoveLine("a") + AddLine("c", 5));
  const auto snapshot = table_->Latest(Deadline::Never());
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
  EXPECT_EQ((*snapshot)->version(), 1);
  EXPECT_THAT(Paths(**snapshot), testing::ElementsAre("b", "c"));
  EXPECT_EQ((*snapshot)->size_bytes(), 200);
  EXPECT_EQ((*snapshot)->num_records(), 15);
  EXPECT_EQ((*snapshot)->tombstones().size(), 1U);
}

TEST_F(LogTableTest, FollowsNewCommitsAndKeepsOldSnapshots) {
  Put(0, std::string(kHead) + AddLine("a"));
  const auto first = *table_->Latest(Deadline::Never());
  Put(1, AddLine("b"));
  Put(2, RemoveLine("a"));
  const auto second = *table_->Latest(Deadline::Never());
  EXPECT_EQ(second->version(), 2);
  EXPECT_THAT(Paths(*second), testing::ElementsAre("b"));
  EXPECT_THAT(Paths(*first), testing::ElementsAre("a"));
  EXPECT_EQ(table_->Cached(), second);
}

TEST_F(LogTableTest, AMissingCommitIsNamed) {
  Put(0, std::string(kHead));
  Put(2, AddLine("b"));
  const auto snapshot = table_->Latest(Deadline::Never());
  ASSERT_FALSE(snapshot.has_value());
  EXPECT_EQ(snapshot.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(snapshot.error().message,
              HasSubstr("table memory://b/t: commit 1 is missing from the log"));
}

TEST_F(LogTableTest, WhoWaitsForTheLookOfAnotherDoesSoAsLongAsItsOwnTimeAllows) {
  Put(0, std::string(kHead));
  std::latch hangs(1);
  std::latch heal(1);
  std::once_flag once;
  const auto hang = [&](storage::Operation, std::string_view) {
    std::call_once(once, [&] {
      hangs.count_down();
      heal.wait();
    });
  };
  const auto table = Table::Open(std::make_shared<storage::FaultyStore>(store_, 0, hang));
  std::jthread first([&] { EXPECT_TRUE(table->Latest(Deadline::Never()).has_value()); });
  hangs.wait();
  const auto late = table->Latest(Deadline::After(std::chrono::milliseconds(1)));
  EXPECT_EQ(late.error().kind, ErrorKind::kDeadlineExceeded);
  EXPECT_THAT(late.error().message, HasSubstr("table memory://b/t: waiting for another look"));
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto stopped = table->Latest(Deadline::Never(stop.get_token()));
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
  heal.count_down();
}

TEST_F(LogTableTest, ACompactedRangeMayAddWhatTheCommitBeforeItAdds) {
  Put(0, std::string(kHead));
  Put(1, AddLine("a"));
  Put(2, AddLine("a", 20));
  Put(3, AddLine("b"));
  PutAs("_delta_log/00000000000000000002.00000000000000000003.compacted.json",
        AddLine("a", 20) + AddLine("b"));
  const auto snapshot = table_->Latest(Deadline::Never());
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
  EXPECT_EQ((*snapshot)->version(), 3);
  EXPECT_THAT(Paths(**snapshot), testing::ElementsAre("a", "b"));
  EXPECT_EQ((*snapshot)->num_records(), 30);
}

TEST_F(LogTableTest, ACompactedRangeMayChangeTheTableAgain) {
  Put(0, std::string(kHead));
  Put(2, AddLine("b"));
  PutAs("_delta_log/00000000000000000001.00000000000000000002.compacted.json",
        std::string(kHead) + AddLine("a") + AddLine("b"));
  const auto snapshot = table_->Latest(Deadline::Never());
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
  EXPECT_THAT(Paths(**snapshot), testing::ElementsAre("a", "b"));
}

TEST_F(LogTableTest, ALongLogIsListedInOnePage) {
  Put(0, std::string(kHead));
  for (Version version = 1; version <= 1100; ++version) Put(version, AddLine("a"));
  auto counted = std::make_shared<storage::FaultyStore>(store_);
  EXPECT_EQ((*Table::Open(counted)->Latest(Deadline::Never()))->version(), 1100);
  EXPECT_EQ(counted->counts().of(storage::Operation::kList), 1U);
}

TEST_F(LogTableTest, TravelsToAVersion) {
  Put(0, std::string(kHead) + AddLine("a"));
  Put(1, AddLine("b"));
  Put(2, AddLine("c"));
  EXPECT_THAT(Paths(**table_->AtVersion(1, Deadline::Never())), testing::ElementsAre("a", "b"));
  const auto none = table_->AtVersion(3, Deadline::Never());
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(none.error().message, HasSubstr("version 3 does not exist; the newest is 2"));
}

}  // namespace
}  // namespace neuralake::delta
