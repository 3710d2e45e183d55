#include "neuralake/generate/draw.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace neuralake::generate {
namespace {

constexpr std::int64_t kMany = 100'000;

TEST(Draw, GivesTheSameNumbersForTheSameSeedNameAndPosition) {
  const Draw draw(7, "price");
  EXPECT_EQ(draw.Bits(3), Draw(7, "price").Bits(3));
  EXPECT_NE(draw.Bits(3), Draw(8, "price").Bits(3));
  EXPECT_NE(draw.Bits(3), Draw(7, "prices").Bits(3));
  EXPECT_NE(draw.Bits(3), draw.Bits(4));
}

TEST(Draw, DoesNotChangeFromReleaseToRelease) {
  EXPECT_EQ(Draw(1, "a").Bits(0), 6078552334451958234U);
}

TEST(Draw, IsUniformBetweenItsEnds) {
  const Draw draw(1, "die");
  std::vector<int> faces(7);
  for (std::int64_t i = 0; i < kMany; ++i) ++faces[static_cast<std::size_t>(draw.Between(i, 1, 6))];
  EXPECT_EQ(faces[0], 0);
  for (std::size_t face = 1; face < 7; ++face) EXPECT_NEAR(faces[face], kMany / 6.0, 600);
}

TEST(Draw, TakesTheWholeRangeOfIntegers) {
  const Draw draw(1, "wide");
  bool negative = false;
  bool positive = false;
  for (std::int64_t i = 0; i < 100; ++i) {
    (draw.Between(i, INT64_MIN, INT64_MAX) < 0 ? negative : positive) = true;
  }
  EXPECT_TRUE(negative && positive);
}

TEST(Draw, HasTheMeanAndTheDeviationOfANormalLaw) {
  const Draw draw(1, "noise");
  double sum = 0;
  double squares = 0;
  for (std::int64_t i = 0; i < kMany; ++i) {
    const double value = draw.Normal(i);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kMany, 0, 0.02);
  EXPECT_NEAR(std::sqrt(squares / kMany), 1, 0.02);
}

TEST(Draw, FavoursLowRanksByItsSkew) {
  for (const double skew : {0.0, 0.5, 1.0, 2.0}) {
    const Draw draw(1, "rank");
    std::int64_t first = 0;
    for (std::int64_t i = 0; i < kMany; ++i) {
      const auto rank = draw.Rank(i, 100, skew);
      ASSERT_GE(rank, 0);
      ASSERT_LT(rank, 100);
      first += rank == 0 ? 1 : 0;
    }
    // The shares of rank 0 of the continuous laws on [1, 101).
    const double share = skew == 0.0   ? 0.01
                         : skew == 0.5 ? (std::sqrt(2.0) - 1) / (std::sqrt(101.0) - 1)
                         : skew == 1.0 ? std::log(2.0) / std::log(101.0)
                                       : 0.5 / (1 - 1 / 101.0);
    EXPECT_NEAR(static_cast<double>(first) / kMany, share, 0.01) << skew;
  }
}

TEST(Draw, HasOneRankWhenThereIsOne) {
  EXPECT_EQ(Draw(1, "one").Rank(5, 1, 0), 0);
  EXPECT_EQ(Draw(1, "one").Rank(5, 1, 1.5), 0);
}

}  // namespace
}  // namespace neuralake::generate
