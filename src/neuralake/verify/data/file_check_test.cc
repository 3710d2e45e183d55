#include "neuralake/verify/data/file_check.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/verify/test_table.h"

namespace neuralake::verify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::set<std::string> Small(const std::string& more) {
  TestTable table;
  MakeSmall(table, more);
  return table.Rules();
}

// What a table of one column `c` with `values` breaks.
std::set<std::string> OneColumn(const std::shared_ptr<arrow::DataType>& stored,
                                const std::string& type, const std::string& values,
                                const std::string& stats, bool nullable = true) {
  TestTable table;
  const auto size =
      table.PutParquet("a.parquet", arrow::schema({arrow::field("c", stored)}), values);
  const bool ntz = type == "timestamp_ntz";
  table.Commit(
      {ntz ? Protocol(3, 7,
                      R"("readerFeatures":["timestampNtz"],"writerFeatures":["timestampNtz"])")
           : Protocol(),
       Metadata(Column("c", type, nullable)),
       AddLine("a.parquet", size, stats.empty() ? "" : Stats(stats))});
  return table.Rules();
}

std::string Bounds(const std::string& min, const std::string& max) {
  return R"({"minValues":{"c":)" + min + R"(},"maxValues":{"c":)" + max + "}}";
}

TEST(FileCheck, WantsTheFileWithItsSize) {
  TestTable table;
  MakeSmall(table);
  table.Commit({AddLine("gone.parquet", 1), AddLine("..%2Fup.parquet", 1)});
  EXPECT_THAT(table.Rules(), ElementsAre("file.missing", "file.path"));
  TestTable other;
  const auto size = other.PutParquet("a.parquet", IdAndName(), R"([[1, "x"]])");
  other.Commit({Protocol(), Metadata(), AddLine("a.parquet", size + 1)});
  EXPECT_THAT(other.Rules(), ElementsAre("file.size"));
}

TEST(FileCheck, CountsFilesThatItCannotReach) {
  TestTable table;
  table.Commit({Protocol(), Metadata(), AddLine("hdfs://there/t/a.parquet", 1)});
  const auto report = table.Run();
  ASSERT_TRUE(report) << Describe(report.error());
  EXPECT_EQ(report->problems, 0U);
  EXPECT_EQ(report->not_reachable, 1U);
}

TEST(FileCheck, WantsStatisticsThatAreRight) {
  EXPECT_THAT(Small(Stats(kSmallStats)), IsEmpty());
  EXPECT_THAT(Small(Stats("nonsense")), ElementsAre("stats.json"));
  EXPECT_THAT(Small(Stats("3")), ElementsAre("stats.json"));
  EXPECT_THAT(Small(Stats(R"({"numRecords":"3"})")), ElementsAre("stats.json"));
  EXPECT_THAT(Small(Stats(R"({"minValues":{"id":"one"}})")), ElementsAre("stats.json"));
  EXPECT_THAT(Small(Stats(R"({"numRecords":4})")), ElementsAre("stats.records"));
  EXPECT_THAT(Small(Stats(R"({"nullCount":{"name":0}})")), ElementsAre("stats.null-count"));
  EXPECT_THAT(Small(Stats(R"({"minValues":{"id":2}})")), ElementsAre("stats.bound"));
  EXPECT_THAT(Small(Stats(R"({"maxValues":{"id":2}})")), ElementsAre("stats.bound"));
  EXPECT_THAT(Small(Stats(R"({"maxValues":{"name":"y"}})")), ElementsAre("stats.bound"));
  EXPECT_THAT(Small(Stats(R"({"minValues":{"id":0}})")), ElementsAre("stats.tight"));
  EXPECT_THAT(Small(Stats(R"({"minValues":{"id":0},"tightBounds":false})")), IsEmpty());
  EXPECT_THAT(Small(Stats(R"({"maxValues":{"id":2},"tightBounds":false})")),
              ElementsAre("stats.bound"));
  EXPECT_THAT(Small(Stats(R"({"nullCount":{"name":2},"tightBounds":false})")), IsEmpty());
  EXPECT_THAT(Small(Stats(R"({"nullCount":{"name":3},"numRecords":3,"tightBounds":false})")),
              ElementsAre("stats.null-count"));
  EXPECT_THAT(Small(Stats(R"({"nullCount":{"name":0},"tightBounds":false})")),
              ElementsAre("stats.null-count"));
}

