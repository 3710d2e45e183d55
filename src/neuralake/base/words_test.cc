#include "neuralake/base/words.h"

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(Words, NearestFindsTypingMistakesOnly) {
  const std::string_view types[] = {"bool", "int32", "int64", "string", "timestamp"};
  EXPECT_EQ(Nearest("int23", types), "int32");
  EXPECT_EQ(Nearest("uint64", types), "int64");
  EXPECT_EQ(Nearest("STRNG", types), "string");
  EXPECT_EQ(Nearest("str", types), "string");
  EXPECT_EQ(Nearest("timestmap", types), "timestamp");
  EXPECT_EQ(Nearest("object", types), std::nullopt);
  EXPECT_EQ(Nearest("", types), std::nullopt);
  EXPECT_EQ(Nearest(std::string(1000, 'i'), types), std::nullopt);
}

}  // namespace
}  // namespace neuralake
