#include "neuralake/generate/declared.h"

#include <map>
#include <set>

#include <gmock/gmock.h>

#include "neuralake/generate/dataset_testing.h"

namespace neuralake::generate {
namespace {

using testing::HasSubstr;

DatasetRequest RequestOf(std::string_view ddl, std::int64_t rows) {
  DatasetRequest request{.name = "schema", .rows = rows};
  request.declared.schema = columnar::ParseDdl(ddl).value();
  return request;
}

constexpr std::string_view kEveryType =
    "a boolean, b byte, c short, d int, e long, f float, g double, h decimal(38, 6), i string, "
    "j binary, k date, l timestamp, m timestamp_ntz, n struct<x: int32, y: array<string>>, "
    "o array<struct<z: decimal(4, 1)>>, p map<string, double>, q map<date, int32>";

TEST(Declared, MakesValidValuesOfEveryType) {
  const auto rows = AllRows(RequestOf(kEveryType, 2'000));
  EXPECT_TRUE(rows->ValidateFull().ok()) << rows->ValidateFull();
  for (int i = 0; i < rows->num_columns(); ++i) {
    const auto nulls = rows->column(i)->null_count();
    EXPECT_NEAR(static_cast<double>(nulls), 100, 60) << rows->column_name(i);
  }
}

TEST(Declared, HasNoNullWhereNoneMayBe) {
  const auto rows = AllRows(RequestOf("a int NOT NULL, b string NOT NULL", 1'000));
  EXPECT_EQ(rows->column(0)->null_count() + rows->column(1)->null_count(), 0);
}

TEST(Declared, NumbersTheRowsOfAKey) {
  auto request = RequestOf("day date, id string", 5'000);
  request.declared.key = {"day", "ID"};
  const auto rows = AllRows(request);
  const auto& ids = ColumnAs<arrow::StringArray>(*rows, "id");
  std::set<std::string_view> seen;
  for (std::int64_t i = 0; i < ids.length(); ++i) seen.insert(ids.GetView(i));
  EXPECT_EQ(seen.size(), 5'000U);
  EXPECT_EQ(rows->column(0)->null_count(), 0);
}

TEST(Declared, HasFewValuesToPartitionBy) {
  auto request = RequestOf("month int NOT NULL, at timestamp NOT NULL", 3'000);
  request.declared.partition_by = {"month", "at"};
  const auto rows = AllRows(request);
  std::set<std::int64_t> months;
  std::set<std::int64_t> instants;
  for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
    months.insert(ColumnAs<arrow::Int32Array>(*rows, "month").Value(i));
    instants.insert(ColumnAs<arrow::TimestampArray>(*rows, "at").Value(i));
  }
  EXPECT_EQ(months.size(), 12U);
  EXPECT_EQ(instants.size(), 12U);
}

TEST(Declared, FavoursSomeValuesByItsSkew) {
  auto request = RequestOf("word string NOT NULL", 10'000);
  const auto most = [&](double skew) {
    request.skew = skew;
    const auto rows = AllRows(request);
    std::map<std::string, int> counts;
    int best = 0;
    for (std::int64_t i = 0; i < rows->num_rows(); ++i) {
      best = std::max(best, ++counts[ColumnAs<arrow::StringArray>(*rows, "word").GetString(i)]);
    }
    return best;
  };
  EXPECT_LT(most(0), 40);
  EXPECT_GT(most(1.2), 1'000);
}

TEST(Declared, RefusesWhatItCannotMake) {
  EXPECT_THAT(OpenDataset(DatasetRequest{.name = "schema"}).error().message,
              HasSubstr("--schema or --table"));
  auto variant = RequestOf("a int, v array<variant>", 1);
  EXPECT_EQ(OpenDataset(variant).error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(OpenDataset(variant).error().message, HasSubstr("column v"));
  auto narrow = RequestOf("id byte", 200);
  narrow.declared.key = {"id"};
  EXPECT_THAT(OpenDataset(narrow).error().message, HasSubstr("cannot tell 200 rows apart"));
  auto vague = RequestOf("flag boolean", 2);
  vague.declared.key = {"flag"};
  EXPECT_THAT(OpenDataset(vague).error().message, HasSubstr("the key has no column"));
  auto absent = RequestOf("a int", 2);
  absent.declared.partition_by = {"b"};
  EXPECT_THAT(OpenDataset(absent).error().message, HasSubstr("partition column b"));
}

}  // namespace
}  // namespace neuralake::generate
