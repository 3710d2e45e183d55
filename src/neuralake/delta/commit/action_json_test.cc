#include "neuralake/delta/commit/action_json.h"

#include <gtest/gtest.h>

#include "neuralake/columnar/types.h"
#include "neuralake/delta/log/action_parser.h"

namespace neuralake::delta {
namespace {

std::string Line(const Action& action) {
  std::string text;
  AppendActionJson(action, text);
  return text;
}

// Written, parsed and written again.
std::string RoundTrip(const Action& action) {
  const auto actions = ParseCommit(Line(action));
  EXPECT_TRUE(actions.has_value()) << actions.error().message;
  return actions && actions->size() == 1 ? Line(actions->front()) : "";
}

AddFile FullAdd() {
  AddFile add;
  add.path = "p=a%20b/part-0.parquet";
  add.partition_values = {{"p", "a b"}, {"q", std::nullopt}};
  add.size = 123;
  add.modification_time = 1'700'000'000'000;
  add.stats = R"({"numRecords":1,"minValues":{"s":"quote \" and \\ and é"}})";
  add.tags = {{"k", "v"}};
  add.deletion_vector = DeletionVectorDescriptor{'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6};
  add.base_row_id = 7;
  add.default_row_commit_version = 3;
  add.clustering_provider = "liquid";
  return add;
}

TEST(ActionJson, AnAddHasTheMembersOfTheProtocol) {
  EXPECT_EQ(
      Line(FullAdd()),
      R"json({"add":{"path":"p=a%20b/part-0.parquet","partitionValues":{"p":"a b","q":null},"size":123,"modificationTime":1700000000000,"dataChange":true,"stats":"{\"numRecords\":1,\"minValues\":{\"s\":\"quote \\\" and \\\\ and é\"}}","tags":{"k":"v"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":7,"defaultRowCommitVersion":3,"clusteringProvider":"liquid"}})json"
      "\n");
}

TEST(ActionJson, EveryActionIsReadBackAsItWas) {
  RemoveFile remove;
  remove.path = "x.parquet";
  remove.deletion_timestamp = 5;
  remove.data_change = false;
  remove.extended_file_metadata = true;
  remove.partition_values = {{"p", std::nullopt}};
  remove.size = 9;
  Metadata metadata;
  metadata.id = "id-1";
  metadata.name = "flights";
  metadata.description = "line\nbreak";
  metadata.schema = columnar::ParseDdl("a long not null, b string").value();
  metadata.schema_text = columnar::FormatSchemaJson(metadata.schema);
  metadata.partition_columns = {"b"};
  metadata.configuration = {{"delta.appendOnly", "true"}};
  metadata.created_time = 17;
  const Protocol protocol{3, 7, {{"timestampNtz"}}, {{"timestampNtz", "appendOnly"}}};
  const SetTransaction transaction{"app \"1\"", 12, 99};
  const DomainMetadata domain{"neuralake.x", R"({"a":1})", false};
  AddCdcFile cdc;
  cdc.path = "_change_data/c.parquet";
  cdc.size = 3;
  for (const Action& action : std::initializer_list<Action>{FullAdd(), remove, metadata, protocol,
                                                            transaction, domain, cdc}) {
    EXPECT_EQ(RoundTrip(action), Line(action));
  }
}

TEST(ActionJson, ACommitInfoKeepsItsToken) {
  CommitInfo info;
  info.timestamp = 1;
  info.in_commit_timestamp = 2;
  info.operation = "WRITE";
  info.operation_parameters = {{"mode", "Append"}};
  info.txn_id = "token";
  info.is_blind_append = true;
  info.read_version = 3;
  const auto back = ParseCommit(Line(info)).value();
  const auto& read = std::get<CommitInfo>(back.front());
  EXPECT_EQ(read.txn_id, "token");
  EXPECT_EQ(read.in_commit_timestamp, 2);
  EXPECT_EQ(read.is_blind_append, true);
  EXPECT_EQ(read.operation_parameters.at("mode"), "Append");
}

}  // namespace
}  // namespace neuralake::delta
