#include "neuralake/base/error.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

Result<int> Half(int n) {
  if (n % 2 != 0) return Fail(ErrorKind::kInvalid, "odd number " + std::to_string(n));
  return n / 2;
}

Result<int> Quarter(int n) { return TRY(Half(TRY(Half(n)))); }

Status OnlyEven(int n) {
  TRY(Half(n));
  return {};
}

Result<std::unique_ptr<int>> Boxed(int n) {
  auto box = TRY(Result<std::unique_ptr<int>>(std::make_unique<int>(n)));
  return box;
}

TEST(Error, TryUnwrapsOrReturnsTheError) {
  EXPECT_EQ(*Quarter(12), 3);
  const auto failed = Quarter(6);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(failed.error().message, "odd number 3");
}

TEST(Error, TryWorksForStatusAndMoveOnlyValues) {
  EXPECT_TRUE(OnlyEven(2).has_value());
  EXPECT_FALSE(OnlyEven(3).has_value());
  EXPECT_EQ(**Boxed(7), 7);
}

TEST(Error, EveryKindHasItsOwnRowInOrder) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorKind::kInternal); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    EXPECT_EQ(Row(kind).kind, kind);
    EXPECT_EQ(Row(kind).sqlstate.size(), 5U);
    names.insert(Row(kind).name);
  }
  EXPECT_EQ(names.size(), 14U);
}

TEST(Error, ItsOwnSqlStateGoesBeforeThatOfAPlaceAndOfItsKind) {
  EXPECT_EQ(SqlState(Half(3).error()), "22023");
  EXPECT_EQ(SqlState({.kind = ErrorKind::kInvalid, .message = "odd", .position = 7}), "42601");
  EXPECT_EQ(SqlState({.kind = ErrorKind::kNotFound, .message = "odd", .position = 7}), "42P01");
  const std::unexpected<Error> coded =
      Annotate(Coded(Fail(ErrorKind::kInvalid, "odd"), "22P02").error(), "n");
  EXPECT_EQ(SqlState(coded.error()), "22P02");
}

TEST(Error, AnnotateKeepsKindAndPutsContextFirst) {
  const Status status = Annotate(Half(3).error(), "table t");
  EXPECT_EQ(Describe(status.error()), "invalid: table t: odd number 3");
}

}  // namespace
}  // namespace neuralake
