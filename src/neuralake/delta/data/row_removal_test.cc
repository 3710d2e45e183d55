#include "neuralake/delta/data/row_removal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/batch_testing.h"
#include "neuralake/delta/data/table_write.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using columnar::BatchOf;
using columnar::ColumnOf;
using testing::HasSubstr;

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

TEST(RowSet, CountsARowOnce) {
  RowSet rows;
  rows.Add(3, std::vector<std::uint64_t>{1, 2});
  rows.Add(3, std::vector<std::uint64_t>{2, 5});
  RowSet others;
  others.Add(3, std::vector<std::uint64_t>{5});
  others.Add(9, std::vector<std::uint64_t>{5});
  rows.Merge(others);
  EXPECT_EQ(rows.count(), 4U);
  EXPECT_EQ(rows.files().size(), 2U);
  EXPECT_TRUE(rows.files().at(9).Contains(5));
  const RowSet left = rows.Minus(others);
  EXPECT_EQ(left.count(), 2U);
  EXPECT_EQ(left.files().count(9), 0U);
}

class RowRemovalTest : public testing::Test {
 protected:
  RowRemovalTest()
      : store_(*storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_)),
        table_(Table::Open(store_)) {}

  /// A table of one file with eight rows.
  SnapshotPtr Make(StringMap properties) {
    const auto batch = BatchOf({{"id", ColumnOf(arrow::int64(), "[1, 2, 3, 4, 5, 6, 7, 8]")}});
    TableWriteOptions options;
    options.creation.configuration = std::move(properties);
    const auto schema = columnar::FromArrow(*batch->schema()).value();
    const auto write = TableWrite::Begin(table_, schema, std::move(options), kSoon).value();
    EXPECT_TRUE(write->Write(*batch, kSoon));
    return write->Commit(kSoon)->snapshot;
  }

  static RemovalWay WayOf(const SnapshotPtr& snapshot, std::vector<std::uint64_t> rows) {
    return PlanRemoval(*snapshot, 0, DeletionVector(rows), nullptr)->way;
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<Table> table_;
};

TEST_F(RowRemovalTest, RewritesWithoutTheProperty) {
  const auto snapshot = Make({});
  EXPECT_EQ(WayOf(snapshot, {1}), RemovalWay::kRewrite);
  EXPECT_EQ(WayOf(snapshot, {0, 1, 2, 3, 4, 5, 6, 7}), RemovalWay::kWholeFile);
}

TEST_F(RowRemovalTest, MarksWithThePropertyUntilTooLittleIsLeft) {
  const auto snapshot = Make({{"delta.enableDeletionVectors", "true"}});
  EXPECT_EQ(WayOf(snapshot, {1}), RemovalWay::kVector);
  EXPECT_EQ(WayOf(snapshot, {0, 1, 2, 3, 4, 5}), RemovalWay::kVector);
  EXPECT_EQ(WayOf(snapshot, {0, 1, 2, 3, 4, 5, 6}), RemovalWay::kRewrite);
  EXPECT_EQ(WayOf(snapshot, {0, 1, 2, 3, 4, 5, 6, 7}), RemovalWay::kWholeFile);
}

TEST_F(RowRemovalTest, CountsTheRowsThatWereDeadBefore) {
  const auto snapshot = Make({{"delta.enableDeletionVectors", "true"}});
  const DeletionVector before(std::vector<std::uint64_t>{0, 1, 2, 3});
  const auto removal =
      PlanRemoval(*snapshot, 0, DeletionVector(std::vector<std::uint64_t>{4, 5, 6, 7}), &before)
          .value();
  EXPECT_EQ(removal.way, RemovalWay::kWholeFile);
  EXPECT_EQ(removal.rows, 4U);
}

TEST_F(RowRemovalTest, RefusesRowsThatTheFileDoesNotHave) {
  const auto snapshot = Make({{"delta.enableDeletionVectors", "true"}});
  for (const std::uint64_t row : {std::uint64_t{8}, std::uint64_t{1} << 40}) {
    const DeletionVector gone(std::vector<std::uint64_t>{1, row});
    EXPECT_EQ(PlanRemoval(*snapshot, 0, gone, nullptr).error().kind, ErrorKind::kInternal) << row;
  }
}

TEST_F(RowRemovalTest, ReplacesTheFileByOneWithItsVector) {
  const auto snapshot = Make({{"delta.enableDeletionVectors", "true"}});
  DeletionVectorWriter vectors(store_);
  CommitRequest request;
  const auto removal =
      PlanRemoval(*snapshot, 0, DeletionVector(std::vector<std::uint64_t>{2, 3}), nullptr).value();
  ASSERT_TRUE(
      AppendRemoval(*snapshot, removal, SystemClock::Get().Now(), vectors, request.actions, kSoon));
  ASSERT_TRUE(vectors.Finish(kSoon));
  request.info.operation = "DELETE";
  const auto after = table_->Commit(snapshot, std::move(request), kSoon)->snapshot;
  ASSERT_EQ(after->files().count(), 1U);
  EXPECT_EQ(after->num_records(), 6);
  const AddFile file = after->files().Get(0);
  EXPECT_EQ(file.path, snapshot->files().path(0));
  EXPECT_THAT(file.stats, HasSubstr(R"("numRecords":8)"));
  EXPECT_THAT(file.stats, HasSubstr(R"("tightBounds":false)"));
  const auto loaded = DeletionVector::Load(*file.deletion_vector, *store_, kSoon).value();
  EXPECT_TRUE(loaded.Contains(2));
  EXPECT_EQ(loaded.cardinality(), 2U);
  EXPECT_EQ(after->tombstones().size(), 1U);
}

}  // namespace
}  // namespace neuralake::delta
