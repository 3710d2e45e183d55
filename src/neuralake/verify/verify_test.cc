#include "neuralake/verify/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/verify/limits.h"
#include "neuralake/verify/test_table.h"

namespace neuralake::verify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// When all tests ran, each rule was seen to fail.
class EachRuleIsSeen : public testing::Environment {
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*") return;
    for (const RuleRow& row : RuleRows()) {
      EXPECT_TRUE(TestTable::Seen().contains(std::string(row.name)))
          << "no test breaks " << row.name;
    }
  }
};
const auto* const kEachRule = testing::AddGlobalTestEnvironment(new EachRuleIsSeen);

TEST(Verify, FindsNothingInASoundTable) {
  TestTable table;
  MakeSmall(table, Stats(kSmallStats));
  table.Commit({RemoveLine("a.parquet")});
  const auto report = table.Run({.version = 0});
  ASSERT_TRUE(report) << Describe(report.error());
  EXPECT_EQ(report->problems, 0U);
  EXPECT_EQ(report->version, 0);
  EXPECT_EQ(report->files, 1U);
  EXPECT_EQ(report->commits, 1U);
  EXPECT_THAT(table.Rules(), ElementsAre());
}

TEST(Verify, TellsThatThereIsNoTableAndNoVersion) {
  TestTable table;
  EXPECT_EQ(table.Run().error().kind, ErrorKind::kNotFound);
  MakeSmall(table);
  const auto report = table.Run({.version = 7});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "version 7 does not exist; the newest is 0");
}

TEST(Verify, CountsMoreThanItKeeps) {
  TestTable table;
  std::vector<std::string> lines = {Protocol(), Metadata()};
  for (std::size_t i = 0; i < kFindingsMax + 5; ++i) {
    lines.push_back(AddLine("gone-" + std::to_string(i), 1));
  }
  table.Commit(lines);
  const auto report = table.Run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems, kFindingsMax + 5);
  EXPECT_EQ(report->findings.size(), kFindingsMax);
  EXPECT_THAT(table.Rules(), ElementsAre("file.missing"));
}

TEST(Verify, LeavesRowsUnreadWhenShallow) {
  TestTable table;
  const std::string noise(100, '?');
  table.Put("a.parquet", noise);
  table.Commit({Protocol(), Metadata(), AddLine("a.parquet", noise.size())});
  EXPECT_THAT(table.Rules({.depth = Depth::kShallow}), ElementsAre());
  EXPECT_THAT(table.Rules(), ElementsAre("file.read"));
}

TEST(Verify, NamesTheMissingCommits) {
  TestTable table;
  MakeSmall(table);
  table.Commit({}).Commit({}).Commit({});
  table.Delete(CommitKey(2));
  const auto report = table.Run();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->findings.size(), 2U);
  EXPECT_THAT(table.Rules(), ElementsAre("log.gap", "log.start"));
  EXPECT_THAT(Text(report->findings[0]), HasSubstr("commit 2 is missing"));
}

TEST(Verify, ComparesCompactedCommits) {
  TestTable table;
  MakeSmall(table);
  table.Commit({RemoveLine("a.parquet")});
  const std::string key = LogKey(0, "00000000000000000001.compacted.json");
  table.PutLines(key, {Protocol(), Metadata(), RemoveLine("a.parquet")});
  EXPECT_THAT(table.Rules(), ElementsAre());
  table.PutLines(key, {Protocol(), Metadata(), AddLine("a.parquet", 1)});
  EXPECT_THAT(table.Rules(), ElementsAre("log.compacted"));
}

TEST(Finding, IsOneLineWhateverTheTableSays) {
  const Finding finding{
      Rule::kFileMissing, {"a\xC3\xA4", 3, 7}, Quoted("x\ny" + std::string(200, 'a'))};
  const std::string text = Text(finding);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("error file.missing version 3 a\xC3\xA4:7: 'x\\x0ay"));
  EXPECT_LT(text.size(), 150U);
}

}  // namespace
}  // namespace neuralake::verify
