#include "neuralake/generate/words.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace neuralake::generate {
namespace {

TEST(NameOf, GivesEveryRankANameOfItsOwn) {
  std::set<std::string> names;
  for (std::int64_t rank = 0; rank < 10'000; ++rank) names.insert(NameOf(rank));
  EXPECT_EQ(names.size(), 10'000U);
}

TEST(Prose, HasAsManyWordsAsAskedFor) {
  const Draw draw(1, "prose");
  for (std::int64_t row = 0; row < 200; ++row) {
    const auto text = Prose(draw, row, 30);
    EXPECT_EQ(std::ranges::count(text, ' '), 29) << text;
  }
}

}  // namespace
}  // namespace neuralake::generate
