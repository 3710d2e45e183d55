#include "neuralake/columnar/parquet/parquet_writer.h"

#include <cmath>
#include <limits>

#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include "neuralake/columnar/batch_testing.h"
#include "neuralake/columnar/conform.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::columnar {
namespace {

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

class ParquetWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = *storage::MemoryStore::Open(*Uri::Parse("memory://test/t"), registry_);
  }

  ParquetFile WriteAll(const Schema& schema, const std::vector<NamedColumn>& columns,
                       ParquetOptions options = {}) {
    auto writer = ParquetWriter::Open(store_, "f.parquet", schema, options).value();
    EXPECT_TRUE(writer->Write(**Conform(*BatchOf(columns), schema), kSoon).has_value());
    return writer->Finish(kSoon).value();
  }

  std::unique_ptr<parquet::arrow::FileReader> OpenWritten() {
    const auto bytes = store_->Read("f.parquet", kSoon).value();
    auto file = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
    return parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
};

Schema Columns(const std::string& ddl) { return ParseDdl(ddl).value(); }

std::int64_t Integer(const std::optional<Value>& value) {
  return std::get<std::int64_t>(value.value().data);
}

TEST_F(ParquetWriterTest, RowsComeBackAndTheSizeIsTrue) {
  const Schema schema = Columns("id long, name string");
  const ParquetFile file =
      WriteAll(schema, {{"id", ColumnOf(arrow::int64(), "[3, 1, 2]")},
                        {"name", ColumnOf(arrow::utf8(), R"(["c", null, "b"])")}});
  EXPECT_EQ(file.size, static_cast<std::int64_t>(store_->Head("f.parquet", kSoon)->size));
  EXPECT_EQ(file.statistics.num_records, 3);
  const auto table = OpenWritten()->ReadTable().ValueOrDie();
  EXPECT_EQ(table->column(0)->chunk(0)->ToString(),
            ColumnOf(arrow::int64(), "[3, 1, 2]")->ToString());
  EXPECT_EQ(table->column(1)->null_count(), 1);
}

TEST_F(ParquetWriterTest, StatisticsCoverEveryRowGroup) {
  const ParquetFile file = WriteAll(
      Columns("id long, d date, m decimal(30,2)"),
      {{"id", ColumnOf(arrow::int64(), "[5, null, -7, 9, 2]")},
       {"d", ColumnOf(arrow::date32(), "[10, 11, null, null, 9]")},
       {"m", ColumnOf(arrow::decimal128(30, 2), R"(["-1.50", null, "2.25", null, "0.00"])")}},
      {.row_group_rows = 2});
  const auto& columns = file.statistics.columns;
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_EQ(Integer(columns[0].min), -7);
  EXPECT_EQ(Integer(columns[0].max), 9);
  EXPECT_EQ(columns[0].null_count, 1);
  EXPECT_EQ(Integer(columns[1].min), 9);
  EXPECT_EQ(columns[1].null_count, 2);
  EXPECT_EQ(std::get<Decimal>(columns[2].min->data), Decimal{-150});
  EXPECT_EQ(std::get<Decimal>(columns[2].max->data), Decimal{225});
  EXPECT_EQ(OpenWritten()->num_row_groups(), 3);
}

TEST_F(ParquetWriterTest, ANanLeavesNoMaximumEvenInAnEarlierRowGroup) {
  arrow::DoubleBuilder builder;
  for (const double value : {1.0, std::nan(""), 3.0, 4.0}) ASSERT_TRUE(builder.Append(value).ok());
  const ParquetFile file =
      WriteAll(Columns("x double"), {{"x", *builder.Finish()}}, {.row_group_rows = 2});
  const auto& column = file.statistics.columns[0];
  EXPECT_EQ(std::get<double>(column.min->data), 1.0);
  EXPECT_FALSE(column.max.has_value());
  EXPECT_EQ(column.null_count, 0);
}

