#include "neuralake/base/uuid.h"

#include <regex>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(Uuid, HasTheVersion4Form) {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  SeededRng rng(1);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(std::regex_match(RandomUuid(rng), form));
}

TEST(Uuid, DiffersEachTime) { EXPECT_NE(RandomUuid(), RandomUuid()); }

}  // namespace
}  // namespace neuralake
