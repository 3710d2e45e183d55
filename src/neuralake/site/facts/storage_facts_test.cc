#include "neuralake/site/facts/storage_facts.h"

#include <filesystem>
#include <fstream>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <stdlib.h>

namespace neuralake::site {
namespace {

namespace fs = std::filesystem;

/// A Parquet file with the columns `id` (first, first + 1, …) and `name` (null, then `x`).
void WriteParquet(const fs::path& path, std::int64_t first, int rows) {
  arrow::Int64Builder ids;
  arrow::StringBuilder names;
  for (int i = 0; i < rows; ++i) {
    ASSERT_TRUE(ids.Append(first + i).ok());
    ASSERT_TRUE((i == 0 ? names.AppendNull() : names.Append("x" + std::to_string(i))).ok());
  }
  const auto table = arrow::Table::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8())}),
      {ids.Finish().ValueOrDie(), names.Finish().ValueOrDie()});
  fs::create_directories(path.parent_path());
  const auto out = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), out, rows).ok());
  ASSERT_TRUE(out->Close().ok());
}

class StorageFacts : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "facts-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  TableFacts Facts(const catalog::TableModel& table) const {
    return FactsFromStorage(Deadline::Never())(catalog::DatabaseModel{}, table);
  }

  catalog::TableModel Table(catalog::TableKind kind, const fs::path& path) const {
    catalog::TableModel table;
    table.kind = kind;
    table.uri = path.string();
    return table;
  }

  fs::path folder_;
};

TEST_F(StorageFacts, MergesTheFootersOfAParquetFolder) {
  WriteParquet(folder_ / "t/b.parquet", 100, 5);
  WriteParquet(folder_ / "t/a.parquet", 1, 3);
  std::ofstream(folder_ / "t/_SUCCESS") << "x";
  const TableFacts facts = Facts(Table(catalog::TableKind::kParquet, folder_ / "t"));
  EXPECT_EQ(facts.problem, "");
  EXPECT_EQ(facts.rows, 8);
  EXPECT_EQ(facts.files, 2);
  ASSERT_EQ(facts.columns.size(), 2U);
  EXPECT_EQ(facts.columns[0].type, "int64");
  EXPECT_EQ(facts.columns[0].min, "1");
  EXPECT_EQ(facts.columns[0].max, "104");
  EXPECT_EQ(facts.columns[0].null_count, 0);
  EXPECT_EQ(facts.columns[1].null_count, 2);
  EXPECT_EQ(facts.columns[1].max, "x4");
}

TEST_F(StorageFacts, TakesASingleFile) {
  WriteParquet(folder_ / "one.parquet", 1, 3);
  EXPECT_EQ(Facts(Table(catalog::TableKind::kParquet, folder_ / "one.parquet")).rows, 3);
}

TEST_F(StorageFacts, CountsHivePartitions) {
  WriteParquet(folder_ / "t/month=1/a.parquet", 1, 3);
  WriteParquet(folder_ / "t/month=1/b.parquet", 4, 3);
  WriteParquet(folder_ / "t/month=__HIVE_DEFAULT_PARTITION__/c.parquet", 7, 2);
  catalog::TableModel table = Table(catalog::TableKind::kParquet, folder_ / "t");
  table.hive_partitioning = true;
  table.partition_by = {"month"};
  const TableFacts facts = Facts(table);
  ASSERT_EQ(facts.partitions.size(), 2U);
  EXPECT_EQ(facts.partitions[0].values[0], "1");
  EXPECT_EQ(facts.partitions[0].rows, 6);
  EXPECT_EQ(facts.partitions[1].values[0], std::nullopt);
  EXPECT_EQ(facts.columns.back().name, "month");
}

TEST_F(StorageFacts, NamesAFileThatIsNotParquet) {
  WriteParquet(folder_ / "t/a.parquet", 1, 3);
  std::ofstream(folder_ / "t/broken.parquet") << "not parquet at all";
  const TableFacts facts = Facts(Table(catalog::TableKind::kParquet, folder_ / "t"));
  EXPECT_NE(facts.problem.find("broken.parquet"), std::string::npos) << facts.problem;
  EXPECT_EQ(facts.rows, std::nullopt);
}

TEST_F(StorageFacts, SaysThatNothingIsThere) {
  const TableFacts facts = Facts(Table(catalog::TableKind::kCsv, folder_ / "none.csv"));
  EXPECT_NE(facts.problem.find("no data files at"), std::string::npos) << facts.problem;
}

TEST_F(StorageFacts, MeasuresCsvFiles) {
  std::ofstream(folder_ / "a.csv") << "a,b\n1,2\n";
  const TableFacts facts = Facts(Table(catalog::TableKind::kCsv, folder_ / "a.csv"));
  EXPECT_EQ(facts.bytes, 8);
  EXPECT_EQ(facts.rows, std::nullopt);
  EXPECT_TRUE(facts.updated);
}

