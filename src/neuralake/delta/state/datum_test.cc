#include "neuralake/delta/state/datum.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace neuralake::delta {
namespace {

using columnar::TypeId;
using columnar::Value;

const auto kLess = std::weak_ordering::less;
const auto kSame = std::weak_ordering::equivalent;
const auto kMore = std::weak_ordering::greater;

Value Long(std::int64_t value) { return {{.id = TypeId::kLong}, value}; }
Value Real(double value) { return {{.id = TypeId::kDouble}, value}; }
Value Text(const char* text) { return {{.id = TypeId::kString}, std::string(text)}; }
Value Decimal(std::int64_t unscaled, std::uint8_t scale) {
  return {{.id = TypeId::kDecimal, .precision = 38, .scale = scale}, columnar::Decimal{unscaled}};
}

std::optional<std::weak_ordering> Order(const Value& left, const Value& right) {
  const auto order = Compare(Datum::Of(left), Datum::Of(right));
  // Whatever the order, the other way around it is the reverse.
  const auto back = Compare(Datum::Of(right), Datum::Of(left));
  EXPECT_EQ(order.has_value(), back.has_value());
  if (order && back) {
    EXPECT_TRUE((0 <=> *order) == *back);
  }
  return order;
}

TEST(Datum, RealsPutNanLastAndZerosTogether) {
  const double nan = std::nan("");
  EXPECT_EQ(Order(Real(nan), Real(nan)), kSame);
  EXPECT_EQ(Order(Real(std::numeric_limits<double>::infinity()), Real(nan)), kLess);
  EXPECT_EQ(Order(Real(-0.0), Real(0.0)), kSame);
}

TEST(Datum, IntegersAndRealsCompareExactly) {
  constexpr std::int64_t kBig = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(Order(Long(kBig), Real(9007199254740992.0)), kMore);
  EXPECT_EQ(Order(Long(std::numeric_limits<std::int64_t>::max()), Real(0x1p63)), kLess);
  EXPECT_EQ(Order(Long(std::numeric_limits<std::int64_t>::min()), Real(-0x1p63)), kSame);
  EXPECT_EQ(Order(Long(5), Real(5.5)), kLess);
  EXPECT_EQ(Order(Long(-5), Real(-5.5)), kMore);
  EXPECT_EQ(Order(Long(5), Real(std::nan(""))), kLess);
}

TEST(Datum, DecimalsCompareAcrossScales) {
  EXPECT_EQ(Order(Decimal(125, 2), Decimal(1250, 3)), kSame);
  EXPECT_EQ(Order(Decimal(125, 2), Long(1)), kMore);
  EXPECT_EQ(Order(Decimal(INT64_MAX, 0), Decimal(1, 38)), std::nullopt);
}

TEST(Datum, OtherFamiliesDoNotCompare) {
  EXPECT_EQ(Order(Text("1"), Long(1)), std::nullopt);
  EXPECT_EQ(Order(Text("a"), Text("\xc3\xa9")), kLess);
  const Value day{{.id = TypeId::kDate}, std::int64_t{1}};
  EXPECT_EQ(Order(day, Long(1)), std::nullopt);
  EXPECT_EQ(Order(Value{{.id = TypeId::kLong}, std::monostate{}}, Long(1)), std::nullopt);
}

}  // namespace
}  // namespace neuralake::delta
