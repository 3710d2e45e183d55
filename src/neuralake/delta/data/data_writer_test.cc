#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/batch_testing.h"
#include "neuralake/delta/commit/creation.h"
#include "neuralake/delta/write.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using columnar::BatchOf;
using columnar::ColumnOf;
using testing::HasSubstr;

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

class DataWriterTest : public testing::Test {
 protected:
  DataWriterTest()
      : store_(std::make_shared<storage::FaultyStore>(
            *storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_))) {}

  static Metadata TableOf(const std::string& ddl, std::vector<std::string> partitions = {},
                          StringMap properties = {}) {
    Metadata metadata;
    metadata.schema = columnar::ParseDdl(ddl).value();
    metadata.partition_columns = std::move(partitions);
    metadata.configuration = std::move(properties);
    return metadata;
  }

  std::unique_ptr<DataWriter> Open(const Metadata& metadata, const WriteOptions& options = {}) {
    auto writer = DataWriter::Open(store_, LowestProtocol(metadata), metadata, options);
    EXPECT_TRUE(writer.has_value()) << writer.error().message;
    return *std::move(writer);
  }

  std::vector<AddFile> WriteAll(const Metadata& metadata,
                                const std::vector<columnar::NamedColumn>& columns,
                                const WriteOptions& options = {}) {
    auto writer = Open(metadata, options);
    const Status written = writer->Write(*BatchOf(columns), kSoon);
    EXPECT_TRUE(written.has_value()) << written.error().message;
    return writer->Finish(kSoon).value();
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::FaultyStore> store_;
};

TEST_F(DataWriterTest, OneFileWithItsStatistics) {
  const auto files =
      WriteAll(TableOf("id long, name string"), {{"id", ColumnOf(arrow::int32(), "[2, 1, null]")}});
  ASSERT_EQ(files.size(), 1U);
  EXPECT_THAT(files[0].path, testing::MatchesRegex("part-00000-[-0-9a-f]+-c000.zstd.parquet"));
  EXPECT_EQ(files[0].stats, R"({"numRecords":3,"minValues":{"id":1},"maxValues":{"id":2},)"
                            R"("nullCount":{"id":1,"name":3}})");
  EXPECT_EQ(files[0].size, static_cast<std::int64_t>(store_->Head(files[0].path, kSoon)->size));
  EXPECT_GT(files[0].modification_time, 1'600'000'000'000);
}

TEST_F(DataWriterTest, NoRowsNoFiles) {
  EXPECT_TRUE(Open(TableOf("id long"))->Finish(kSoon)->empty());
  EXPECT_TRUE(WriteAll(TableOf("id long"), {{"id", ColumnOf(arrow::int64(), "[]")}}).empty());
}

TEST_F(DataWriterTest, RowsGoToTheirPartitions) {
  const auto files =
      WriteAll(TableOf("id long, day date, city string", {"day", "city"}),
               {{"id", ColumnOf(arrow::int64(), "[1, 2, 3, 4, 5]")},
                {"day", ColumnOf(arrow::date32(), "[0, 1, 0, null, 0]")},
                {"city", ColumnOf(arrow::utf8(), R"(["a b", "x/y", "a b", "é", ""])")}});
  ASSERT_EQ(files.size(), 4U);
  EXPECT_THAT(files[0].path, testing::StartsWith("day=1970-01-01/city=a%20b/part-00000-"));
  EXPECT_EQ(files[0].partition_values, (PartitionValues{{"day", "1970-01-01"}, {"city", "a b"}}));
  EXPECT_EQ(files[0].stats,
            R"({"numRecords":2,"minValues":{"id":1},"maxValues":{"id":3},"nullCount":{"id":0}})");
  // Escaped for the folder, then encoded for the log.
  EXPECT_THAT(files[1].path, testing::StartsWith("day=1970-01-02/city=x%252Fy/part-00001-"));
  EXPECT_TRUE(store_->Head(PercentDecode(files[1].path), kSoon).has_value());
  EXPECT_THAT(files[2].path, testing::StartsWith("day=__HIVE_DEFAULT_PARTITION__/city=%C3%A9/"));
  EXPECT_EQ(files[2].partition_values.at("day"), std::nullopt);
  EXPECT_EQ(files[3].partition_values,
            (PartitionValues{{"day", "1970-01-01"}, {"city", std::nullopt}}));
}

TEST_F(DataWriterTest, LeavesNoFilesWhenOneOfThemFails) {
  // Once it is in the store and once it is not: who hears of the failure does not know.
  for (const auto fault : {storage::Fault::kLoseAnswer, storage::Fault::kDeny}) {
    ASSERT_TRUE(store_->Inject({.operation = storage::Operation::kPut,
                                .fault = fault,
                                .key_part = "p=8",
                                .times = storage::FaultRule::kAlways}));
    auto writer = Open(TableOf("id long, p int", {"p"}));
    ASSERT_TRUE(writer->Write(*BatchOf({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                                        {"p", ColumnOf(arrow::int32(), "[7, 8]")}}),
                              kSoon));
    ASSERT_FALSE(writer->Finish(kSoon));
    EXPECT_FALSE(storage::ListAll(*store_, {}, kSoon)->empty());
    writer.reset();
    EXPECT_TRUE(storage::ListAll(*store_, {}, kSoon)->empty());
    store_->Heal();
  }
}

