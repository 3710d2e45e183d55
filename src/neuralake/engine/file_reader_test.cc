#include "neuralake/engine/file_reader.h"

#include <stop_token>

#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/table_testing.h"

namespace neuralake::engine {
namespace {

using columnar::ColumnOf;
using testing::HasSubstr;

class FileReaderTest : public testing::Test {
 protected:
  FileReaderTest() : reader_(TestTable::Check(FileReader::Open({.memory_bytes = 256 << 20}))) {}

  /// All rows of `files` as one table.
  std::shared_ptr<arrow::Table> Read(const TestTable& table,
                                     const std::vector<std::uint32_t>& files) {
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
    TestTable::Check(reader_->Read(table.Latest(), table.store(), files,
                                   [&](const arrow::RecordBatch& batch) -> Status {
                                     batches.push_back(batch.Slice(0));
                                     return {};
                                   },
                                   {}));
    return batches.empty() ? nullptr
                           : *(*arrow::Table::FromRecordBatches(batches))->CombineChunks();
  }

  static std::string Text(const std::shared_ptr<arrow::Table>& table, const std::string& column) {
    const auto values = table->GetColumnByName(column)->chunk(0);
    std::string text;
    for (std::int64_t i = 0; i < values->length(); ++i) {
      text += (i == 0 ? "" : " ") + (*values->GetScalar(i))->ToString();
    }
    return text;
  }

  Status ReadAll(const TestTable& table, const FileReader::Sink& sink, const Deadline& deadline) {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < table.Latest()->files().count(); ++i) all.push_back(i);
    return reader_->Read(table.Latest(), table.store(), all, sink, deadline);
  }

  std::unique_ptr<FileReader> reader_;
};

TEST_F(FileReaderTest, GivesTheChosenFilesInTheOrderAskedFor) {
  const TestTable table("id long");
  for (const auto* rows : {"[1, 2]", "[3]", "[4, 5]"}) {
    table.Append({{"id", ColumnOf(arrow::int64(), rows)}});
  }
  EXPECT_EQ(Text(Read(table, {2, 0}), "id"), "4 5 1 2");
}

TEST_F(FileReaderTest, KeepsTheOrderOfManyRowsOfManyFiles) {
  const TestTable table("id long");
  std::int64_t next = 0;
  for (int file = 0; file < 12; ++file) {
    arrow::Int64Builder builder;
    for (int row = 0; row < 20'000; ++row) ASSERT_TRUE(builder.Append(next++).ok());
    table.Append({{"id", *builder.Finish()}}, {.row_group_rows = 4'096});
  }
  std::int64_t expected = 0;
  TestTable::Check(
      ReadAll(table,
              [&](const arrow::RecordBatch& batch) -> Status {
                EXPECT_LT(batch.num_rows(), static_cast<std::int64_t>(kBatchRows + 4'096));
                const auto& ids = static_cast<const arrow::Int64Array&>(*batch.column(0));
                for (std::int64_t i = 0; i < ids.length(); ++i) {
                  if (ids.Value(i) != expected++) return Fail(ErrorKind::kInternal, "out of order");
                }
                return {};
              },
              {}));
  EXPECT_EQ(expected, next);
}

TEST_F(FileReaderTest, LeavesOutDeletedRows) {
  const TestTable table("id long", {.properties = {{"delta.enableDeletionVectors", "true"}}});
  table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2, 3, 4]")}});
  table.DeleteRows(0, {0, 2});
  EXPECT_EQ(Text(Read(table, {0}), "id"), "2 4");
}

TEST_F(FileReaderTest, FillsPartitionColumnsFromTheLog) {
  const TestTable table("id long, day date, note string", {.partitions = {"day"}});
  table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                {"day", ColumnOf(arrow::date32(), "[0, null]")},
                {"note", ColumnOf(arrow::utf8(), R"(["a", "b"])")}});
  const auto rows = Read(table, {0, 1});
  EXPECT_EQ(rows->schema()->field_names(), (std::vector<std::string>{"id", "day", "note"}));
  EXPECT_EQ(Text(rows, "day"), "1970-01-01 null");
}

TEST_F(FileReaderTest, FillsMissingColumnsAndWidensNarrowOnes) {
  const TestTable table("id long, price double, note string");
  delta::Metadata old = table.Latest()->metadata();
  old.schema = columnar::ParseDdl("price float, id int").value();
  std::vector<delta::Action> actions;
  for (auto& file : table.Write({{"id", ColumnOf(arrow::int32(), "[7]")},
                                 {"price", ColumnOf(arrow::float32(), "[1.5]")}},
                                old)) {
    actions.emplace_back(file);
  }
  table.Commit(std::move(actions));
  const auto rows = Read(table, {0});
  EXPECT_EQ(rows->schema()->field(0)->type()->id(), arrow::Type::INT64);
  EXPECT_EQ(rows->schema()->field(1)->type()->id(), arrow::Type::DOUBLE);
  EXPECT_EQ(Text(rows, "id") + " " + Text(rows, "price") + " " + Text(rows, "note"), "7 1.5 null");
}

TEST_F(FileReaderTest, FindsMappedColumnsByTheirPhysicalNames) {
  const TestTable table("id long, st struct<x: int, y: int>",
                        {.properties = {{"delta.columnMapping.mode", "name"}}});
  table.Append({{"id", ColumnOf(arrow::int64(), "[1]")},
                {"st", ColumnOf(arrow::struct_({arrow::field("x", arrow::int32()),
                                                arrow::field("y", arrow::int32())}),
                                R"([{"x": 2, "y": 3}])")}});
  const auto rows = Read(table, {0});
  EXPECT_EQ(Text(rows, "id"), "1");
  EXPECT_EQ(Text(rows, "st"), "{x:int32 = 2, y:int32 = 3}");
}

TEST_F(FileReaderTest, ReadsNothingOfNoFiles) {
  const TestTable table("id long");
  EXPECT_EQ(Read(table, {}), nullptr);
}

TEST_F(FileReaderTest, EndsWithTheFirstFailureOfTheSink) {
  const TestTable table("id long");
  for (int i = 0; i < 50; ++i) table.Append({{"id", ColumnOf(arrow::int64(), "[1]")}});
  int calls = 0;
  const auto done = ReadAll(table,
                            [&](const arrow::RecordBatch&) -> Status {
                              ++calls;
                              return Fail(ErrorKind::kResourceExhausted, "the disk is full");
                            },
                            {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Read(table, {0})->num_rows(), 1) << "the reader goes on";
}

TEST_F(FileReaderTest, AStopEndsTheRead) {
  const TestTable table("id long");
  table.Append({{"id", ColumnOf(arrow::int64(), "[1]")}});
  std::stop_source stop;
  const auto deadline = Deadline::Never(stop.get_token());
  const auto stops = [&](const arrow::RecordBatch&) -> Status {
    stop.request_stop();
    return deadline.Check("the sink");
  };
  EXPECT_EQ(ReadAll(table, stops, deadline).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(ReadAll(table, stops, deadline).error().kind, ErrorKind::kCancelled);
}

TEST_F(FileReaderTest, NamesTheFileThatIsGone) {
  const TestTable table("id long");
  table.Append({{"id", ColumnOf(arrow::int64(), "[1]")}});
  const std::string path(table.Latest()->files().path(0));
  ASSERT_TRUE(table.store()->Delete(path, {}).has_value());
  const auto done = ReadAll(table, [](const arrow::RecordBatch&) { return Status{}; }, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(done.error().message, HasSubstr(path));
}

}  // namespace
}  // namespace neuralake::engine
