#include "neuralake/base/characters.h"

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(Characters, AreNeverCutInTwo) {
  EXPECT_EQ(WholeCharacters("aé€", 6), "aé€");
  EXPECT_EQ(WholeCharacters("aé€", 5), "aé");
  EXPECT_EQ(WholeCharacters("aé€", 2), "a");
  EXPECT_EQ(WholeCharacters("€", 2), "");
}

TEST(Characters, ALongTextKeepsItsStartAndItsEnd) {
  EXPECT_EQ(Shortened("short", 5), "short");
  EXPECT_EQ(Shortened("0123456789abcdefghij", 13), "01234567…ij");
  EXPECT_EQ(Shortened("0123456789abcdefgh€", 13), "01234567…") << "an end that is half a character";
  EXPECT_EQ(Shortened("é23456789€abcdefghij", 4), "…");
  EXPECT_EQ(Shortened("0123456789", 2), "");
}

}  // namespace
}  // namespace neuralake
