#include "neuralake/maintain/vacuum.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/file_reader.h"
#include "neuralake/engine/table_testing.h"
#include "neuralake/maintain/compactor.h"

namespace neuralake::maintain {
namespace {

using columnar::ColumnOf;
using engine::TestTable;
using engine::TestTableOptions;
using std::chrono::hours;
using testing::HasSubstr;

class VacuumTest : public testing::Test {
 protected:
  VacuumTest() : reader_(TestTable::Check(engine::FileReader::Open({.memory_bytes = 1 << 28}))) {}

  static void AppendIds(const TestTable& table, int from, int to) {
    for (int id = from; id < to; ++id) {
      table.Append({{"id", ColumnOf(arrow::int64(), "[" + std::to_string(id) + "]")}});
    }
  }

  /// A time on which everything written until now is `age` old.
  Deadline Later(hours age) {
    clock_ = std::make_unique<FakeClock>(SystemClock::Get().Now() + age);
    return Deadline::After(hours(1), {}, *clock_);
  }

  std::size_t RowsOf(const TestTable& table, const delta::SnapshotPtr& snapshot) {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < snapshot->files().count(); ++i) all.push_back(i);
    std::size_t rows = 0;
    const auto done = reader_->Read(snapshot, table.store(), all,
                                    [&](const arrow::RecordBatch& batch) -> Status {
                                      rows += static_cast<std::size_t>(batch.num_rows());
                                      return {};
                                    },
                                    {});
    return done.has_value() ? rows : 0;
  }

  void Merge(const TestTable& table) {
    TestTable::Check(Compact(*table.table(), *reader_, {}, false, {}));
  }

  std::unique_ptr<engine::FileReader> reader_;
  std::unique_ptr<FakeClock> clock_;
};

TEST_F(VacuumTest, AReaderOfAnOldVersionGoesOnWithinRetention) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  const auto old = table.Latest();
  Merge(table);
  for (const auto mode : {VacuumMode::kLog, VacuumMode::kFull}) {
    EXPECT_TRUE(TestTable::Check(Vacuum(*table.table(), {.mode = mode}, Later(hours(24 * 6))))
                    .files.empty());
  }
  EXPECT_EQ(RowsOf(table, old), 10U);
}

TEST_F(VacuumTest, DeletesWhatCompactionReplacedAfterRetention) {
  for (const auto mode : {VacuumMode::kLog, VacuumMode::kFull}) {
    const TestTable table("id long",
                          {.location = mode == VacuumMode::kLog ? "memory://l/t" : "memory://f/t"});
    AppendIds(table, 0, 10);
    const auto old = table.Latest();
    Merge(table);
    const auto report =
        TestTable::Check(Vacuum(*table.table(), {.mode = mode}, Later(hours(24 * 8))));
    EXPECT_EQ(report.files.size(), 10U);
    EXPECT_GT(report.bytes, 0);
    EXPECT_EQ(RowsOf(table, table.Latest()), 10U) << "live files stay";
    EXPECT_EQ(RowsOf(table, old), 0U);
    EXPECT_TRUE(TestTable::Check(Vacuum(*table.table(), {.mode = mode}, Later(hours(24 * 8))))
                    .files.empty())
        << "nothing is deleted twice";
  }
}

TEST_F(VacuumTest, KeepsWhatAYoungerTombstoneNames) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  Merge(table);
  const auto merged = table.Latest();
  // The merged file leaves the table a week later than its parts.
  auto removal = TestTable::RemovalOf(merged->files().Get(0));
  removal.deletion_timestamp = *removal.deletion_timestamp + 8LL * 24 * 3600 * 1000;
  table.Commit({removal});
  const auto report = TestTable::Check(Vacuum(*table.table(), {}, Later(hours(24 * 9))));
  EXPECT_EQ(report.files.size(), 10U);
  EXPECT_EQ(RowsOf(table, merged), 10U);
}

TEST_F(VacuumTest, OnlyAListingFindsWhatNoCommitNames) {
  const TestTable table("id long");
  AppendIds(table, 0, 3);
  (void)table.Write({{"id", ColumnOf(arrow::int64(), "[9]")}}, table.Latest()->metadata());
  EXPECT_TRUE(TestTable::Check(Vacuum(*table.table(), {}, Later(hours(24 * 8)))).files.empty());
  EXPECT_TRUE(
      TestTable::Check(Vacuum(*table.table(), {.mode = VacuumMode::kFull}, Later(hours(24 * 6))))
          .files.empty())
      << "it may belong to a commit that is under way";
  EXPECT_EQ(
      TestTable::Check(Vacuum(*table.table(), {.mode = VacuumMode::kFull}, Later(hours(24 * 8))))
          .files.size(),
      1U);
  EXPECT_EQ(RowsOf(table, table.Latest()), 3U);
}

TEST_F(VacuumTest, APreviewDeletesNothing) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  const auto old = table.Latest();
  Merge(table);
  const auto report =
      TestTable::Check(Vacuum(*table.table(), {.plan_only = true}, Later(hours(24 * 8))));
  EXPECT_EQ(report.files.size(), 10U);
  EXPECT_EQ(RowsOf(table, old), 10U);
}

