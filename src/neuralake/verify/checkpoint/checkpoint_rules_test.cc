#include "neuralake/verify/checkpoint/checkpoint_rules.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/verify/checkpoint/last_checkpoint.h"
#include "neuralake/verify/test_table.h"

namespace neuralake::verify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kFeatures =
    R"("readerFeatures":["v2Checkpoint"],"writerFeatures":["v2Checkpoint","domainMetadata"])";
const std::string kUuid = "checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json";
const std::string kMark = R"({"checkpointMetadata":{"version":1}})";
const std::string kTxn = R"({"txn":{"appId":"j","version":1}})";
const std::string kDomain =
    R"({"domainMetadata":{"domain":"d","configuration":"{}","removed":false}})";

// Version 1: `a.parquet` with statistics, `b.parquet` removed, a transaction, a domain.
struct Checkpointed {
  TestTable table;
  std::string protocol = Protocol(3, 7, kFeatures);
  std::string metadata = Metadata();
  std::string add = AddLine("a.parquet", 5, Stats(R"({"numRecords":3})") + R"(,"tags":{"t":"1"})");
  std::string remove = RemoveLine("b.parquet");

  Checkpointed() {
    table.Put("a.parquet", "12345");
    table.Commit({protocol, metadata, add, AddLine("b.parquet", 5)});
    table.Commit({remove, kTxn, kDomain});
  }
  std::vector<std::string> Right() const {
    return {kMark, protocol, metadata, add, remove, kTxn, kDomain};
  }
  std::set<std::string> Broken(const std::vector<std::string>& lines) {
    table.PutLines(LogKey(1, kUuid), lines);
    return table.Rules({.depth = Depth::kShallow});
  }
  // The right lines with the one at `index` replaced; left out when `line` is empty.
  std::set<std::string> With(std::size_t index, const std::string& line) {
    auto lines = Right();
    lines[index] = line;
    return Broken(lines);
  }
};

TEST(CheckpointRules, TakeWhatTheReplayGives) {
  Checkpointed made;
  EXPECT_THAT(made.Broken(made.Right()), IsEmpty());
  // An expired tombstone may be there or not.
  EXPECT_THAT(made.With(4, ""), IsEmpty());
}

TEST(CheckpointRules, WantTheFilesOfTheReplay) {
  Checkpointed made;
  EXPECT_THAT(made.With(3, ""), ElementsAre("checkpoint.files"));
  EXPECT_THAT(made.With(4, AddLine("b.parquet", 5)), ElementsAre("checkpoint.files"));
  EXPECT_THAT(made.With(4, RemoveLine("c.parquet")), ElementsAre("checkpoint.tombstones"));
  for (const std::string& add :
       {AddLine("a.parquet", 6, Stats(R"({"numRecords":3})") + R"(,"tags":{"t":"1"})"),
        AddLine("a.parquet", 5, Stats(R"({"numRecords":4})") + R"(,"tags":{"t":"1"})"),
        AddLine("a.parquet", 5, Stats(R"({"numRecords":3})")),
        AddLine("a.parquet", 5, R"("tags":{"t":"1"})"),
        AddLine("a.parquet", 5,
                Stats(R"({"numRecords":3})") + R"(,"tags":{"t":"1"},"baseRowId":1)"),
        AddLine(
            "a.parquet", 5,
            Stats(R"({"numRecords":3})") + R"(,"tags":{"t":"1"},"partitionValues":{"p":"1"})")}) {
    EXPECT_THAT(made.With(3, add), ElementsAre("checkpoint.fields")) << add;
  }
}

TEST(CheckpointRules, WantYoungTombstones) {
  Checkpointed made;
  made.remove =
      R"({"remove":{"path":"b.parquet","deletionTimestamp":99999999999999,"dataChange":true}})";
  made.table.PutLines(CommitKey(1), {made.remove, kTxn, kDomain});
  EXPECT_THAT(made.Broken(made.Right()), IsEmpty());
  EXPECT_THAT(made.With(4, ""), ElementsAre("checkpoint.tombstones"));
}

TEST(CheckpointRules, WantTheOtherActionsOfTheReplay) {
  Checkpointed made;
  EXPECT_THAT(made.With(5, ""), ElementsAre("checkpoint.other"));
  EXPECT_THAT(made.With(5, R"({"txn":{"appId":"j","version":2}})"),
              ElementsAre("checkpoint.other"));
  EXPECT_THAT(made.With(6, ""), ElementsAre("checkpoint.other"));
  EXPECT_THAT(made.With(2, Metadata("", R"("name")")), ElementsAre("checkpoint.other"));
  EXPECT_THAT(made.With(1, Protocol(1, 2)), ElementsAre("checkpoint.other"));
}

