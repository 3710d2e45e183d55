#include "neuralake/verify/vector/deletion_vector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/verify/test_table.h"
#include "neuralake/verify/vector/bitmap.h"
#include "neuralake/verify/vector/z85.h"

namespace neuralake::verify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Rows 3, 4, 7, 11, 18 and 29. (The protocol's own example is in an older format.)
constexpr const char* kInline = "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L";
constexpr const char* kRecords = R"(,"stats":"{\"numRecords\":30}")";

std::string Vector(const std::string& storage, const std::string& path, int size, int cardinality,
                   const std::string& more = "") {
  return R"("deletionVector":{"storageType":")" + storage + R"(","pathOrInlineDv":")" + path +
         R"(","sizeInBytes":)" + std::to_string(size) + R"(,"cardinality":)" +
         std::to_string(cardinality) + more + "}";
}

void Make(TestTable& table, const std::string& more) {
  std::string rows = "[";
  for (int i = 0; i < 30; ++i) rows += (i ? ",[" : "[") + std::to_string(i) + ", null]";
  const auto size = table.PutParquet("a.parquet", IdAndName(), rows + "]");
  table.Commit(
      {Protocol(3, 7,
                R"("readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"])"),
       Metadata(), AddLine("a.parquet", size, more)});
}

std::set<std::string> Broken(const std::string& more, Depth depth = Depth::kDeep) {
  TestTable table;
  Make(table, more);
  return table.Rules({.depth = depth});
}

TEST(DeletionVector, HoldsTheRowsThatWereDeleted) {
  EXPECT_THAT(Broken(Vector("i", kInline, 44, 6) + kRecords), IsEmpty());
  std::vector<std::uint64_t> rows;
  const auto count = WalkBitmap(DecodeZ85(kInline)->substr(4), [&](auto first, auto last) {
    for (auto row = first; row <= last; ++row) rows.push_back(row);
  });
  EXPECT_EQ(count.value(), 6U);
  EXPECT_THAT(rows, ElementsAre(3, 4, 7, 11, 18, 29));
}

TEST(DeletionVector, HasAPlaceThatCanBeUnderstood) {
  EXPECT_THAT(Broken(Vector("x", kInline, 44, 6) + kRecords), ElementsAre("vector.descriptor"));
  EXPECT_THAT(Broken(Vector("i", "~~~~~", 4, 6) + kRecords), ElementsAre("vector.descriptor"));
  EXPECT_THAT(Broken(Vector("i", kInline, 44, 6, R"(,"offset":1)") + kRecords),
              ElementsAre("vector.descriptor"));
  EXPECT_THAT(Broken(Vector("u", "short", 40, 6) + kRecords), ElementsAre("vector.descriptor"));
  EXPECT_THAT(Broken(Vector("u", "ab^-aqEH.-t@S}K{vb[*k^", -4, 6) + kRecords),
              ElementsAre("vector.descriptor"));
}

TEST(DeletionVector, HasTheRowsThatTheAddTells) {
  EXPECT_THAT(Broken(Vector("i", kInline, 44, 7) + kRecords), ElementsAre("vector.cardinality"));
  EXPECT_THAT(Broken(Vector("i", kInline, 44, 6)), ElementsAre("vector.records"));
  EXPECT_THAT(Broken(Vector("i", kInline, 12, 6) + kRecords), ElementsAre("vector.checksum"));
  EXPECT_THAT(
      Broken(Vector("i", kInline, 44, 6) + R"(,"stats":"{\"numRecords\":29}")", Depth::kShallow),
      ElementsAre("vector.position"));
  std::string broken = kInline;
  broken[0] = 'x';
  EXPECT_THAT(Broken(Vector("i", broken, 44, 6) + kRecords), ElementsAre("vector.format"));
}

TEST(DeletionVector, LiesInAFileWithAChecksum) {
  const std::string bytes = *DecodeZ85(kInline);
  // The CRC-32 of those bytes, by Python's zlib.
  const auto framed = [&](const std::string& checksum) {
    return std::string("\x01\x00\x00\x00\x2c", 5) + bytes + checksum;
  };
  const std::string path = "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin";
  const std::string more =
      Vector("u", "ab^-aqEH.-t@S}K{vb[*k^", 44, 6, R"(,"offset":1)") + kRecords;
  const auto broken = [&](const std::string& file) {
    TestTable table;
    if (!file.empty()) table.Put(path, file);
    Make(table, more);
    return table.Rules();
  };
  const std::string right = "\xac\xd7\x4a\x79";
  EXPECT_THAT(broken(framed(right)), IsEmpty());
  EXPECT_THAT(broken(framed("\x01\x02\x03\x04")), ElementsAre("vector.checksum"));
  EXPECT_THAT(broken(""), ElementsAre("vector.read"));
  EXPECT_THAT(broken(framed(right).substr(0, 30)), ElementsAre("vector.read"));
  std::string longer = framed(right);
  longer[4] = '\x2d';
  EXPECT_THAT(broken(longer), ElementsAre("vector.checksum"));
  std::string version = framed(right);
  version[0] = '\x02';
  EXPECT_THAT(broken(version), ElementsAre("vector.format"));
}

// Statistics may be about deleted rows too, but only when they say that they are wide.
TEST(DeletionVector, NarrowsWhatBoundsMustHold) {
  const std::string vector = Vector("i", kInline, 44, 6);
  const auto with = [&](const std::string& text) { return Broken(vector + "," + Stats(text)); };
  EXPECT_THAT(with(R"({"numRecords":30,"maxValues":{"id":29},"tightBounds":false})"), IsEmpty());
  EXPECT_THAT(with(R"({"numRecords":30,"maxValues":{"id":28}})"), IsEmpty());
  EXPECT_THAT(with(R"({"numRecords":30,"maxValues":{"id":29}})"), ElementsAre("stats.tight"));
  EXPECT_THAT(with(R"({"numRecords":30,"maxValues":{"id":27},"tightBounds":false})"),
              ElementsAre("stats.bound"));
}

TEST(Bitmap, RefusesWhatIsCutOrOutOfOrder) {
  const std::string right = DecodeZ85(kInline)->substr(4);
  const auto ignore = [](std::uint64_t, std::uint64_t) {};
  for (std::size_t size = 0; size < right.size(); ++size) {
    EXPECT_FALSE(WalkBitmap(std::string_view(right).substr(0, size), ignore)) << size;
  }
  for (std::size_t at = 0; at < right.size(); ++at) {
    std::string wrong = right;
    wrong[at] = static_cast<char>(wrong[at] ^ '\xFF');
    (void)WalkBitmap(wrong, ignore);  // whatever it says, it ends
  }
  EXPECT_FALSE(WalkBitmap(right + "x", ignore));
}

}  // namespace
}  // namespace neuralake::verify
