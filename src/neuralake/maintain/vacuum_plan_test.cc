#include "neuralake/maintain/vacuum_plan.h"

#include <optional>

#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/table.h"

namespace neuralake::maintain {
namespace {

constexpr WallTime At(std::int64_t ms) { return WallTime{std::chrono::milliseconds{ms}}; }

/// A table in memory whose log is written line by line.
class VacuumPlanTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    store_ = *storage::OpenStore(*Uri::Parse("memory://vacuum-" + name + "/t"));
    Commit(R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
           "\n"
           R"({"metaData":{"id":"x","format":{"provider":"parquet","options":{}},)"
           R"("schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[],)"
           R"("configuration":{},"createdTime":0}})");
  }

  void Commit(const std::string& lines) {
    char name[40];
    std::snprintf(name, sizeof(name), "_delta_log/%020d.json", version_++);
    ASSERT_TRUE(store_->Put(name, lines, storage::PutMode::kIfAbsent, {}).has_value());
  }

  void Add(const std::string& path) {
    Commit(R"({"add":{"path":")" + path +
           R"(","partitionValues":{},"size":1,"modificationTime":0,"dataChange":true}})");
  }

  void Remove(const std::string& path, std::int64_t when) {
    Commit(R"({"remove":{"path":")" + path + R"(","deletionTimestamp":)" + std::to_string(when) +
           R"(,"dataChange":true}})");
  }

  delta::SnapshotPtr Latest() { return *delta::Table::Open(store_)->Latest({}); }

  std::shared_ptr<storage::ObjectStore> store_;
  int version_ = 0;
};

using Keys = std::vector<std::string>;

Keys KeysOf(const Result<std::vector<DoomedFile>>& files) {
  Keys keys;
  for (const auto& file : *files) keys.push_back(file.key);
  return keys;
}

TEST_F(VacuumPlanTest, DeletesWhatWasRemovedBeforeTheHorizon) {
  const std::int64_t now = SystemClock::Get().Now().time_since_epoch().count();
  for (const auto* path : {"a", "b%20c", "d"}) Add(path);
  Remove("a", now - 1000);
  Remove("b%20c", now - 5000);
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now - 2000))), (Keys{"b c"}));
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now))), (Keys{"a", "b c"}));
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now - 9000))), Keys{});
}

TEST_F(VacuumPlanTest, FindsWhatIsPastTheTablesOwnRetention) {
  const std::int64_t now = SystemClock::Get().Now().time_since_epoch().count();
  constexpr std::int64_t kDay = 24LL * 3600 * 1000;
  Add("a");
  Remove("a", now - 8 * kDay);
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now - 7 * kDay))), (Keys{"a"}));
}

TEST_F(VacuumPlanTest, SkipsWhatAnEarlierVacuumHasSeen) {
  const std::int64_t now = SystemClock::Get().Now().time_since_epoch().count();
  for (const auto* path : {"a", "b"}) Add(path);
  Remove("a", now - 5000);
  Remove("b", now - 3000);
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now), At(now - 4000))), (Keys{"b"}));
}

TEST_F(VacuumPlanTest, KeepsAFileThatCameBack) {
  const std::int64_t now = SystemClock::Get().Now().time_since_epoch().count();
  Add("a");
  Remove("a", now - 1000);
  Add("a");
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now))), Keys{});
}

TEST_F(VacuumPlanTest, NeverTouchesWhatLiesElsewhere) {
  const std::int64_t now = SystemClock::Get().Now().time_since_epoch().count();
  for (const std::string path : {"/other/file", "s3://bucket/file", "file:/other/file"}) {
    Add(path);
    Remove(path, now - 1000);
  }
  EXPECT_EQ(KeysOf(PlanLogVacuum(*Latest(), At(now))), Keys{});
}

TEST_F(VacuumPlanTest, KeepsAFileOfItsOwnThatTheLogNamesByAnAbsolutePath) {
  Add("s3://bucket/table/live%20one");
  Add("/else/where/part");
  const std::vector<storage::ObjectInfo> listed = {{"live one", 1, At(0), "", false},
                                                   {"stray", 1, At(0), "", false}};
  const auto now = SystemClock::Get().Now();
  EXPECT_EQ(KeysOf(PlanFullVacuum(*Latest(), listed, now)), Keys{"stray"});
}

TEST_F(VacuumPlanTest, NeverTouchesATableThatLiesBelow) {
  const std::vector<storage::ObjectInfo> listed = {
      {"a/b/_delta_log/00000000000000000000.json", 1, At(0), "", false},
      {"a/b/part", 1, At(0), "", false},
      {"a/b/day=1/part", 1, At(0), "", false},
      {"a/part", 1, At(0), "", false},
      {"a/bc/part", 1, At(0), "", false}};
  const auto now = SystemClock::Get().Now();
  EXPECT_EQ(KeysOf(PlanFullVacuum(*Latest(), listed, now)), (Keys{"a/bc/part", "a/part"}));
}

TEST_F(VacuumPlanTest, AListingFindsWhatNoCommitEverNamed) {
  Add("live");
  const auto object = [](const std::string& key, std::int64_t when) {
    return storage::ObjectInfo{key, 1, At(when), "", false};
  };
  const std::vector<storage::ObjectInfo> listed = {
      object("live", 0),
      object("orphan", 0),
      object("young", 50),
      object("_delta_log/00000000000000000000.json", 0),
      object("_change_data/old", 0),
      object(".hidden/file", 0),
      object("_p=1/file", 0),
  };
  EXPECT_EQ(KeysOf(PlanFullVacuum(*Latest(), listed, At(50))),
            (Keys{"_change_data/old", "_p=1/file", "orphan"}));
}

}  // namespace
}  // namespace neuralake::maintain
