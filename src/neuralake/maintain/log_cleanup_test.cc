#include "neuralake/maintain/log_cleanup.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/delta/log/file_names.h"
#include "neuralake/engine/table_testing.h"
#include "neuralake/maintain/vacuum.h"

namespace neuralake::maintain {
namespace {

using columnar::ColumnOf;
using engine::TestTable;
using engine::TestTableOptions;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr hours kDay{24};

/// A table with a commit a day, and checkpoints where a test wants them.
class LogCleanupTest : public testing::Test {
 protected:
  TestTable Make(const delta::StringMap& properties = {}) {
    TestTableOptions options;
    options.location = "memory://test/" + std::to_string(++tables_);
    options.properties = properties;
    options.table.clock = &time_;
    options.table.checkpoints = false;
    return TestTable("id long", options);
  }

  void Days(const TestTable& table, int days) {
    for (int day = 0; day < days; ++day) {
      time_.Advance(kDay);
      table.Append({{"id", ColumnOf(arrow::int64(), "[1]")}});
    }
  }

  static void Checkpoint(const TestTable& table) {
    TestTable::Check(table.table()->Checkpoint(*table.Latest(), {}));
  }

  std::vector<std::string> Plan(const TestTable& table) {
    const auto snapshot = table.Latest();
    std::vector<std::string> keys;
    for (const auto& file : TestTable::Check(PlanLogCleanup(*table.table(), snapshot->metadata(),
                                                            time_.Now(), WallTime::max(), {}))) {
      keys.push_back(file.key);
    }
    return keys;
  }

  FakeClock time_;
  int tables_ = 0;
};

TEST_F(LogCleanupTest, KeepsTheCheckpointThatTheRetentionBeginsWithAndAllSince) {
  const auto table = Make();
  Days(table, 2);
  Checkpoint(table);  // of version 2
  Days(table, 2);
  EXPECT_THAT(Plan(table), IsEmpty());
  Days(table, 29);  // version 2 is 31 days old, version 4 29
  EXPECT_THAT(Plan(table), ElementsAre(delta::CommitKey(0), delta::CommitKey(1)));
  Days(table, 100);
  EXPECT_THAT(Plan(table), ElementsAre(delta::CommitKey(0), delta::CommitKey(1)))
      << "there is no later checkpoint";
  Checkpoint(table);
  Days(table, 31);
  EXPECT_EQ(Plan(table).size(), 134U) << "133 commits and the checkpoint of version 2";
}

TEST_F(LogCleanupTest, TheTableSaysHowLongAndWhetherAtAll) {
  const auto brief = Make({{"delta.logRetentionDuration", "interval 3 days"}});
  Days(brief, 2);
  Checkpoint(brief);
  Days(brief, 4);
  EXPECT_EQ(Plan(brief).size(), 2U);
  for (const delta::StringMap& properties :
       {delta::StringMap{{"delta.enableExpiredLogCleanup", "false"}},
        delta::StringMap{{"delta.logRetentionDuration", "interval 1 month"}}}) {
    const auto table = Make(properties);
    Days(table, 2);
    Checkpoint(table);
    Days(table, 100);
    EXPECT_THAT(Plan(table), IsEmpty());
  }
}

TEST_F(LogCleanupTest, ABrokenCheckpointIsNoReasonToDelete) {
  const auto table = Make();
  Days(table, 2);
  Checkpoint(table);
  Days(table, 40);
  const auto key = delta::ClassicCheckpointKey(2);
  const auto bytes = TestTable::Check(table.store()->Read(key, {}));
  TestTable::Check(
      table.store()->Put(key, bytes.substr(0, bytes.size() / 2), storage::PutMode::kOverwrite, {}));
  EXPECT_THAT(Plan(table), IsEmpty());
}

TEST_F(LogCleanupTest, AFullVacuumCleansTheLogAndEveryLaterVersionStays) {
  const auto table = Make({{"delta.logRetentionDuration", "interval 3 days"}});
  Days(table, 5);
  Checkpoint(table);
  Days(table, 20);
  const auto deadline = Deadline::After(hours(1), {}, time_);
  const auto vacuum = [&](VacuumOptions options) {
    return TestTable::Check(Vacuum(*table.table(), options, deadline)).log_files.size();
  };
  EXPECT_EQ(vacuum({.mode = VacuumMode::kLog}), 0U);
  EXPECT_EQ(vacuum({.mode = VacuumMode::kFull, .retention = kDay * 30}), 0U)
      << "versions within the vacuum's own retention stay";
  EXPECT_EQ(vacuum({.mode = VacuumMode::kFull, .plan_only = true}), 5U);
  EXPECT_EQ(vacuum({.mode = VacuumMode::kFull}), 5U);
  EXPECT_EQ(vacuum({.mode = VacuumMode::kFull}), 0U);
  const auto fresh = delta::Table::Open(table.store());
  for (delta::Version version = 5; version <= 25; ++version) {
    EXPECT_EQ(TestTable::Check(fresh->AtVersion(version, {}))->num_records(), version);
  }
  const auto gone = fresh->AtVersion(4, {});
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace neuralake::maintain