TEST_F(DataWriterTest, LeavesNoFilesWhenItIsDroppedBeforeItFinished) {
  auto writer = Open(TableOf("id long"), {.target_file_bytes = 1});
  ASSERT_TRUE(writer->Write(*BatchOf({{"id", ColumnOf(arrow::int64(), "[1, 2]")}}), kSoon));
  ASSERT_EQ(storage::ListAll(*store_, {}, kSoon)->size(), 1U);
  writer.reset();
  EXPECT_TRUE(storage::ListAll(*store_, {}, kSoon)->empty());
}

TEST_F(DataWriterTest, APartitionKeepsItsFileOverBatches) {
  auto writer = Open(TableOf("id long, p int", {"p"}));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer
                    ->Write(*BatchOf({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                                      {"p", ColumnOf(arrow::int32(), "[7, 8]")}}),
                            kSoon)
                    .has_value());
  }
  const auto files = writer->Finish(kSoon).value();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_THAT(files[0].stats, HasSubstr("\"numRecords\":3"));
}

TEST_F(DataWriterTest, AFolderNameThatIsTooLongIsLeftOut) {
  const auto files =
      WriteAll(TableOf("id long, p string", {"p"}),
               {{"id", ColumnOf(arrow::int64(), "[1]")},
                {"p", ColumnOf(arrow::utf8(), "[\"" + std::string(300, 'x') + "\"]")}});
  EXPECT_THAT(files[0].path, testing::StartsWith("part-00000-"));
  EXPECT_EQ(files[0].partition_values.at("p"), std::string(300, 'x'));
}

TEST_F(DataWriterTest, AFileEndsAtItsTargetSize) {
  auto writer = Open(TableOf("id long"), {.target_file_bytes = 100'000, .row_group_rows = 2048});
  arrow::Int64Builder builder;
  std::uint64_t state = 1;
  for (int row = 0; row < 200'000; ++row) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    ASSERT_TRUE(builder.Append(static_cast<std::int64_t>(state)).ok());
  }
  ASSERT_TRUE(writer->Write(*BatchOf({{"id", *builder.Finish()}}), kSoon).has_value());
  const auto files = writer->Finish(kSoon).value();
  EXPECT_GE(files.size(), 5U);
  for (const AddFile& file : files) EXPECT_LT(file.size, 600'000);
}

TEST_F(DataWriterTest, ErrorsNameColumnAndRowOfAllThatWasGiven) {
  auto writer = Open(TableOf("id long not null"));
  ASSERT_TRUE(
      writer->Write(*BatchOf({{"id", ColumnOf(arrow::int64(), "[1, 2]")}}), kSoon).has_value());
  const Status refused =
      writer->Write(*BatchOf({{"id", ColumnOf(arrow::int64(), "[3, null]")}}), kSoon);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "column id, row 3: null, but the column is declared not null");
}

TEST_F(DataWriterTest, ColumnMappingUsesPhysicalNamesEverywhere) {
  Metadata metadata = TableOf("id long, p string", {"p"}, {{"delta.columnMapping.mode", "name"}});
  SeededRng rng(1);
  const auto actions = NewTable(metadata, {}, WallTime{}, rng).value();
  const auto& made = std::get<Metadata>(actions[1]);
  const auto physical = [&](const char* name) {
    return *made.schema.Find(name)->metadata_string("delta.columnMapping.physicalName");
  };
  const auto files = WriteAll(
      made, {{"ID", ColumnOf(arrow::int64(), "[1]")}, {"p", ColumnOf(arrow::utf8(), R"(["x"])")}});
  EXPECT_THAT(files[0].path, testing::StartsWith(physical("p") + "=x/"));
  EXPECT_EQ(files[0].partition_values, (PartitionValues{{physical("p"), "x"}}));
  EXPECT_THAT(files[0].stats, HasSubstr("\"" + physical("id") + "\":1"));
}

TEST_F(DataWriterTest, AFeatureThatIsMissingIsRefusedByName) {
  const Metadata metadata = TableOf("id long", {}, {{"delta.constraints.positive", "id > 0"}});
  const auto refused = DataWriter::Open(store_, Protocol{1, 3, {}, {}}, metadata, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("checkConstraints"));
}

TEST_F(DataWriterTest, AStoreThatFailsIsNamedWithTheFile) {
  ASSERT_TRUE(
      store_->Inject({.operation = storage::Operation::kPut, .fault = storage::Fault::kFull})
          .has_value());
  auto writer = Open(TableOf("id long"));
  ASSERT_TRUE(
      writer->Write(*BatchOf({{"id", ColumnOf(arrow::int64(), "[1]")}}), kSoon).has_value());
  const auto failed = writer->Finish(kSoon);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(failed.error().message, testing::StartsWith("data file part-00000-"));
}

}  // namespace
}  // namespace neuralake::delta