TEST(FileCheck, KnowsHowBoundsAreCut) {
  EXPECT_THAT(OneColumn(arrow::utf8(), "string", R"([["abcdef"]])", Bounds(R"("abc")", R"("abd")")),
              IsEmpty());
  EXPECT_THAT(OneColumn(arrow::utf8(), "string", R"([["abcdef"]])", Bounds(R"("abc")", R"("abc")")),
              ElementsAre("stats.bound"));
  EXPECT_THAT(OneColumn(arrow::utf8(), "string", R"([["abcdef"]])", Bounds(R"("ab")", R"("b")")),
              IsEmpty());
  EXPECT_THAT(
      OneColumn(arrow::utf8(), "string", R"([["abcdef"]])", Bounds(R"("aa")", R"("xyzxyz")")),
      ElementsAre("stats.tight"));
  const auto instant = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const std::string values = R"([["1970-01-01 00:00:00.001234"]])";
  const std::string cut = R"("1970-01-01T00:00:00.001Z")";
  EXPECT_THAT(OneColumn(instant, "timestamp", values, Bounds(cut, cut)), IsEmpty());
  EXPECT_THAT(
      OneColumn(instant, "timestamp", values,
                Bounds(R"("1970-01-01T01:00:00.001+01:00")", R"("1970-01-01T00:00:00.002Z")")),
      IsEmpty());
  EXPECT_THAT(OneColumn(instant, "timestamp", values, Bounds(cut, R"("1970-01-01T00:00:00.000Z")")),
              ElementsAre("stats.bound"));
  EXPECT_THAT(OneColumn(instant, "timestamp", values, Bounds(R"("1970-01-01 00:00:00.001")", cut)),
              ElementsAre("stats.json"));
}

TEST(FileCheck, KnowsDecimalsDaysAndNan) {
  EXPECT_THAT(
      OneColumn(arrow::decimal128(30, 1), "decimal(30,1)", R"([["12345678901234567890.1"]])",
                Bounds("12345678901234567890.1", "12345678901234567890.1")),
      IsEmpty());
  EXPECT_THAT(
      OneColumn(arrow::decimal128(30, 1), "decimal(30,1)", R"([["12345678901234567890.1"]])",
                Bounds("12345678901234567890.1", "12345678901234567890.0")),
      ElementsAre("stats.bound"));
  EXPECT_THAT(OneColumn(arrow::date32(), "date", "[[0], [59]]",
                        Bounds(R"("1970-01-01")", R"("1970-03-01")")),
              IsEmpty());
  EXPECT_THAT(OneColumn(arrow::float64(), "double", "[[1.5], [NaN]]", Bounds("1.5", "1.5")),
              ElementsAre("stats.nan"));
  EXPECT_THAT(OneColumn(arrow::float64(), "double", "[[1.5], [NaN]]", Bounds("1.5", R"("NaN")")),
              IsEmpty());
  EXPECT_THAT(OneColumn(arrow::float32(), "float", "[[1.1]]", Bounds("1.1", "1.100000023841858")),
              IsEmpty());
}

TEST(FileCheck, WantsColumnsOfTheSchemasTypes) {
  EXPECT_THAT(OneColumn(arrow::utf8(), "long", R"([["x"]])", ""), ElementsAre("file.type"));
  EXPECT_THAT(OneColumn(arrow::int64(), "integer", "[[1]]", ""), ElementsAre("file.type"));
  EXPECT_THAT(OneColumn(arrow::int16(), "long", "[[1]]", Bounds("1", "1")), IsEmpty());
  EXPECT_THAT(
      OneColumn(arrow::list(arrow::utf8()),
                R"({"type":"array","elementType":"long","containsNull":true})", "[[[]]]", ""),
      ElementsAre("file.type"));
  EXPECT_THAT(OneColumn(arrow::int64(), "long", "[[1], [null]]", "", false),
              ElementsAre("file.null"));
}