TEST_F(VacuumTest, RefusesARetentionShorterThanTheTables) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  Merge(table);
  const auto refused = Vacuum(*table.table(), {.exact_retention = hours(1)}, Later(hours(2)));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("1 hours is shorter than the table's 168 hours"));
  EXPECT_THAT(refused.error().message, HasSubstr("--allow-shorter-retention"));
  const auto allowed = TestTable::Check(Vacuum(
      *table.table(), {.exact_retention = hours(1), .allow_shorter = true}, Later(hours(2))));
  EXPECT_EQ(allowed.files.size(), 10U);
}

TEST_F(VacuumTest, TheTablesLongerRetentionWins) {
  const TestTable table(
      "id long", {.properties = {{"delta.deletedFileRetentionDuration", "interval 30 days"}}});
  AppendIds(table, 0, 10);
  Merge(table);
  EXPECT_TRUE(TestTable::Check(Vacuum(*table.table(), {}, Later(hours(24 * 29)))).files.empty());
  EXPECT_EQ(TestTable::Check(Vacuum(*table.table(), {}, Later(hours(24 * 31)))).files.size(), 10U);
}

TEST_F(VacuumTest, AFileThatNoCommitNamesYetIsLeftForADay) {
  const TestTable table("id long");
  (void)table.Write({{"id", ColumnOf(arrow::int64(), "[9]")}}, table.Latest()->metadata());
  VacuumOptions options{.mode = VacuumMode::kFull, .retention = hours(0), .plan_only = true};
  EXPECT_TRUE(TestTable::Check(Vacuum(*table.table(), options, Later(hours(23)))).files.empty());
  EXPECT_EQ(TestTable::Check(Vacuum(*table.table(), options, Later(hours(25)))).files.size(), 1U);
  options.allow_shorter = true;
  EXPECT_EQ(TestTable::Check(Vacuum(*table.table(), options, Later(hours(1)))).files.size(), 1U);
}

/// A table of ten files that were merged on its tenth day, on its twentieth, when a checkpoint has
/// forgotten those that were removed.
class ForgetfulTableTest : public VacuumTest {
 protected:
  ForgetfulTableTest() {
    AppendIds(table_, 0, 10);
    old_ = table_.Latest();
    time_.Advance(hours(24 * 10));
    TestTable::Check(Compact(*table_.table(), *reader_, {}, false, Soon()));
    time_.Advance(hours(24 * 10));
    TestTable::Check(table_.table()->Checkpoint(*table_.Latest(), {}));
  }

  Deadline Soon() { return Deadline::After(hours(1), {}, time_); }

  Result<VacuumReport> VacuumKeeping(int days) {
    // As another process sees it.
    const auto table = delta::Table::Open(table_.store(), {.clock = &time_});
    return Vacuum(*table, {.mode = VacuumMode::kFull, .retention = hours(24 * days)}, Soon());
  }

  TestTableOptions Options() {
    TestTableOptions options;
    options.table.clock = &time_;
    return options;
  }

  FakeClock time_;
  TestTable table_{"id long", Options()};
  delta::SnapshotPtr old_;
};

TEST_F(ForgetfulTableTest, AListingKeepsALongerRetentionThanTheLogRemembers) {
  EXPECT_TRUE(TestTable::Check(VacuumKeeping(15)).files.empty());
  EXPECT_EQ(RowsOf(table_, old_), 10U);
  time_.Advance(hours(24 * 6));
  EXPECT_EQ(TestTable::Check(VacuumKeeping(15)).files.size(), 10U);
  EXPECT_EQ(RowsOf(table_, table_.Latest()), 10U);
}

TEST_F(ForgetfulTableTest, ARetentionBeyondTheLogIsRefused) {
  for (int version = 0; version <= 10; ++version) {
    const auto key = fmt::format("_delta_log/{:020}.json", version);
    TestTable::Check(table_.store()->Delete(key, {}));
  }
  const auto refused = VacuumKeeping(15);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().message,
              HasSubstr("a retention of 360 hours cannot be kept: the log remembers removed files "
                        "for 168 hours"));
  EXPECT_THAT(refused.error().message, HasSubstr("delta.deletedFileRetentionDuration"));
  EXPECT_EQ(RowsOf(table_, old_), 10U);
}

TEST_F(VacuumTest, AFullOneEndsWhenTheTableRemembersRemovedFilesForNoTime) {
  const TestTable table(
      "id long", {.properties = {{"delta.deletedFileRetentionDuration", "interval 0 hours"}}});
  AppendIds(table, 0, 10);
  Merge(table);
  // Less than a millisecond for each version that may be looked at.
  const VacuumOptions options{.mode = VacuumMode::kFull,
                              .exact_retention = std::chrono::milliseconds(5)};
  EXPECT_EQ(TestTable::Check(Vacuum(*table.table(), options, Later(hours(48)))).files.size(), 10U);
  EXPECT_EQ(RowsOf(table, table.Latest()), 10U);
}

TEST_F(VacuumTest, RefusesFeaturesItLacksByName) {
  const TestTable table("id long");
  table.PutCommit(
      R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}})");
  const auto done = Vacuum(*table.table(), {}, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(done.error().message, HasSubstr("rowTracking"));
}

}  // namespace
}  // namespace neuralake::maintain
