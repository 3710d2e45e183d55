#include "neuralake/delta/data/change_writer.h"

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

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

TEST(ChangeWriter, WritesBelowItsOwnFolderByPartition) {
  storage::MemoryRegistry registry;
  const std::shared_ptr<storage::ObjectStore> store =
      *storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry);
  const auto batch = BatchOf({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                              {"day", ColumnOf(arrow::utf8(), R"(["a", null])")}});
  TableWriteOptions options;
  options.partition_by = {"day"};
  options.creation.configuration = {{"delta.enableChangeDataFeed", "true"}};
  const auto schema = columnar::FromArrow(*batch->schema()).value();
  const auto write = TableWrite::Begin(Table::Open(store), schema, options, kSoon).value();
  ASSERT_TRUE(write->Write(*batch, kSoon));
  const auto snapshot = write->Commit(kSoon)->snapshot;

  const auto feed = ChangeWriter::Open(store, snapshot->protocol(), snapshot->metadata()).value();
  ASSERT_TRUE(feed->Write(*batch, RowChangeType::kDelete, kSoon));
  ASSERT_TRUE(feed->Write(*batch, RowChangeType::kUpdateAfter, kSoon));
  const auto files = feed->Finish(kSoon).value();
  ASSERT_EQ(files.size(), 2U);
  for (const AddCdcFile& file : files) {
    EXPECT_THAT(file.path, testing::StartsWith("_change_data/day="));
    EXPECT_GT(file.size, 0);
    EXPECT_TRUE(store->Head(file.path, kSoon));
  }
  EXPECT_EQ(files[0].partition_values.at("day"), "a");
  EXPECT_EQ(files[1].partition_values.at("day"), std::nullopt);
}

}  // namespace
}  // namespace neuralake::delta
