#include "neuralake/delta/deletion_vector.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/z85.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;

std::string BigEndian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

/// A deletion vector file with one blob at offset 1.
std::string FileOf(const std::string& blob) {
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(blob.data()), static_cast<uInt>(blob.size()));
  return std::string(1, '\1') + BigEndian(static_cast<std::uint32_t>(blob.size())) + blob +
         BigEndian(static_cast<std::uint32_t>(sum));
}

DeletionVector Sample() {
  return DeletionVector(std::vector<std::uint64_t>{0, 3, 4, 2047, 2048, kHigh - 1, kHigh + 7});
}

TEST(Z85, MatchesTheSpecificationsExample) {
  const std::string bytes("\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B", 8);
  EXPECT_EQ(EncodeZ85(bytes), "HelloWorld");
  EXPECT_EQ(*DecodeZ85("HelloWorld"), bytes);
}

TEST(Z85, RefusesWhatIsNoZ85) {
  for (const auto* text : {"abcd", "abc~e", "#####"}) {
    EXPECT_EQ(DecodeZ85(text).error().kind, ErrorKind::kCorruption) << text;
  }
}

TEST(DeletionVector, RoundTrips) {
  const auto decoded = DeletionVector::Decode(Sample().Encode());
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->cardinality(), 7U);
  for (const std::uint64_t row : {std::uint64_t{0}, kHigh - 1, kHigh + 7}) {
    EXPECT_TRUE(decoded->Contains(row));
  }
  EXPECT_FALSE(decoded->Contains(1));
  EXPECT_FALSE(decoded->Contains(kHigh));
}

TEST(DeletionVector, EveryTruncationIsAnError) {
  const std::string blob = Sample().Encode();
  for (std::size_t size = 0; size < blob.size(); ++size) {
    const auto decoded = DeletionVector::Decode(std::string_view(blob).substr(0, size));
    ASSERT_FALSE(decoded.has_value()) << size;
    EXPECT_EQ(decoded.error().kind, ErrorKind::kCorruption);
  }
}

TEST(DeletionVector, SelectsTheRowsThatStay) {
  const auto vector = Sample();
  std::vector<std::uint32_t> selected;
  EXPECT_EQ(vector.Select(0, 6, selected), 3U);
  EXPECT_EQ(selected, (std::vector<std::uint32_t>{1, 2, 5}));
  selected.clear();
  EXPECT_EQ(vector.Select(5, 100, selected), 100U);
  EXPECT_TRUE(selected.empty());
  EXPECT_EQ(vector.Select(kHigh - 2, 10, selected), 8U);
  EXPECT_EQ(selected, (std::vector<std::uint32_t>{0, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(DeletionVector, RelativeKeysDecodeTheUuid) {
  DeletionVectorDescriptor descriptor;
  descriptor.path_or_inline = "ab^-aqEH.-t@S}K{vb[*k^";
  EXPECT_EQ(RelativeKey(descriptor), "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
  descriptor.path_or_inline = "short";
  EXPECT_EQ(RelativeKey(descriptor), std::nullopt);
}

class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = *storage::OpenStore(*Uri::Parse("memory://deletion-vectors/table"));
    descriptor_.path_or_inline = "ab^-aqEH.-t@S}K{vb[*k^";
    descriptor_.offset = 1;
    const std::string blob = Sample().Encode();
    descriptor_.size_bytes = static_cast<std::int32_t>(blob.size());
    descriptor_.cardinality = 7;
    Store(FileOf(blob));
  }

  void Store(std::string_view bytes) {
    ASSERT_TRUE(store_->Put(*RelativeKey(descriptor_), bytes, storage::PutMode::kOverwrite, {})
                    .has_value());
  }

  std::shared_ptr<storage::ObjectStore> store_;
  DeletionVectorDescriptor descriptor_;
};

TEST_F(LoadTest, ReadsARelativeFile) {
  const auto vector = DeletionVector::Load(descriptor_, *store_, {});
  ASSERT_TRUE(vector.has_value()) << vector.error().message;
  EXPECT_EQ(vector->cardinality(), 7U);
}

TEST_F(LoadTest, ReadsAnInlineOne) {
  std::string blob = Sample().Encode();
  blob.resize((blob.size() + 3) / 4 * 4);
  descriptor_.storage_type = 'i';
  descriptor_.path_or_inline = EncodeZ85(blob);
  EXPECT_TRUE(DeletionVector::Load(descriptor_, *store_, {}).has_value());
}

TEST_F(LoadTest, EveryFlippedByteIsNoticed) {
  const std::string whole = FileOf(Sample().Encode());
  for (std::size_t at = 1; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    Store(bytes);
    const auto vector = DeletionVector::Load(descriptor_, *store_, {});
    ASSERT_FALSE(vector.has_value()) << at;
    EXPECT_EQ(vector.error().kind, ErrorKind::kCorruption);
  }
}

TEST_F(LoadTest, ACardinalityThatTheLogContradictsIsCorruption) {
  descriptor_.cardinality = 8;
  EXPECT_EQ(DeletionVector::Load(descriptor_, *store_, {}).error().kind, ErrorKind::kCorruption);
}

TEST(DeletionVector, DifferencesAndInversesHoldTheOtherRows) {
  const std::vector<std::uint64_t> rows{1, 5, 70'000};
  const std::vector<std::uint64_t> taken{5};
  const DeletionVector left = DeletionVector(rows).Minus(DeletionVector(taken));
  EXPECT_EQ(left.cardinality(), 2U);
  EXPECT_TRUE(left.Contains(1));
  EXPECT_FALSE(left.Contains(5));
  const DeletionVector others = left.Inverse(70'002);
  EXPECT_EQ(others.cardinality(), 70'000U);
  EXPECT_FALSE(others.Contains(70'000));
  EXPECT_TRUE(others.Contains(70'001));
  EXPECT_FALSE(others.Contains(70'002));
}

TEST(DeletionVector, AnInlineDescriptorIsLoadedAgain) {
  const std::vector<std::uint64_t> rows{0, 3, 1ULL << 33};
  storage::MemoryRegistry registry;
  const auto store = storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry).value();
  const auto loaded =
      DeletionVector::Load(InlineDescriptor(DeletionVector(rows)), *store, Deadline::Never());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->cardinality(), 3U);
  EXPECT_TRUE(loaded->Contains(1ULL << 33));
}

}  // namespace
}  // namespace neuralake::delta