/// A commit of a Delta log: `actions`, one a line.
void WriteCommit(const fs::path& table, int version, const std::string& actions) {
  fs::create_directories(table / "_delta_log");
  std::ofstream(table / "_delta_log" / fmt::format("{:020}.json", version)) << actions;
}

/// A data file with `rows` values of `v` from `min` to `max` in partition `day`.
std::string Add(const std::string& name, const std::string& day, int rows, int min, int max) {
  return fmt::format(R"({{"add":{{"path":"{}","partitionValues":{{"day":"{}"}},"size":{},)"
                     R"("modificationTime":1,"dataChange":true,"stats":"{{\"numRecords\":{},)"
                     R"(\"minValues\":{{\"v\":{}}},\"maxValues\":{{\"v\":{}}},)"
                     R"(\"nullCount\":{{\"v\":1}}}}"}}}})"
                     "\n",
                     name, day, rows * 10, rows, min, max);
}

void WriteDelta(const fs::path& table) {
  WriteCommit(table, 0,
              R"({"commitInfo":{"timestamp":1763700000000,"operation":"CREATE TABLE"}})"
              "\n"
              R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
              "\n"
              R"({"metaData":{"id":"a","format":{"provider":"parquet","options":{}},)"
              R"("schemaString":"{\"type\":\"struct\",\"fields\":[)"
              R"({\"name\":\"v\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}},)"
              R"({\"name\":\"day\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}",)"
              R"("partitionColumns":["day"],"configuration":{},"createdTime":1}})"
              "\n");
  WriteCommit(table, 1,
              R"({"commitInfo":{"timestamp":1763700060000,"operation":"WRITE",)"
              R"("operationMetrics":{"numOutputRows":"7"},"engineInfo":"test/1"}})"
              "\n" +
                  Add("a.parquet", "mon", 3, -5, 9) + Add("b.parquet", "tue", 4, 2, 30));
}

TEST_F(StorageFacts, TellsVersionBoundsAndHistoryOfADeltaTable) {
  WriteDelta(folder_ / "t");
  const TableFacts facts = Facts(Table(catalog::TableKind::kDelta, folder_ / "t"));
  EXPECT_EQ(facts.problem, "");
  EXPECT_EQ(facts.version, 1);
  EXPECT_EQ(facts.rows, 7);
  EXPECT_EQ(facts.bytes, 70);
  ASSERT_EQ(facts.columns.size(), 2U);
  ASSERT_EQ(facts.partitions.size(), 2U);
  EXPECT_EQ(facts.partitions[0].values[0], "tue");
  ASSERT_EQ(facts.history.size(), 2U);
  EXPECT_EQ(facts.history[0].operation, "WRITE");
  EXPECT_EQ(facts.history[0].rows_added, 7);
  EXPECT_EQ(facts.history[0].engine, "test/1");
}

TEST_F(StorageFacts, NamesTheBrokenCommitOfADeltaTable) {
  WriteDelta(folder_ / "t");
  WriteCommit(folder_ / "t", 2, "{\"add\": broken");
  const TableFacts facts = Facts(Table(catalog::TableKind::kDelta, folder_ / "t"));
  EXPECT_NE(facts.problem.find("00000000000000000002.json"), std::string::npos) << facts.problem;
  EXPECT_EQ(facts.rows, std::nullopt);
}

TEST_F(StorageFacts, TellsATableThatNothingWasWrittenToFromABrokenOne) {
  const TableFacts facts = Facts(Table(catalog::TableKind::kDelta, folder_ / "none"));
  EXPECT_TRUE(facts.unwritten);
  EXPECT_EQ(facts.problem, "");
}

TEST_F(StorageFacts, RunsNoFunction) {
  catalog::TableModel table;
  table.kind = catalog::TableKind::kFunction;
  EXPECT_EQ(Facts(table).problem, "");
}

TEST(FlattenedColumns, PutsFieldsBehindTheirStruct) {
  const auto schema =
      columnar::ParseDdl("id BIGINT NOT NULL, place STRUCT<lat: DOUBLE, lon: DOUBLE>").value();
  const std::vector<ColumnFacts> columns = FlattenedColumns(schema);
  ASSERT_EQ(columns.size(), 4U);
  EXPECT_FALSE(columns[0].nullable);
  EXPECT_EQ(columns[1].type, "struct");
  EXPECT_EQ(columns[2].name, "place.lat");
  EXPECT_EQ(columns[2].path, (std::vector<std::string>{"place", "lat"}));
}

}  // namespace
}  // namespace neuralake::site
