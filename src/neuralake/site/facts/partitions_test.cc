#include "neuralake/site/facts/partitions.h"

#include <gtest/gtest.h>

#include "neuralake/site/limits.h"

namespace neuralake::site {
namespace {

TEST(PartitionCount, AddsUpFilesOfTheSameValues) {
  PartitionCount count;
  count.Add({"1"}, 10, 3);
  count.Add({"2"}, 500, 4);
  count.Add({"1"}, 20, 5);
  TableFacts facts;
  count.Fill(facts);
  ASSERT_EQ(facts.partitions.size(), 2U);
  EXPECT_EQ(facts.partitions[0].values[0], "2");
  EXPECT_EQ(facts.partitions[1].files, 2);
  EXPECT_EQ(facts.partitions[1].bytes, 30);
  EXPECT_EQ(facts.partitions[1].rows, 8);
}

TEST(PartitionCount, DoesNotKnowASumWithAnUnknownPart) {
  PartitionCount count;
  count.Add({"1"}, 10, 3);
  count.Add({"1"}, 10, std::nullopt);
  count.Add({"1"}, 10, 3);
  TableFacts facts;
  count.Fill(facts);
  EXPECT_EQ(facts.partitions[0].rows, std::nullopt);
}

TEST(PartitionCount, KeepsTheLargest) {
  PartitionCount count;
  for (std::size_t i = 0; i < kPartitionsMax + 5; ++i) {
    count.Add({std::to_string(i)}, static_cast<std::int64_t>(i), 1);
  }
  TableFacts facts;
  count.Fill(facts);
  EXPECT_EQ(facts.partitions.size(), kPartitionsMax);
  EXPECT_EQ(facts.partitions_total, kPartitionsMax + 5);
  EXPECT_EQ(facts.partitions[0].bytes, static_cast<std::int64_t>(kPartitionsMax + 4));
}

}  // namespace
}  // namespace neuralake::site
