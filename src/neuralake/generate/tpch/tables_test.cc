#include "neuralake/generate/tpch/tables.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <arrow/util/decimal.h>

#include "neuralake/generate/dataset_testing.h"

namespace neuralake::generate::tpch {
namespace {

std::shared_ptr<arrow::RecordBatch> Rows(const std::string& table, double scale = 0.001) {
  DatasetRequest request{.name = "tpch." + table};
  request.scale = scale;
  return AllRows(request);
}

std::int64_t Long(const arrow::RecordBatch& rows, const std::string& name, std::int64_t row) {
  return ColumnAs<arrow::Int64Array>(rows, name).Value(row);
}

std::int64_t Cents(const arrow::RecordBatch& rows, const std::string& name, std::int64_t row) {
  const auto& column = ColumnAs<arrow::Decimal128Array>(rows, name);
  return static_cast<std::int64_t>(arrow::Decimal128(column.GetValue(row)).low_bits());
}

TEST(Tpch, HasTheSizesOfItsScale) {
  const std::map<std::string, std::int64_t> sizes = {
      {"region", 5},     {"nation", 25},    {"supplier", 10}, {"part", 200},
      {"partsupp", 800}, {"customer", 150}, {"orders", 1'500}};
  for (const auto& [table, rows] : sizes) EXPECT_EQ(Rows(table)->num_rows(), rows) << table;
  EXPECT_NEAR(static_cast<double>(Rows("lineitem")->num_rows()), 6'000, 300);
}

TEST(Tpch, GivesEveryOrderItsLinesAndTheirSum) {
  const auto orders = Rows("orders");
  const auto lines = Rows("lineitem");
  std::map<std::int64_t, std::int64_t> sums;
  for (std::int64_t i = 0; i < lines->num_rows(); ++i) {
    const auto price = Cents(*lines, "l_extendedprice", i);
    const auto tax = Cents(*lines, "l_tax", i);
    const auto discount = Cents(*lines, "l_discount", i);
    sums[Long(*lines, "l_orderkey", i)] +=
        (price * (100 + tax) * (100 - discount) + 5'000) / 10'000;
  }
  ASSERT_EQ(static_cast<std::int64_t>(sums.size()), orders->num_rows());
  for (std::int64_t i = 0; i < orders->num_rows(); ++i) {
    EXPECT_EQ(Cents(*orders, "o_totalprice", i), sums[Long(*orders, "o_orderkey", i)]);
  }
}

TEST(Tpch, RefersOnlyToRowsThatThereAre) {
  std::set<std::pair<std::int64_t, std::int64_t>> sold;
  const auto offers = Rows("partsupp");
  for (std::int64_t i = 0; i < offers->num_rows(); ++i) {
    sold.emplace(Long(*offers, "ps_partkey", i), Long(*offers, "ps_suppkey", i));
    EXPECT_LE(Long(*offers, "ps_partkey", i), 200);
    EXPECT_LE(Long(*offers, "ps_suppkey", i), 10);
  }
  EXPECT_EQ(sold.size(), 800U) << "a supplier sells a part once";
  const auto lines = Rows("lineitem");
  for (std::int64_t i = 0; i < lines->num_rows(); ++i) {
    EXPECT_TRUE(sold.contains({Long(*lines, "l_partkey", i), Long(*lines, "l_suppkey", i)}));
  }
  const auto orders = Rows("orders");
  for (std::int64_t i = 0; i < orders->num_rows(); ++i) {
    const auto customer = Long(*orders, "o_custkey", i);
    EXPECT_GE(customer, 1);
    EXPECT_LE(customer, 150);
    EXPECT_NE(customer % 3, 0) << "every third customer has never ordered";
  }
}

TEST(Tpch, ShipsAfterTheOrderAndReceivesAfterShipping) {
  const auto lines = Rows("lineitem");
  const auto& shipped = ColumnAs<arrow::Date32Array>(*lines, "l_shipdate");
  const auto& received = ColumnAs<arrow::Date32Array>(*lines, "l_receiptdate");
  for (std::int64_t i = 0; i < lines->num_rows(); ++i) {
    EXPECT_LT(shipped.Value(i), received.Value(i));
    EXPECT_GE(shipped.Value(i), 8'036);
  }
}

TEST(Tpch, KeepsItsSuppliersApartAtAnyScale) {
  for (const double scale : {0.0001, 0.0007, 0.009, 0.02}) {
    const auto offers = Rows("partsupp", scale);
    std::set<std::pair<std::int64_t, std::int64_t>> sold;
    for (std::int64_t i = 0; i < offers->num_rows(); ++i) {
      sold.emplace(Long(*offers, "ps_partkey", i), Long(*offers, "ps_suppkey", i));
    }
    EXPECT_EQ(static_cast<std::int64_t>(sold.size()), offers->num_rows()) << scale;
  }
}

}  // namespace
}  // namespace neuralake::generate::tpch