TEST(FileCheck, LooksIntoStructsAndAtListsAndMaps) {
  const auto place = arrow::struct_({arrow::field("lat", arrow::float64())});
  const std::string type = R"({"type":"struct","fields":[)" + Column("lat", "double") + "]}";
  const std::string rows = "[[[1.5]], [null], [[null]]]";
  EXPECT_THAT(OneColumn(place, type, rows,
                        R"({"nullCount":{"c":{"lat":2}},"minValues":{"c":{"lat":1.5}}})"),
              IsEmpty());
  EXPECT_THAT(OneColumn(place, type, rows, R"({"nullCount":{"c":{"lat":1}}})"),
              ElementsAre("stats.null-count"));
  EXPECT_THAT(OneColumn(place, type, rows, R"({"minValues":{"c":{"lat":1.75}}})"),
              ElementsAre("stats.bound"));
  const std::string list = R"({"type":"array","elementType":"long","containsNull":true})";
  const std::string lists = "[[[1, null]], [null]]";
  EXPECT_THAT(OneColumn(arrow::list(arrow::int64()), list, lists, R"({"nullCount":{"c":1}})"),
              IsEmpty());
  EXPECT_THAT(OneColumn(arrow::list(arrow::int64()), list, lists, R"({"nullCount":{"c":2}})"),
              ElementsAre("stats.null-count"));
  const std::string map =
      R"({"type":"map","keyType":"string","valueType":"long","valueContainsNull":true})";
  EXPECT_THAT(OneColumn(arrow::map(arrow::utf8(), arrow::int64()), map, R"([[[["a", 1]]], [null]])",
                        R"({"nullCount":{"c":1}})"),
              IsEmpty());
}

TEST(FileCheck, WantsAValueForEachPartitionColumn) {
  const auto broken = [](const std::string& type, const std::string& values) {
    TestTable table;
    const auto size =
        table.PutParquet("a.parquet", arrow::schema({arrow::field("id", arrow::int64())}), "[[1]]");
    table.Commit({Protocol(), Metadata(Column("id", "long") + "," + Column("p", type), R"("p")"),
                  AddLine("a.parquet", size, "\"partitionValues\":{" + values + "}")});
    return table.Rules();
  };
  EXPECT_THAT(broken("integer", R"("p":"12")"), IsEmpty());
  EXPECT_THAT(broken("integer", R"("p":null)"), IsEmpty());
  EXPECT_THAT(broken("integer", R"("p":"")"), IsEmpty());
  EXPECT_THAT(broken("date", R"("p":"2024-02-29")"), IsEmpty());
  EXPECT_THAT(broken("timestamp", R"("p":"2024-02-29 01:02:03.5")"), IsEmpty());
  EXPECT_THAT(broken("timestamp", R"("p":"2024-02-29T01:02:03.000500Z")"), IsEmpty());
  EXPECT_THAT(broken("decimal(5,2)", R"("p":"1.50")"), IsEmpty());
  EXPECT_THAT(broken("integer", ""), ElementsAre("partition.columns"));
  EXPECT_THAT(broken("integer", R"("p":"1","q":"2")"), ElementsAre("partition.columns"));
  EXPECT_THAT(broken("integer", R"("p":"x")"), ElementsAre("partition.value"));
  EXPECT_THAT(broken("byte", R"("p":"128")"), ElementsAre("partition.value"));
  EXPECT_THAT(broken("date", R"("p":"2023-02-29")"), ElementsAre("partition.value"));
  EXPECT_THAT(broken("boolean", R"("p":"1")"), ElementsAre("partition.value"));
  EXPECT_THAT(broken("decimal(5,2)", R"("p":"1234.5")"), ElementsAre("partition.value"));
}

TEST(FileCheck, ReadsEveryPage) {
  TestTable table;
  std::string rows = "[";
  for (int i = 0; i < 100; ++i) rows += (i ? "," : "") + std::string("[1, \"x\"]");
  const auto size = table.PutParquet("a.parquet", IdAndName(), rows + "]");
  std::string bytes = table.Read("a.parquet");
  for (std::size_t i = 4; i < 40; ++i) bytes[i] = '\xFF';
  table.Put("a.parquet", bytes);
  table.Commit({Protocol(), Metadata(), AddLine("a.parquet", size)});
  EXPECT_THAT(table.Rules(), ElementsAre("file.read"));
}

TEST(FileCheck, FindsMappedColumnsByPhysicalName) {
  const auto broken = [](const std::string& stats) {
    TestTable table;
    const auto size = table.PutParquet(
        "a.parquet", arrow::schema({arrow::field("col-1", arrow::int64())}), "[[1], [2]]");
    table.Commit(
        {Protocol(2, 5),
         Metadata(
             Column("id", "long", true,
                    R"("delta.columnMapping.id":1,"delta.columnMapping.physicalName":"col-1")"),
             "", R"("delta.columnMapping.mode":"name","delta.columnMapping.maxColumnId":"1")"),
         AddLine("a.parquet", size, Stats(stats))});
    return table.Rules();
  };
  EXPECT_THAT(broken(R"({"maxValues":{"col-1":2}})"), IsEmpty());
  EXPECT_THAT(broken(R"({"maxValues":{"col-1":1}})"), ElementsAre("stats.bound"));
}

}  // namespace
}  // namespace neuralake::verify
