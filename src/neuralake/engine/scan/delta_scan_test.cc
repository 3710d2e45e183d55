#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/engine_testing.h"

namespace neuralake::engine {
namespace {

using columnar::ColumnOf;
using testing::ElementsAre;

/// Rows `from`..`to` with `id`, and a payload that tells its row.
TestTable::Columns Rows(std::int64_t from, std::int64_t to) {
  arrow::Int64Builder ids;
  arrow::StringBuilder texts;
  for (std::int64_t id = from; id < to; ++id) {
    EXPECT_TRUE(ids.Append(id).ok());
    EXPECT_TRUE(texts.Append("row " + std::to_string(id)).ok());
  }
  return {{"id", *ids.Finish()}, {"text", *texts.Finish()}};
}

constexpr const char* kWide = "id long, text string";

/// `files` files of `rows` ascending rows each.
void Fill(const TestTable& table, std::int64_t files, std::int64_t rows) {
  for (std::int64_t file = 0; file < files; ++file) {
    table.Append(Rows(file * rows, (file + 1) * rows));
  }
}

TEST(DeltaScan, ATopOfManyFilesFetchesTheRowsItChose) {
  const TestTable table(kWide);
  Fill(table, 40, 3'000);
  TestEngine engine({{"t", &table}});
  const auto rows = engine.Ask("SELECT * FROM lake.t ORDER BY id DESC LIMIT 50");
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  ASSERT_EQ(rows->size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto id = std::to_string(119'999 - i);
    EXPECT_EQ((*rows)[i], id + " row " + id);
  }
  // The same behind a filter that takes files away first.
  EXPECT_THAT(*engine.Ask("SELECT * FROM lake.t WHERE id < 70000 ORDER BY id DESC LIMIT 2"),
              ElementsAre("69999 row 69999", "69998 row 69998"));
}

TEST(DeltaScan, AFilesNumberIsThatOfTheSnapshotHoweverManyArePruned) {
  const TestTable table(kWide);
  Fill(table, 10, 100);
  TestEngine engine({{"t", &table}});
  const auto all = engine.Ask("SELECT id, file_index, file_row_number FROM lake.t ORDER BY id");
  ASSERT_TRUE(all.has_value()) << all.error().message;
  for (const std::int64_t id : {0, 155, 999}) {
    EXPECT_EQ(engine.One("SELECT id, file_index, file_row_number FROM lake.t WHERE id = " +
                         std::to_string(id)),
              (*all)[static_cast<std::size_t>(id)]);
  }
}

TEST(DeltaScan, APointOpensOneFile) {
  const TestTable table(kWide);
  Fill(table, 10, 100);
  TestEngine engine({{"t", &table}});
  EXPECT_EQ(engine.FilesRead("SELECT text FROM lake.t WHERE id = 555"), 1U);
  EXPECT_EQ(engine.FilesRead("SELECT text FROM lake.t WHERE id IN (5, 15, 955)"), 2U);
  EXPECT_EQ(engine.FilesRead("SELECT text FROM lake.t WHERE id < 0"), 0U);
}

TEST(DeltaScan, AJoinLeavesOutFilesThatCannotMatch) {
  const TestTable large(kWide);
  Fill(large, 20, 200);
  const TestTable small("key long", {.location = "memory://test/small"});
  small.Append({{"key", ColumnOf(arrow::int64(), "[1001, 1003, 1005]")}});
  TestEngine engine({{"large", &large}, {"small", &small}});
  const std::string sql = "SELECT text FROM lake.large JOIN lake.small ON id = key ORDER BY id";
  EXPECT_THAT(*engine.Ask(sql), ElementsAre("row 1001", "row 1003", "row 1005"));
  EXPECT_LE(engine.FilesRead(sql), 3U) << "one of each table, and late rows";
}

TEST(DeltaScan, ATopLeavesOutFilesThatCannotHoldIt) {
  const TestTable table(kWide);
  Fill(table, 60, 500);
  TestEngine engine({{"t", &table}});
  EXPECT_LT(engine.FilesRead("SELECT id FROM lake.t ORDER BY id LIMIT 5"), 30U);
}

TEST(DeltaScan, ANanIsFoundThoughNoBoundTellsOfIt) {
  const TestTable table("x double");
  const double nan = std::nan("");
  arrow::DoubleBuilder builder;
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(builder.Append(i == 7 ? nan : i).ok());
  table.Append({{"x", *builder.Finish()}}, {.row_group_rows = 2'048});
  table.Append({{"x", ColumnOf(arrow::float64(), "[1.5, 2.5]")}});
  TestEngine engine({{"t", &table}});
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE x > 100000"), "1");
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE isnan(x)"), "1");
  EXPECT_EQ(engine.One("SELECT max(x) FROM lake.t"), "nan");
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE x < 100000"), "5001");
}

TEST(DeltaScan, EveryFilterIsAppliedWhetherItIsPushedOrNot) {
  const TestTable table(kWide);
  Fill(table, 4, 100);
  TestEngine engine({{"t", &table}});
  const auto count = [&](const std::string& condition) {
    return engine.One("SELECT count(*) FROM lake.t WHERE " + condition);
  };
  EXPECT_EQ(count("id % 2 = 1 AND id < 10"), "5");
  EXPECT_EQ(count("id < 10 OR id > 395"), "14");
  EXPECT_EQ(count("text LIKE 'row 1_'"), "10");
  EXPECT_EQ(count("text LIKE 'row 39%'"), "11");
  EXPECT_EQ(count("starts_with(text, 'row 20') AND length(text) = 7"), "10");
  EXPECT_EQ(count("id = 1.5"), "0");
  EXPECT_EQ(count("id > 1.5 AND id < 2.5"), "1");
  EXPECT_EQ(count("NOT (id BETWEEN 5 AND 394)"), "10");
  EXPECT_EQ(count("id IN (1, 101, 1000) AND text <> 'row 1'"), "1");
  EXPECT_EQ(count("file_row_number = 3"), "4");
}

TEST(DeltaScan, AColumnThatAFileLacksIsNull) {
  const TestTable table("id long, note string");
  table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                {"note", ColumnOf(arrow::utf8(), R"(["a", null])")}});
  delta::Metadata old = table.Latest()->metadata();
  old.schema = columnar::ParseDdl("id long").value();
  table.Commit({table.Write({{"id", ColumnOf(arrow::int64(), "[3, 4, 5]")}}, old)[0]});
  TestEngine engine({{"t", &table}});
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE note IS NULL"), "4");
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE note = 'a'"), "1");
  EXPECT_EQ(engine.One("SELECT count(note), max(note) FROM lake.t"), "1 a");
  EXPECT_EQ(engine.One("SELECT note FROM lake.t WHERE id = 4"), "null");
}

TEST(DeltaScan, AFilterOnAWidenedColumnMeansTheWideType) {
  const TestTable table("id long, price double");
  delta::Metadata old = table.Latest()->metadata();
  old.schema = columnar::ParseDdl("id int, price float").value();
  table.Commit({table.Write({{"id", ColumnOf(arrow::int32(), "[1, 2, null]")},
                             {"price", ColumnOf(arrow::float32(), "[0.1, 1.5, null]")}},
                            old)[0]});
  TestEngine engine({{"t", &table}});
  const auto count = [&](const std::string& condition) {
    return engine.One("SELECT count(*) FROM lake.t WHERE " + condition);
  };
  EXPECT_EQ(count("id = 3000000000"), "0");
  EXPECT_EQ(count("id < 3000000000"), "2");
  EXPECT_EQ(count("id > 1.5"), "1");
  EXPECT_EQ(count("price = 1.5"), "1");
  EXPECT_EQ(count("price = 0.1"), "0") << "0.1 as a float is another number";
  EXPECT_EQ(count("id IS NULL AND price IS NULL"), "1");
}

TEST(DeltaScan, ACountFromTheLogIsThatOfLiveRows) {
  const TestTable table("id long", {.properties = {{"delta.enableDeletionVectors", "true"}}});
  table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2, 3]")}});
  table.Append({{"id", ColumnOf(arrow::int64(), "[4, 5]")}});
  TestEngine engine({{"t", &table}});
  EXPECT_EQ(engine.FilesRead("SELECT count(*) FROM lake.t"), 0U);
  const auto first = table.Latest()->files().num_records(0) == 3 ? 0U : 1U;
  table.DeleteRows(first, {0, 2});
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t"), "3");
  EXPECT_EQ(engine.One("SELECT min(id), max(id) FROM lake.t"), "2 5");
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE id > 0"), "3");
}

TEST(DeltaScan, ACountThatTheLogDoesNotTellIsRead) {
  const TestTable table("id long");
  auto add =
      table.Write({{"id", ColumnOf(arrow::int64(), "[1, 2, 3]")}}, table.Latest()->metadata())[0];
  add.stats.clear();
  table.Commit({add});
  TestEngine engine({{"t", &table}});
  EXPECT_EQ(engine.One("SELECT count(*), min(id), max(id) FROM lake.t"), "3 1 3");
}

TEST(DeltaScan, PartitionValuesFilterWithoutOpeningFiles) {
  const TestTable table("id long, day date", {.partitions = {"day"}});
  for (const auto* day : {"[0]", "[1]", "[null]"}) {
    table.Append(
        {{"id", ColumnOf(arrow::int64(), "[1]")}, {"day", ColumnOf(arrow::date32(), day)}});
  }
  TestEngine engine({{"t", &table}});
  EXPECT_EQ(engine.FilesRead("SELECT id FROM lake.t WHERE day = DATE '1970-01-02'"), 1U);
  EXPECT_EQ(engine.One("SELECT count(*) FROM lake.t WHERE day IS NULL"), "1");
  EXPECT_EQ(engine.One("SELECT min(day), max(day), count(day) FROM lake.t"),
            "1970-01-01 1970-01-02 2");
}

TEST(DeltaScan, WhatAFilterSaysOfItsArgumentsIsNotOfTheFile) {
  const TestTable table("id long, text string");
  table.Append({{"id", ColumnOf(arrow::int64(), "[1, 2]")},
                {"text", ColumnOf(arrow::utf8(), R"(["no json", "[a"])")}});
  TestEngine engine({{"t", &table}});
  for (const char* filter :
       {"text->>'$.a' = '1'", "chr(id::INT * -5) = 'a'", "regexp_matches(text, text || '(')",
        "json_extract(text, '$.a') IS NOT NULL", "error('failed to read file ' || text) IS NULL",
        "decode(('\\xFF' || id)::BLOB) = 'a'", "list_aggregate([id], 'nope') = 1"}) {
    const auto rows = engine.Ask(std::string("SELECT id FROM lake.t WHERE ") + filter);
    ASSERT_FALSE(rows.has_value()) << filter;
    EXPECT_EQ(rows.error().kind, ErrorKind::kInvalid) << filter << ": " << rows.error().message;
    EXPECT_THAT(rows.error().message, testing::Not(testing::HasSubstr("lake.t"))) << filter;
  }
}

/// What reading column `id` of a table says whose one file of 2 rows became one of `columns`; the
/// log's count is `logged`.
std::string Swapped(const char* ddl, const TestTable::Columns& columns, std::int64_t logged) {
  const TestTable table(ddl);
  auto add =
      table.Write({{"id", ColumnOf(arrow::int64(), "[1, 2]")}}, table.Latest()->metadata())[0];
  const TestTable other("other long", {.location = "memory://test/other"});
  delta::Metadata metadata;
  for (const auto& column : columns) {
    metadata.schema.fields.push_back(
        {.name = column.name, .type = {.id = columnar::TypeId::kLong}});
  }
  const auto written = other.Write(columns, metadata)[0];
  const auto bytes = *other.store()->Read(written.path, {});
  EXPECT_TRUE(table.store()->Put(add.path, bytes, storage::PutMode::kOverwrite, {}).has_value());
  add.size = written.size;
  add.stats = R"({"numRecords": )" + std::to_string(logged) + "}";
  table.Commit({add});
  TestEngine engine({{"t", &table}});
  const auto rows = engine.Ask("SELECT id FROM lake.t");
  if (rows.has_value()) return "read";
  EXPECT_EQ(rows.error().kind, ErrorKind::kCorruption) << rows.error().message;
  EXPECT_THAT(rows.error().message,
              testing::HasSubstr("file " + add.path + " of lake.t at version 1: "));
  return rows.error().message.substr(rows.error().message.find("version 1: ") + 11);
}

TEST(DeltaScan, AnotherFileInTheNameOfOneIsAnError) {
  const auto longs = [](const char* json) { return ColumnOf(arrow::int64(), json); };
  EXPECT_EQ(Swapped("id long", {{"id", longs("[1, null]")}}, 2), "read");
  EXPECT_EQ(Swapped("id long", {{"x", longs("[1, 2]")}}, 2), "read") << "a column may be younger";
  EXPECT_EQ(Swapped("id long", {{"id", longs("[1]")}}, 2),
            "1 rows are in it, where the log says 2");
  EXPECT_EQ(Swapped("id long not null", {{"id", longs("[1, null]")}}, 2),
            "column id must not be null, and is");
  EXPECT_EQ(Swapped("id long not null", {{"x", longs("[1, 2]")}}, 2),
            "column id must not be null, and is");
}

TEST(DeltaScan, BytesThatMakeNoSenseAreToldWithTheirFileTableAndVersion) {
  const TestTable table(kWide);
  Fill(table, 1, 5'000);
  const std::string key(table.Latest()->files().path(0));
  const std::string sound = *table.store()->Read(key, {});
  std::size_t told = 0;
  for (std::size_t at = 100; at + 500 < sound.size(); at += sound.size() / 16) {
    std::string broken = sound;
    std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(at), 16, '\xff');
    ASSERT_TRUE(table.store()->Put(key, broken, storage::PutMode::kOverwrite, {}).has_value());
    TestEngine engine({{"t", &table}});
    const auto rows = engine.Ask("SELECT max(id), max(text) FROM lake.t WHERE upper(text) <> 'A'");
    if (rows.has_value()) continue;  // The codec has no checksum.
    ++told;
    EXPECT_EQ(rows.error().kind, ErrorKind::kCorruption) << rows.error().message;
    EXPECT_THAT(rows.error().message,
                testing::AllOf(testing::StartsWith("reading lake.t at version 1: "),
                               testing::HasSubstr("failed to read file \"" + key)));
  }
  EXPECT_GT(told, 0U);
}

}  // namespace
}  // namespace neuralake::engine
