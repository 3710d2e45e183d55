#include "neuralake/maintain/compaction_plan.h"

#include <set>

#include <gtest/gtest.h>

namespace neuralake::maintain {
namespace {

std::vector<FileFacts> Files(std::initializer_list<std::int64_t> sizes) {
  std::vector<FileFacts> files;
  for (const auto size : sizes) {
    const auto number = static_cast<std::uint32_t>(files.size());
    files.push_back({number, "", size, static_cast<std::int64_t>(number), 0});
  }
  return files;
}

TEST(CompactionPlan, MergesSmallFilesUpToTheTarget) {
  const auto plan = PlanCompaction(Files({40, 40, 40, 40, 40}), {.target_bytes = 100});
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].files, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(plan[0].bytes, 80);
  EXPECT_EQ(plan[1].files, (std::vector<std::uint32_t>{2, 3}));
}

TEST(CompactionPlan, LeavesGoodFilesAlone) {
  EXPECT_TRUE(PlanCompaction(Files({90, 100, 80, 76, 1}), {.target_bytes = 100}).empty());
}

TEST(CompactionPlan, LeavesFewSmallFilesForLater) {
  EXPECT_TRUE(PlanCompaction(Files({1, 1, 1}), {.target_bytes = 100}).empty());
  EXPECT_EQ(PlanCompaction(Files({1, 1, 1, 1}), {.target_bytes = 100}).size(), 1U);
}

TEST(CompactionPlan, NeverMergesAcrossPartitions) {
  auto files = Files({1, 1, 1, 1, 1, 1, 1, 1});
  for (std::size_t i = 0; i < files.size(); ++i) files[i].partition = i % 2 == 0 ? "a" : "b";
  const auto plan = PlanCompaction(files, {.target_bytes = 100});
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0].files, (std::vector<std::uint32_t>{0, 2, 4, 6}));
  EXPECT_EQ(plan[1].files, (std::vector<std::uint32_t>{1, 3, 5, 7}));
}

TEST(CompactionPlan, SkipsFilesThatAreTooYoung) {
  EXPECT_TRUE(PlanCompaction(Files({1, 1, 1, 1}), {.target_bytes = 100, .newest = 2}).empty());
}

TEST(CompactionPlan, RewritesALargeFileWithManyDeletedRows) {
  auto files = Files({95, 95});
  files[1].deleted_share = 0.5;
  const auto plan = PlanCompaction(files, {.target_bytes = 100});
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].files, (std::vector<std::uint32_t>{1}));
}

TEST(CompactionPlan, LeavesAFileAloneThatIsLargerThanAllSmallerOnes) {
  const auto plan = PlanCompaction(Files({50, 1, 1, 1, 1, 1}), {.target_bytes = 100});
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].files, (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(PlanCompaction(Files({5, 1, 1, 1, 1, 1}), {.target_bytes = 100})[0].files.size(), 6U);
}

TEST(CompactionPlan, RewritesARowAFewTimesHoweverOftenSmallFilesCome) {
  // One file of 1 a round until a full one is there: the bytes written stay near the logarithm.
  std::vector<FileFacts> files;
  std::int64_t written = 0;
  for (std::uint32_t round = 0; round < 1'000; ++round) {
    files.push_back({0, "", 1, round, 0});
    for (std::uint32_t i = 0; i < files.size(); ++i) files[i].number = i;
    for (const auto& rewrite : PlanCompaction(files, {.target_bytes = 1'024})) {
      written += rewrite.bytes;
      for (const auto number : rewrite.files) files[number].size = 0;
      files.push_back({0, "", rewrite.bytes, round, 0});
      std::erase_if(files, [](const FileFacts& file) { return file.size == 0; });
    }
  }
  EXPECT_LT(written, 10 * 1'000);
  EXPECT_LT(files.size(), 20U);
}

TEST(CompactionPlan, UsesEachFileAtMostOnce) {
  auto files = Files({});
  for (std::uint32_t i = 0; i < 1000; ++i) files.push_back({i, i % 3 ? "x" : "y", i % 50, i, 0});
  std::set<std::uint32_t> seen;
  for (const auto& rewrite : PlanCompaction(files, {.target_bytes = 300})) {
    EXPECT_LE(rewrite.bytes, 300);
    for (const auto number : rewrite.files) EXPECT_TRUE(seen.insert(number).second);
  }
}

}  // namespace
}  // namespace neuralake::maintain
