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

TEST(Uuid, TheTextOfItsBytesIsTheUuid) {
  SeededRng once(1);
  SeededRng again(1);
  const std::string bytes = RandomUuidBytes(once);
  EXPECT_EQ(bytes.size(), 16U);
  EXPECT_EQ(UuidText(bytes), RandomUuid(again));
  EXPECT_EQ(UuidText({"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16}),
            "00112233-4455-6677-8899-aabbccddeeff");
}

TEST(Uuid, DiffersEachTime) { EXPECT_NE(RandomUuid(), RandomUuid()); }

}  // namespace
}  // namespace neuralake
