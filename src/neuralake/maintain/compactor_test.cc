#include "neuralake/maintain/compactor.h"

#include <algorithm>
#include <functional>
#include <stop_token>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/table_testing.h"

namespace neuralake::maintain {
namespace {

using columnar::ColumnOf;
using engine::TestTable;
using engine::TestTableOptions;
using testing::HasSubstr;

/// Does something of the test's at one step, once: another writer between two steps of ours.
class AtStep final : public KillSwitch {
 public:
  AtStep(std::string step, std::function<void()> act)
      : step_(std::move(step)), act_(std::move(act)) {}

  void Reach(std::string_view point) override {
    if (point != step_ || done_) return;
    done_ = true;
    act_();
  }

  bool done() const { return done_; }

 private:
  const std::string step_;
  const std::function<void()> act_;
  bool done_ = false;
};

class CompactorTest : public testing::Test {
 protected:
  CompactorTest()
      : reader_(TestTable::Check(engine::FileReader::Open({.memory_bytes = 256 << 20}))) {}

  CompactionReport Run(const TestTable& table, const CompactionOptions& options = {}) {
    return TestTable::Check(Compact(*table.table(), *reader_, options, false, {}));
  }

  static void AppendId(const TestTable& table, std::int64_t id) {
    table.Append({{"id", ColumnOf(arrow::int64(), "[" + std::to_string(id) + "]")}});
  }

  static void AppendIds(const TestTable& table, std::int64_t from, std::int64_t to) {
    for (std::int64_t id = from; id < to; ++id) AppendId(table, id);
  }

  /// The first column, over all files of `snapshot`, in order.
  std::vector<std::int64_t> Ids(const TestTable& table, const delta::SnapshotPtr& snapshot) {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < snapshot->files().count(); ++i) all.push_back(i);
    std::vector<std::int64_t> ids;
    TestTable::Check(reader_->Read(snapshot, table.store(), all,
                                   [&](const arrow::RecordBatch& batch) -> Status {
                                     const auto& column =
                                         static_cast<const arrow::Int64Array&>(*batch.column(0));
                                     for (std::int64_t i = 0; i < column.length(); ++i)
                                       ids.push_back(column.Value(i));
                                     return {};
                                   },
                                   {}));
    std::ranges::sort(ids);
    return ids;
  }

  std::vector<std::int64_t> Ids(const TestTable& table) { return Ids(table, table.Latest()); }

  static std::vector<std::int64_t> Range(std::int64_t from, std::int64_t to) {
    std::vector<std::int64_t> ids;
    for (std::int64_t id = from; id < to; ++id) ids.push_back(id);
    return ids;
  }

  std::unique_ptr<engine::FileReader> reader_;
};

TEST_F(CompactorTest, MergesSmallFilesAndPlansNothingAgain) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  const auto report = Run(table);
  EXPECT_EQ(report.files_removed, 10U);
  EXPECT_EQ(report.files_added, 1U);
  EXPECT_EQ(report.commits, 1U);
  EXPECT_EQ(report.version, 11);
  EXPECT_EQ(table.Latest()->files().count(), 1U);
  EXPECT_EQ(Ids(table), Range(0, 10));
  EXPECT_EQ(Run(table).version, -1);
  EXPECT_EQ(table.Latest()->version(), 11);
}

TEST_F(CompactorTest, WritesCommitsThatChangeNoDataAndKeepStatistics) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  Run(table);
  const auto history = TestTable::Check(table.table()->History(1, {}));
  EXPECT_EQ(history[0].info.operation, "OPTIMIZE");
  EXPECT_EQ(history[0].info.is_blind_append, false);
  const auto file = table.Latest()->files().Get(0);
  EXPECT_FALSE(file.data_change);
  EXPECT_EQ(file.stats, R"({"numRecords":10,"minValues":{"id":0},"maxValues":{"id":9},)"
                        R"("nullCount":{"id":0}})");
  for (const auto& tombstone : table.Latest()->tombstones()) EXPECT_FALSE(tombstone.data_change);
}

TEST_F(CompactorTest, APreviewChangesNothing) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  const auto report = TestTable::Check(Compact(*table.table(), *reader_, {}, true, {}));
  EXPECT_EQ(report.files_removed, 10U);
  EXPECT_EQ(report.files_added, 1U);
  EXPECT_EQ(table.Latest()->version(), 10);
}