TEST_F(ParquetWriterTest, AColumnOfNansHasNoBounds) {
  arrow::FloatBuilder builder;
  ASSERT_TRUE(builder.Append(std::numeric_limits<float>::quiet_NaN()).ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  const auto file = WriteAll(Columns("x float"), {{"x", *builder.Finish()}});
  EXPECT_FALSE(file.statistics.columns[0].min.has_value());
  EXPECT_FALSE(file.statistics.columns[0].max.has_value());
  EXPECT_EQ(file.statistics.columns[0].null_count, 1);
}

TEST_F(ParquetWriterTest, ZerosOfBothSignsAreInsideTheBounds) {
  arrow::DoubleBuilder builder;
  ASSERT_TRUE(builder.Append(0.0).ok());
  const auto file = WriteAll(Columns("x double"), {{"x", *builder.Finish()}});
  EXPECT_TRUE(std::signbit(std::get<double>(file.statistics.columns[0].min->data)));
  EXPECT_FALSE(std::signbit(std::get<double>(file.statistics.columns[0].max->data)));
}

TEST_F(ParquetWriterTest, NestedColumnsCountTheirOwnNulls) {
  const auto struct_type = arrow::struct_(
      {arrow::field("x", arrow::int32()), arrow::field("l", arrow::list(arrow::int32()))});
  const ParquetFile file = WriteAll(
      Columns("s struct<x: int, l: array<int>>, tags map<string, string>, n int"),
      {{"s",
        ColumnOf(struct_type,
                 R"([{"x": 1, "l": []}, null, {"x": null, "l": null}, {"x": 4, "l": [null]}])")},
       {"n", ColumnOf(arrow::int32(), "[1, 2, 3, 4]")}});
  const auto& columns = file.statistics.columns;
  ASSERT_EQ(columns.size(), 4U);
  EXPECT_EQ(columns[0].path, (std::vector<std::string>{"s", "x"}));
  EXPECT_EQ(columns[0].null_count, 2);
  EXPECT_EQ(Integer(columns[0].max), 4);
  EXPECT_EQ(columns[1].path, (std::vector<std::string>{"s", "l"}));
  EXPECT_EQ(columns[1].null_count, 2);
  EXPECT_FALSE(columns[1].min.has_value());
  EXPECT_EQ(columns[2].null_count, 4);
  EXPECT_EQ(Integer(columns[3].min), 1);
}

TEST_F(ParquetWriterTest, StoresTheTypesThatReadersOfTablesExpect) {
  const auto micros = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  WriteAll(Columns("t timestamp, w timestamp_ntz, a decimal(9,2), b decimal(18,2), "
                   "c decimal(38,2), v void, y byte"),
           {{"t", ColumnOf(micros, "[1]")}});
  const auto reader = OpenWritten();
  const auto* schema = reader->parquet_reader()->metadata()->schema();
  ASSERT_EQ(schema->num_columns(), 6);
  EXPECT_EQ(schema->Column(0)->physical_type(), parquet::Type::INT64);
  EXPECT_NE(schema->Column(0)->logical_type()->ToString().find(
                "isAdjustedToUTC=true, timeUnit=microseconds"),
            std::string::npos);
  EXPECT_NE(schema->Column(1)->logical_type()->ToString().find("isAdjustedToUTC=false"),
            std::string::npos);
  EXPECT_EQ(schema->Column(2)->physical_type(), parquet::Type::INT32);
  EXPECT_EQ(schema->Column(3)->physical_type(), parquet::Type::INT64);
  EXPECT_EQ(schema->Column(4)->physical_type(), parquet::Type::FIXED_LEN_BYTE_ARRAY);
  EXPECT_EQ(schema->Column(5)->name(), "y");
}

TEST_F(ParquetWriterTest, PhysicalNamesAndFieldIdsAreStored) {
  Schema schema = Columns("a int, s struct<b: int>");
  int id = 0;
  for (Field* field : {&schema.fields[0], &schema.fields[1], &schema.fields[1].type.children[0]}) {
    field->metadata["delta.columnMapping.id"] = std::to_string(++id);
    field->metadata["delta.columnMapping.physicalName"] = "\"p" + std::to_string(id) + "\"";
  }
  const auto file = WriteAll(schema, {{"a", ColumnOf(arrow::int32(), "[1]")}},
                             {.naming = {.physical_names = true, .field_ids = true}});
  EXPECT_EQ(file.statistics.columns[1].path, (std::vector<std::string>{"p2", "p3"}));
  const auto reader = OpenWritten();
  const auto* root = reader->parquet_reader()->metadata()->schema()->group_node();
  EXPECT_EQ(root->field(0)->name(), "p1");
  EXPECT_EQ(root->field(0)->field_id(), 1);
  EXPECT_EQ(static_cast<const parquet::schema::GroupNode&>(*root->field(1)).field(0)->field_id(),
            3);
}

TEST_F(ParquetWriterTest, ALargeFileIsUploadedInParts) {
  arrow::StringBuilder builder;
  std::uint64_t state = 1;
  for (int row = 0; row < 3000; ++row) {
    std::string noise(8192, ' ');
    for (char& byte : noise) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      byte = static_cast<char>(' ' + (state >> 33) % 90);
    }
    ASSERT_TRUE(builder.Append(noise).ok());
  }
  const auto file =
      WriteAll(Columns("noise string"), {{"noise", *builder.Finish()}}, {.row_group_rows = 1000});
  EXPECT_GT(file.size, 16 << 20);
  EXPECT_EQ(OpenWritten()->ReadTable().ValueOrDie()->num_rows(), 3000);
}

TEST_F(ParquetWriterTest, NothingIsInTheStoreWithoutFinish) {
  auto writer = ParquetWriter::Open(store_, "f.parquet", Columns("a int"), {}).value();
  ASSERT_TRUE(writer->Write(*BatchOf({{"a", ColumnOf(arrow::int32(), "[1]")}}), kSoon).has_value());
  writer.reset();
  EXPECT_EQ(store_->Head("f.parquet", kSoon).error().kind, ErrorKind::kNotFound);
}

TEST_F(ParquetWriterTest, WhatCannotBeStoredIsRefusedByColumn) {
  const auto refused = ParquetWriter::Open(store_, "f", Columns("a int, e struct<x: void>"), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(refused.error().message, "column e: a struct without fields cannot be stored");
}

}  // namespace
}  // namespace neuralake::columnar
