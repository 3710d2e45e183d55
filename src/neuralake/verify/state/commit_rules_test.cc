#include "neuralake/verify/state/commit_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/verify/test_table.h"

namespace neuralake::verify {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

// What a second commit of these lines breaks, files unread.
std::set<std::string> Broken(const std::vector<std::string>& lines,
                             const std::string& configuration = "") {
  TestTable table;
  table.Put("a.parquet", "12345");
  table.Commit({Protocol(), Metadata("", "", configuration), AddLine("a.parquet", 5)});
  table.Commit(lines);
  return table.Rules({.depth = Depth::kShallow});
}

TEST(CommitRules, TakeAPlainCommit) {
  EXPECT_THAT(Broken({RemoveLine("a.parquet"), R"({"txn":{"appId":"j","version":1}})",
                      R"({"commitInfo":{"x":1}})", R"({"unknownAction":{}})", ""}),
              ElementsAre());
}

TEST(CommitRules, WantOneActionALine) {
  EXPECT_THAT(Broken({"no json"}), ElementsAre("commit.line"));
  EXPECT_THAT(Broken({"[1]"}), ElementsAre("commit.line"));
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_THAT(Broken({R"({"metaData":{"x":)" + deep + "}}"}), ElementsAre("commit.line"));
  EXPECT_THAT(Broken({R"({"commitInfo":{},"txn":{"appId":"j","version":1}})"}),
              ElementsAre("commit.line"));
  EXPECT_THAT(Broken({R"({"add":{"path":"b","size":5)"}), ElementsAre("commit.line"));
}

TEST(CommitRules, WantAnAction) {
  EXPECT_THAT(Broken({}), ElementsAre("commit.empty"));
  EXPECT_THAT(Broken({"", " "}), ElementsAre("commit.empty"));
  EXPECT_THAT(Broken({"no json"}), ElementsAre("commit.line"));
}

TEST(CommitRules, WantAFileWhereTheMetricsCountSome) {
  const auto broken = [](const std::string& metrics, const std::vector<std::string>& more = {}) {
    std::vector<std::string> lines = {R"({"commitInfo":{"operation":"WRITE","operationMetrics":{)" +
                                      metrics + "}}}"};
    lines.insert(lines.end(), more.begin(), more.end());
    return Broken(lines);
  };
  EXPECT_THAT(broken(R"("numFiles":"2")", {AddLine("a.parquet", 5)}), ElementsAre());
  EXPECT_THAT(broken(R"("numAddedFiles":0,"numFiles":{},"num_added_files":"x")"), ElementsAre());
  EXPECT_THAT(broken(R"("numFiles":"1","numOutputRows":"0")"), ElementsAre());
  EXPECT_THAT(broken(R"("numFiles":"1")", {R"({"txn":{"appId":"j","version":1}})"}), ElementsAre());
  EXPECT_THAT(broken(R"("numFiles":"1","numOutputRows":"5000")"), ElementsAre("commit.metrics"));
  EXPECT_THAT(broken(R"("num_added_files":1)"), ElementsAre("commit.metrics"));
}

TEST(CommitRules, WantTheFieldsOfEachAction) {
  for (const auto* line :
       {R"({"txn":{"appId":"j"}})", R"({"txn":{"appId":"j","version":"1"}})",
        R"({"remove":{"path":"a.parquet","dataChange":1}})", R"({"txn":3})",
        R"({"cdc":{"path":"c","partitionValues":{"p":1},"size":1,"dataChange":false}})",
        R"({"remove":{"path":"a.parquet","dataChange":true,"deletionTimestamp":1.5}})"}) {
    EXPECT_THAT(Broken({line}), ElementsAre("commit.action")) << line;
  }
  EXPECT_THAT(Broken({R"({"checkpointMetadata":{"version":1}})"}), ElementsAre("commit.misplaced"));
}

TEST(CommitRules, WantEachActionOnce) {
  const std::string txn = R"({"txn":{"appId":"j","version":1}})";
  EXPECT_THAT(Broken({txn, txn}), ElementsAre("commit.repeated"));
  EXPECT_THAT(Broken({Protocol(), Protocol()}), ElementsAre("commit.repeated"));
  EXPECT_THAT(Broken({Metadata(), Metadata()}), ElementsAre("commit.repeated"));
  EXPECT_THAT(Broken({R"({"commitInfo":{}})", R"({"commitInfo":{}})"}),
              ElementsAre("commit.repeated"));
  EXPECT_THAT(Broken({AddLine("a.parquet", 5), AddLine("a%2Eparquet", 5)}),
              ElementsAre("commit.file-twice"));
  EXPECT_THAT(Broken({RemoveLine("a.parquet"), RemoveLine("a.parquet")}),
              ElementsAre("commit.file-twice"));
  EXPECT_THAT(Broken({AddLine("a.parquet", 5), RemoveLine("a.parquet")}),
              ElementsAre("commit.add-and-remove"));
}

TEST(CommitRules, WantAProtocolAndAMetadataFirst) {
  TestTable table;
  table.Commit({Metadata()});
  EXPECT_THAT(table.Rules(), testing::Contains("commit.first"));
}

TEST(CommitRules, WantReplacedVectorsRemoved) {
  const std::string vector =
      R"("deletionVector":{"storageType":"i","pathOrInlineDv":"^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L","sizeInBytes":44,"cardinality":6},"stats":"{\"numRecords\":30}")";
  const std::vector<std::string> lines = {
      Protocol(3, 7,
               R"("readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"])"),
      AddLine("a.parquet", 5, vector)};
  EXPECT_THAT(Broken(lines), ElementsAre("commit.vector-replaced", "file.path"));
  auto right = lines;
  right.push_back(RemoveLine("a.parquet"));
  EXPECT_THAT(Broken(right), ElementsAre());
  EXPECT_THAT(Broken({right[1], right[2]}), ElementsAre("protocol.missing"));
}

TEST(CommitRules, KnowWhatIsInTheTable) {
  EXPECT_THAT(Broken({RemoveLine("b.parquet")}), ElementsAre("commit.remove-unknown"));
  EXPECT_THAT(Broken({RemoveLine("a.parquet")}, R"("delta.appendOnly":"true")"),
              ElementsAre("commit.append-only"));
}

TEST(CommitRules, CountRearrangedRows) {
  TestTable table;
  table.Put("a.parquet", "12345");
  table.Put("b.parquet", "12345");
  table.Commit({Protocol(), Metadata(), AddLine("a.parquet", 5, Stats(R"({"numRecords":3})"))});
  table.Commit({RemoveLine("a.parquet", R"("dataChange":false)"),
                AddLine("b.parquet", 5, R"("dataChange":false,)" + Stats(R"({"numRecords":2})"))});
  EXPECT_THAT(table.Rules({.depth = Depth::kShallow}), ElementsAre("commit.rearranged"));
}

TEST(CommitRules, WantTimestampsThatAscend) {
  const std::string features = R"("writerFeatures":["inCommitTimestamp"])";
  const std::string on = R"("delta.enableInCommitTimestamps":"true")";
  const auto broken = [&](const std::vector<std::string>& lines) {
    TestTable table;
    table.Commit({R"({"commitInfo":{"inCommitTimestamp":5}})", Protocol(1, 7, features),
                  Metadata("", "", on)});
    table.Commit(lines);
    return table.Rules();
  };
  EXPECT_THAT(broken({R"({"commitInfo":{"inCommitTimestamp":6}})"}), ElementsAre());
  const std::string txn = R"({"txn":{"appId":"j","version":1}})";
  for (const std::vector<std::string>& lines :
       {std::vector<std::string>{R"({"commitInfo":{"inCommitTimestamp":5}})"},
        {R"({"commitInfo":{}})"},
        {txn},
        {txn, R"({"commitInfo":{"inCommitTimestamp":6}})"}}) {
    EXPECT_THAT(broken(lines), ElementsAre("commit.timestamp")) << lines[0];
  }
}

}  // namespace
}  // namespace neuralake::verify