TEST_F(CompactorTest, ATurnedBitOfAPageIsNeverRewritten) {
  const std::string rows = "[1, 2, 3, 5, 8, 13]";
  const auto made = [&](const TestTable& table) {
    table.Append({{"id", ColumnOf(arrow::int64(), rows)}});
    AppendIds(table, 21, 24);
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string path(table.Latest()->files().path(i));
      if (table.Latest()->files().num_records(i) == 6) return path;
    }
    return std::string();
  };
  const TestTable sound("id long");
  const auto whole = TestTable::Check(sound.store()->Read(made(sound), {}));
  const std::string_view footer_bytes(std::string_view(whole).substr(whole.size() - 8, 2));
  const auto footer = static_cast<unsigned char>(footer_bytes[0]) +
                      std::size_t{256} * static_cast<unsigned char>(footer_bytes[1]);
  int found = 0;
  // The footer has no checksum in Parquet.
  for (std::size_t at = 4; at < whole.size() - 8 - footer; ++at) {
    // Of a place of its own: the reader keeps the stores that it opened.
    const TestTable table("id long", {.location = fmt::format("memory://test/{}", at)});
    const auto path = made(table);
    auto bytes = TestTable::Check(table.store()->Read(path, {}));
    bytes[at] ^= 4;
    TestTable::Check(table.store()->Put(path, bytes, storage::PutMode::kOverwrite, {}));
    const auto report = Compact(*table.table(), *reader_, {}, false, {});
    if (report.has_value()) {
      EXPECT_EQ(Ids(table), (std::vector<std::int64_t>{1, 2, 3, 5, 8, 13, 21, 22, 23})) << at;
      continue;
    }
    EXPECT_EQ(report.error().kind, ErrorKind::kCorruption) << Describe(report.error());
    EXPECT_THAT(report.error().message, HasSubstr(path));
    ++found;
  }
  EXPECT_GT(found, 0);
}

TEST_F(CompactorTest, KeepsPartitionsApart) {
  const TestTable table("id long, day string", {.partitions = {"day"}});
  for (int i = 0; i < 5; ++i) {
    table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2, 3]")},
                  {"day", ColumnOf(arrow::utf8(), R"(["a", "b", null])")}});
  }
  const auto report = Run(table);
  EXPECT_EQ(report.files_added, 3U);
  EXPECT_EQ(report.commits, 1U) << "small partitions share a commit";
  std::vector<std::string> days;
  const auto& files = table.Latest()->files();
  for (std::size_t i = 0; i < files.count(); ++i) {
    days.emplace_back(files.partition_value(i, 0).value_or("null"));
    EXPECT_EQ(files.num_records(i), 5);
  }
  EXPECT_THAT(days, testing::UnorderedElementsAre("a", "b", "null"));
}

TEST_F(CompactorTest, DropsDeletedRowsForGood) {
  const TestTable table("id long", {.properties = {{"delta.enableDeletionVectors", "true"}}});
  table.Append({{"id", ColumnOf(arrow::int64(), "[0, 1, 2, 3]")}});
  table.DeleteRows(0, {1, 3});
  const auto report = Run(table);
  EXPECT_EQ(report.files_removed, 1U);
  EXPECT_FALSE(table.Latest()->files().deletion_vector(0).has_value());
  EXPECT_EQ(table.Latest()->files().num_records(0), 2);
  EXPECT_EQ(Ids(table), (std::vector<std::int64_t>{0, 2}));
  EXPECT_EQ(Run(table).version, -1);
}

TEST_F(CompactorTest, RewritesMappedColumnsUnderTheirPhysicalNames) {
  const TestTable table("id long", {.properties = {{"delta.columnMapping.mode", "name"}}});
  AppendIds(table, 0, 5);
  EXPECT_EQ(Run(table).files_added, 1U);
  const auto snapshot = table.Latest();
  const auto physical =
      snapshot->metadata().schema.fields[0].metadata_string("delta.columnMapping.physicalName");
  EXPECT_THAT(snapshot->files().Get(0).stats, HasSubstr(*physical));
  EXPECT_EQ(Ids(table), Range(0, 5));
}

TEST_F(CompactorTest, RefusesWriterFeaturesItLacksByName) {
  const TestTable table("id long");
  table.PutCommit(
      R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}})");
  const auto done = Compact(*table.table(), *reader_, {}, false, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(done.error().message, HasSubstr("rowTracking"));
}

