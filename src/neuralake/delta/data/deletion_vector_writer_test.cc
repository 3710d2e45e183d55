#include "neuralake/delta/data/deletion_vector_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

class DeletionVectorWriterTest : public testing::Test {
 protected:
  DeletionVectorWriterTest()
      : store_(std::make_shared<storage::FaultyStore>(
            *storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_))) {}

  std::size_t Files() { return storage::ListAll(*store_, {}, kSoon)->size(); }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::FaultyStore> store_;
};

TEST_F(DeletionVectorWriterTest, WritesWhatCanBeLoadedByItsDescriptor) {
  DeletionVectorWriter writer(store_);
  const std::vector<std::vector<std::uint64_t>> sets = {{0}, {1, 5, 1ULL << 33}, {7}};
  std::vector<DeletionVectorDescriptor> descriptors;
  for (const auto& rows : sets) {
    descriptors.push_back(writer.Add(DeletionVector(rows), kSoon).value());
  }
  EXPECT_EQ(Files(), 0U);
  EXPECT_EQ(writer.Finish(kSoon)->size(), 1U);
  EXPECT_EQ(Files(), 1U);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto loaded = DeletionVector::Load(descriptors[i], *store_, kSoon).value();
    EXPECT_EQ(loaded.cardinality(), sets[i].size());
    for (const auto row : sets[i]) EXPECT_TRUE(loaded.Contains(row)) << row;
    EXPECT_EQ(descriptors[i].storage_type, 'u');
  }
  EXPECT_EQ(descriptors[0].offset, 1);
}

TEST_F(DeletionVectorWriterTest, NamesItsFileLikeAUuid) {
  DeletionVectorWriter writer(store_);
  ASSERT_TRUE(writer.Add(DeletionVector(), kSoon));
  EXPECT_THAT(writer.Finish(kSoon)->front(),
              testing::MatchesRegex("deletion_vector_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-"
                                    "[89ab][0-9a-f]{3}-[0-9a-f]{12}\\.bin"));
}

TEST_F(DeletionVectorWriterTest, TakesItsFilesBackWhenItIsNotFinished) {
  {
    DeletionVectorWriter writer(store_);
    // Every second row: a bitmap that does not compress, of a third of a file.
    std::vector<std::uint64_t> rows;
    for (std::uint64_t row = 0; row < 24'000'000; row += 2) rows.push_back(row);
    const DeletionVector large(rows);
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer.Add(large, kSoon));
    EXPECT_GT(Files(), 0U);
  }
  EXPECT_EQ(Files(), 0U);
}

TEST_F(DeletionVectorWriterTest, MakesNoFileForNothing) {
  DeletionVectorWriter writer(store_);
  EXPECT_TRUE(writer.Finish(kSoon)->empty());
  EXPECT_EQ(Files(), 0U);
}

}  // namespace
}  // namespace neuralake::delta