TEST(CheckpointRules, WantEachActionOnce) {
  Checkpointed made;
  EXPECT_THAT(made.With(0, ""), ElementsAre("checkpoint.shape"));
  EXPECT_THAT(made.With(0, R"({"checkpointMetadata":{"version":2}})"),
              ElementsAre("checkpoint.shape"));
  EXPECT_THAT(made.With(1, ""), ElementsAre("checkpoint.shape"));
  EXPECT_THAT(made.With(6, kDomain + "\n" + kTxn), ElementsAre("checkpoint.shape"));
  EXPECT_THAT(made.With(6, kDomain + "\n" + R"({"commitInfo":{}})"),
              ElementsAre("checkpoint.shape"));
  EXPECT_THAT(made.With(6, kDomain + "\n" + R"({"txn":3})"),
              ElementsAre("checkpoint.action", "checkpoint.other"));
}

TEST(CheckpointRules, WantSidecarsAsTheyAreTold) {
  Checkpointed made;
  const auto text = arrow::utf8();
  const auto schema = arrow::schema({arrow::field(
      "add",
      arrow::struct_(
          {arrow::field("path", text), arrow::field("partitionValues", arrow::map(text, text)),
           arrow::field("size", arrow::int64()), arrow::field("modificationTime", arrow::int64()),
           arrow::field("dataChange", arrow::boolean()), arrow::field("stats", text),
           arrow::field("tags", arrow::map(text, text)),
           arrow::field("stats_parsed",
                        arrow::struct_({arrow::field("numRecords", arrow::int64())}))}))});
  const auto put = [&](const std::string& records) {
    return made.table.PutParquet(
        "_delta_log/_sidecars/s.parquet", schema,
        R"([[["a.parquet", [], 5, 1, false, "{\"numRecords\":3}", [["t", "1"]], [)" + records +
            "]]]]");
  };
  const auto size = put("3");
  const auto sidecar = [](std::size_t bytes) {
    return R"({"sidecar":{"path":"s.parquet","modificationTime":1,"sizeInBytes":)" +
           std::to_string(bytes) + "}}";
  };
  EXPECT_THAT(made.With(3, sidecar(size)), IsEmpty());
  EXPECT_THAT(made.With(3, sidecar(size + 1)), ElementsAre("checkpoint.sidecar"));
  EXPECT_THAT(made.With(3, sidecar(put("4"))), ElementsAre("checkpoint.parsed"));
  made.table.Delete("_delta_log/_sidecars/s.parquet");
  EXPECT_THAT(made.With(3, sidecar(size)), ElementsAre("checkpoint.sidecar"));
}

TEST(CheckpointRules, WantFilesThatCanBeRead) {
  Checkpointed made;
  made.table.Put(LogKey(1, "checkpoint.parquet"), "PAR1 nonsense PAR1");
  EXPECT_THAT(made.table.Rules(), testing::Contains("checkpoint.read"));
  made.table.Delete(LogKey(1, "checkpoint.parquet"));
  made.table.Put(LogKey(1, "checkpoint.0000000001.0000000002.parquet"), "x");
  EXPECT_THAT(made.table.Rules({.depth = Depth::kShallow}), ElementsAre("checkpoint.parts"));
}

TEST(CheckpointRules, StartWhereTheLogBegins) {
  Checkpointed made;
  made.table.PutLines(LogKey(1, kUuid), made.Right());
  made.table.Delete(CommitKey(0));
  made.table.Delete(CommitKey(1));
  made.table.PutLines(CommitKey(2), {RemoveLine("a.parquet")});
  EXPECT_THAT(made.table.Rules(), IsEmpty());
  const auto report = made.table.Run();
  EXPECT_EQ(report->checkpoints, 1U);
  EXPECT_EQ(report->commits, 1U);
  made.table.PutLines(CommitKey(2), {RemoveLine("b.parquet")});
  EXPECT_THAT(made.table.Rules({.depth = Depth::kShallow}), ElementsAre("commit.remove-unknown"));
}

TEST(CheckpointRules, KnowTheFeatureOfV2) {
  TestTable table;
  table.Commit({Protocol(), Metadata()});
  table.PutLines(LogKey(0, kUuid),
                 {R"({"checkpointMetadata":{"version":0}})", Protocol(), Metadata()});
  EXPECT_THAT(table.Rules(), ElementsAre("protocol.missing"));
}

constexpr const char* kPointer = "_delta_log/_last_checkpoint";

TEST(LastCheckpoint, NamesACheckpointThatIsThere) {
  Checkpointed made;
  made.table.PutLines(LogKey(1, kUuid), made.Right());
  const auto bytes = made.table.Read(LogKey(1, kUuid)).size();
  made.table.Put(kPointer, R"({"version":1,"size":7,"numOfAddFiles":1,"sizeInBytes":)" +
                               std::to_string(bytes) + "}");
  EXPECT_THAT(made.table.Rules({.depth = Depth::kShallow}), IsEmpty());
  for (const char* text :
       {"nonsense", R"({"version":2,"size":7})", R"({"version":1,"parts":3})", "[]"}) {
    made.table.Put(kPointer, text);
    EXPECT_THAT(made.table.Rules({.depth = Depth::kShallow}), ElementsAre("last-checkpoint.names"))
        << text;
  }
  for (const char* text : {R"({"version":1,"size":9})", R"({"version":1,"size":7,"sizeInBytes":3})",
                           R"({"version":1,"size":7,"numOfAddFiles":2})"}) {
    made.table.Put(kPointer, text);
    EXPECT_THAT(made.table.Rules({.depth = Depth::kShallow}), ElementsAre("last-checkpoint.size"))
        << text;
  }
  made.table.Put(kPointer,
                 R"({"version":1,"size":7,"checksum":"00000000000000000000000000000000"})");
  EXPECT_THAT(made.table.Rules({.depth = Depth::kShallow}),
              ElementsAre("last-checkpoint.checksum"));
}

// The protocol's own example.
TEST(LastCheckpoint, HasTheChecksumOfItsCanonicalText) {
  const std::string text = CanonicalText(ParseJson(
      R"({"k0":"'v 0'", "checksum": "adsaskfljadfkjadfkj", "k1":{"k2": 2, "k3": ["v3", [1, 2], {"k4": "v4", "k5": ["v5", "v6", "v7"]}]}})"));
  EXPECT_EQ(
      text,
      R"("k0"="%27v%200%27","k1"+"k2"=2,"k1"+"k3"+0="v3","k1"+"k3"+1+0=1,"k1"+"k3"+1+1=2,"k1"+"k3"+2+"k4"="v4","k1"+"k3"+2+"k5"+0="v5","k1"+"k3"+2+"k5"+1="v6","k1"+"k3"+2+"k5"+2="v7")");
  EXPECT_EQ(Md5(text), "6a92d155a59bf2eecbd4b4ec7fd1f875");
}

TEST(VersionChecksum, IsThatOfTheVersion) {
  TestTable table;
  table.Put("a.parquet", "12345");
  const std::string add = AddLine("a.parquet", 5);
  table.Commit({Protocol(), Metadata(), add, kTxn});
  const auto inner = [](const std::string& line) {
    const auto colon = line.find(':');
    return line.substr(colon + 1, line.size() - colon - 2);
  };
  const std::string heads =
      R"(,"protocol":)" + inner(Protocol()) + R"(,"metadata":)" + inner(Metadata());
  const auto broken = [&](const std::string& members) {
    table.Put(LogKey(0, "crc"), "{" + members + "}");
    return table.Rules({.depth = Depth::kShallow});
  };
  const std::string right =
      R"("tableSizeBytes":5,"numFiles":1,"numMetadata":1,"numProtocol":1)" + heads;
  EXPECT_THAT(
      broken(right + R"(,"setTransactions":[{"appId":"j","version":1}],"domainMetadata":[],)" +
             R"("allFiles":[)" + inner(add) +
             R"(],"fileSizeHistogram":{"sortedBinBoundaries":[0,4,8],"fileCounts":[0,1,0],)"
             R"("totalBytes":[0,5,0]},"deletedRecordCountsHistogramOpt":)"
             R"({"deletedRecordCounts":[1,0,0,0,0,0,0,0,0,0]})"),
      IsEmpty());
  EXPECT_THAT(broken("\"numFiles\":1"), ElementsAre("crc.read"));
  table.Put(LogKey(0, "crc"), "no json");
  EXPECT_THAT(table.Rules({.depth = Depth::kShallow}), ElementsAre("crc.read"));
  EXPECT_THAT(broken(R"("tableSizeBytes":6,"numFiles":1,"numMetadata":1,"numProtocol":1)" + heads),
              ElementsAre("crc.totals"));
  EXPECT_THAT(broken(R"("tableSizeBytes":5,"numFiles":2,"numMetadata":1,"numProtocol":1)" + heads),
              ElementsAre("crc.totals"));
  for (const std::string more :
       {R"(,"setTransactions":[])", R"(,"domainMetadata":[{"domain":"d","configuration":""}])",
        R"(,"inCommitTimestampOpt":5)"}) {
    EXPECT_THAT(broken(right + more), ElementsAre("crc.actions")) << more;
  }
  EXPECT_THAT(broken(right + R"(,"allFiles":[])"), ElementsAre("crc.files"));
  EXPECT_THAT(
      broken(
          right +
          R"(,"fileSizeHistogram":{"sortedBinBoundaries":[0],"fileCounts":[2],"totalBytes":[5]})"),
      ElementsAre("crc.histogram"));
  EXPECT_THAT(broken(right + R"(,"deletedRecordCountsHistogramOpt":{"deletedRecordCounts":[0]})"),
              ElementsAre("crc.histogram"));
}

}  // namespace
}  // namespace neuralake::verify
