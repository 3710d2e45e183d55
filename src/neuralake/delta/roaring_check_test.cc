#include "neuralake/delta/roaring_check.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <roaring/roaring.h>

#include "neuralake/base/rng.h"

namespace neuralake::delta {
namespace {

std::string Serialize(const std::vector<std::uint32_t>& values, bool runs) {
  roaring_bitmap_t* bitmap = roaring_bitmap_of_ptr(values.size(), values.data());
  if (runs) roaring_bitmap_run_optimize(bitmap);
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap), '\0');
  roaring_bitmap_portable_serialize(bitmap, bytes.data());
  roaring_bitmap_free(bitmap);
  return bytes;
}

/// Sparse, dense and consecutive values, over several containers.
std::vector<std::uint32_t> Mixed(std::uint32_t containers) {
  std::vector<std::uint32_t> values;
  for (std::uint32_t c = 0; c < containers; ++c) {
    for (std::uint32_t i = 0; i < 60; ++i) values.push_back(c * 3 * 65'536 + i * 7);
    for (std::uint32_t i = 0; i < 5000; ++i) values.push_back((c * 3 + 1) * 65'536 + i * 13);
    for (std::uint32_t i = 0; i < 9000; ++i) values.push_back((c * 3 + 2) * 65'536 + i);
  }
  return values;
}

TEST(RoaringCheck, AcceptsWhatTheLibraryWrites) {
  for (const bool runs : {false, true}) {
    for (const std::uint32_t containers : {0U, 1U, 2U, 5U}) {
      const std::string bytes = Serialize(Mixed(containers), runs);
      EXPECT_EQ(SoundBitmapSize(bytes), bytes.size()) << containers << runs;
      EXPECT_EQ(SoundBitmapSize(bytes + "tail"), bytes.size());
    }
  }
}

TEST(RoaringCheck, RefusesEveryCutAndMostFlips) {
  SeededRng rng(7);
  for (const bool runs : {false, true}) {
    const std::string bytes = Serialize(Mixed(2), runs);
    for (std::size_t length = 0; length < bytes.size(); length += 1 + rng.Below(50)) {
      EXPECT_EQ(SoundBitmapSize(std::string_view(bytes).substr(0, length)), 0U);
    }
    // Whatever is accepted, the library reads as a bitmap in order with that many values.
    for (int round = 0; round < 3000; ++round) {
      std::string broken = bytes;
      broken[rng.Below(200)] = static_cast<char>(rng.Next());
      const auto size = SoundBitmapSize(broken);
      if (size == 0) continue;
      roaring_bitmap_t* bitmap =
          roaring_bitmap_portable_deserialize_safe(broken.data(), broken.size());
      ASSERT_NE(bitmap, nullptr);
      std::vector<std::uint32_t> values(roaring_bitmap_get_cardinality(bitmap));
      roaring_bitmap_to_uint32_array(bitmap, values.data());
      EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
      roaring_bitmap_free(bitmap);
    }
  }
}

TEST(RoaringCheck, OverlappingRunsAndWrongCountsAreRefused) {
  // One run container of two runs, 0..9 and 5..14, which says 20 values.
  const std::string overlap(
      "\x3b\x30\x00\x00\x01\x00\x00\x13\x00\x02\x00\x00\x00\x09\x00\x05\x00\x09\x00", 19);
  EXPECT_EQ(SoundBitmapSize(overlap), 0U);
  std::string apart = overlap;
  apart[15] = '\x0a';
  EXPECT_EQ(SoundBitmapSize(apart), apart.size());
  apart[7] = '\x12';
  EXPECT_EQ(SoundBitmapSize(apart), 0U);
}

}  // namespace
}  // namespace neuralake::delta