TEST_F(CompactorTest, MakesFilesOfTheTargetSize) {
  const TestTable table("id long");
  for (std::int64_t file = 0; file < 16; ++file) {
    arrow::Int64Builder builder;
    // Values that do not compress.
    for (std::uint64_t row = 0; row < 4'096; ++row) {
      const std::uint64_t mixed =
          (row + 4'096 * static_cast<std::uint64_t>(file)) * 0x9E3779B97F4A7C15ULL;
      ASSERT_TRUE(builder.Append(static_cast<std::int64_t>(mixed)).ok());
    }
    table.Append({{"id", *builder.Finish()}});
  }
  const auto before = Ids(table);
  const auto report = Run(table, {.target_bytes = 150'000});
  EXPECT_GT(report.commits, 2U) << "a commit is about one file of the target";
  EXPECT_LT(report.files_added, 8U);
  EXPECT_EQ(Ids(table), before);
}

TEST_F(CompactorTest, GoesOnBesideAWriterAtEveryStep) {
  for (const auto* step :
       {"compact.planned", "compact.after_write", "commit.before_put", "compact.after_commit"}) {
    std::unique_ptr<TestTable> table;
    AtStep between(step, [&] {
      AppendIds(*table, 100, 105);
      // The same from another process.
      const auto other = delta::Table::Open(table->store());
      const auto snapshot = *other->Latest({});
      delta::CommitRequest request;
      request.actions.emplace_back(
          table->Write({{"id", ColumnOf(arrow::int64(), "[105]")}}, snapshot->metadata())[0]);
      request.info.is_blind_append = true;
      EXPECT_TRUE(other->Commit(snapshot, std::move(request), {}).has_value()) << step;
    });
    delta::TableOptions options;
    KillSwitch* at_commit = &between;
    if (std::string_view(step).starts_with("commit.")) options.kill_switch = at_commit;
    // Only the commits of the compaction are interleaved: filling is done through another object.
    table = std::make_unique<TestTable>(
        "id long", TestTableOptions{.location = std::string("memory://") + step + "/t"});
    AppendIds(*table, 0, 10);
    const auto compacted = delta::Table::Open(table->store(), options);
    const auto report = Compact(*compacted, *reader_, {.kill_switch = &between}, false, {});
    ASSERT_TRUE(report.has_value()) << step << ": " << report.error().message;
    EXPECT_TRUE(between.done()) << step;
    EXPECT_EQ(report->replans, 0U) << step;
    auto expected = Range(0, 10);
    for (const auto id : Range(100, 106)) expected.push_back(id);
    EXPECT_EQ(Ids(*table), expected) << step;
  }
}

/// How many files lie beside the log, which gets checkpoints in its own time.
std::size_t DataFiles(const TestTable& table) {
  const auto listed = storage::ListAll(*table.store(), {}, {}).value();
  return static_cast<std::size_t>(std::ranges::count_if(
      listed, [](const auto& object) { return !object.key.starts_with("_delta_log/"); }));
}

TEST_F(CompactorTest, PlansAgainWhenAFileItReadIsRemoved) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  AtStep between("compact.after_write", [&] { table.RemoveFile(3); });
  const std::size_t files = DataFiles(table);
  const auto report = Run(table, {.kill_switch = &between});
  EXPECT_EQ(report.replans, 1U);
  EXPECT_EQ(report.files_removed, 9U);
  EXPECT_EQ(Ids(table).size(), 9U);
  // One merged file: what lost is not left behind.
  EXPECT_EQ(DataFiles(table), files + 1);
}

TEST_F(CompactorTest, PlansAgainWhenRowsItReadAreDeleted) {
  const TestTable table("id long", {.properties = {{"delta.enableDeletionVectors", "true"}}});
  for (int i = 0; i < 5; ++i) table.Append({{"id", ColumnOf(arrow::int64(), "[0, 1, 2]")}});
  AtStep between("compact.after_write", [&] { table.DeleteRows(2, {1}); });
  const auto report = Run(table, {.kill_switch = &between});
  EXPECT_EQ(report.replans, 1U);
  EXPECT_EQ(table.Latest()->files().count(), 1U);
  EXPECT_EQ(Ids(table).size(), 14U);
}

TEST_F(CompactorTest, GivesUpAfterSeveralLostPlans) {
  const TestTable table("id long");
  AppendIds(table, 0, 30);
  class Always final : public KillSwitch {
   public:
    explicit Always(const TestTable& table) : table_(table) {}
    void Reach(std::string_view point) override {
      if (point == "compact.after_write") table_.RemoveFile(0);
    }

   private:
    const TestTable& table_;
  } always(table);
  const auto done = Compact(*table.table(), *reader_, {.kill_switch = &always}, false, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kConflict);
}

TEST_F(CompactorTest, AnOldVersionReadsTheSameAfterwards) {
  const TestTable table("id long");
  AppendIds(table, 0, 10);
  const auto old = table.Latest();
  Run(table);
  EXPECT_EQ(Ids(table, old), Range(0, 10));
}

TEST_F(CompactorTest, AStopEndsTheRoundBetweenTwoCommits) {
  const TestTable table("id long, p string", {.partitions = {"p"}});
  for (int i = 0; i < 5; ++i) {
    table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                  {"p", ColumnOf(arrow::utf8(), R"(["a", "b"])")}});
  }
  std::stop_source stop;
  AtStep between("compact.after_write", [&] { stop.request_stop(); });
  // So small a target that each partition is a commit of its own.
  const std::int64_t target = table.Latest()->size_bytes() * 2 / 3;
  const auto report =
      Compact(*table.table(), *reader_, {.target_bytes = target, .kill_switch = &between}, false,
              Deadline::Never(stop.get_token()));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->commits, 1U) << "what was written is committed, what was not is left";
  EXPECT_GT(table.Latest()->files().count(), 2U);
}

TEST_F(CompactorTest, RefusesFilesThatHoldOtherRowsThanTheLogSays) {
  const TestTable table("id long");
  AppendIds(table, 0, 5);
  auto add = table.Write({{"id", ColumnOf(arrow::int64(), "[9]")}}, table.Latest()->metadata())[0];
  add.stats = R"({"numRecords":2})";
  table.Commit({add});
  const auto version = table.Latest()->version();
  const auto done = Compact(*table.table(), *reader_, {}, false, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kCorruption);
  EXPECT_EQ(table.Latest()->version(), version);
}

}  // namespace
}  // namespace neuralake::maintain
