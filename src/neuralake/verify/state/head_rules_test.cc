#include "neuralake/verify/state/head_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/verify/test_table.h"

namespace neuralake::verify {
namespace {

using testing::ElementsAre;

std::set<std::string> Broken(const std::string& protocol,
                             const std::string& metadata = Metadata()) {
  TestTable table;
  table.Commit({protocol, metadata});
  return table.Rules();
}

std::string Lists(const std::string& reader, const std::string& writer) {
  return R"("readerFeatures":[)" + reader + R"(],"writerFeatures":[)" + writer + "]";
}

TEST(ProtocolRules, WantVersionsAndListsThatFit) {
  EXPECT_THAT(Broken(Protocol(1, 2)), ElementsAre());
  EXPECT_THAT(Broken(Protocol(2, 5)), ElementsAre());
  EXPECT_THAT(Broken(Protocol(3, 7, Lists("", ""))), ElementsAre());
  EXPECT_THAT(Broken(Protocol(1, 9)), ElementsAre("protocol.versions"));
  EXPECT_THAT(Broken(Protocol(3, 6, R"("readerFeatures":[])")), ElementsAre("protocol.versions"));
  EXPECT_THAT(Broken(Protocol(3, 7)), ElementsAre("protocol.lists"));
  EXPECT_THAT(Broken(Protocol(1, 2, R"("writerFeatures":[])")), ElementsAre("protocol.lists"));
}

TEST(ProtocolRules, WantFeaturesInTheRightLists) {
  EXPECT_THAT(Broken(Protocol(3, 7, Lists(R"("deletionVectors")", R"("deletionVectors")"))),
              ElementsAre());
  EXPECT_THAT(Broken(Protocol(2, 7, R"("writerFeatures":["columnMapping"])")), ElementsAre());
  EXPECT_THAT(Broken(Protocol(1, 7, R"("writerFeatures":["deletionVectors"])")),
              ElementsAre("protocol.feature"));
  EXPECT_THAT(Broken(Protocol(3, 7, Lists(R"("deletionVectors")", ""))),
              ElementsAre("protocol.feature"));
  EXPECT_THAT(Broken(Protocol(3, 7, Lists(R"("appendOnly")", R"("appendOnly")"))),
              ElementsAre("protocol.feature"));
  EXPECT_THAT(Broken(Protocol(1, 7, R"("writerFeatures":["teleport"])")),
              ElementsAre("protocol.unknown"));
  EXPECT_THAT(Broken(Protocol(1, 7, R"("writerFeatures":["rowTracking"])")),
              ElementsAre("protocol.dependency"));
}

TEST(ProtocolRules, WantWhatTheTableMakesUseOf) {
  for (const std::string& metadata :
       {Metadata("", "", R"("delta.enableDeletionVectors":"true")"),
        Metadata("", "", R"("delta.enableChangeDataFeed":"true")"),
        Metadata("", "", R"("delta.constraints.c":"id > 0")"),
        Metadata("", "", R"("delta.checkpointPolicy":"v2")"),
        Metadata(Column("t", "timestamp_ntz")), Metadata(Column("v", "variant")),
        Metadata(Column("g", "long", true, R"("delta.generationExpression":"1")")),
        Metadata(Column("d", "long", true, R"("CURRENT_DEFAULT":"1")")),
        Metadata(Column("d", "long", true, R"("delta.identity.step":1)")),
        Metadata(Column(
            "a", R"({"type":"array","elementType":"timestamp_ntz","containsNull":true})"))}) {
    EXPECT_THAT(Broken(Protocol(), metadata), ElementsAre("protocol.missing")) << metadata;
  }
  EXPECT_THAT(Broken(Protocol(1, 1), Metadata("", "", R"("delta.appendOnly":"true")")),
              ElementsAre("protocol.missing"));
}

TEST(MetadataRules, WantASchemaOfKnownTypes) {
  for (const std::string& type :
       {std::string("timestmap"), std::string("decimal(39,2)"), std::string("decimal(2,3)"),
        std::string(R"({"type":"array","elementType":"long"})"),
        std::string(R"({"type":"map","keyType":"long","valueContainsNull":true})"),
        std::string(R"({"type":"struct"})")}) {
    EXPECT_THAT(Broken(Protocol(), Metadata(Column("c", type))), ElementsAre("metadata.schema"))
        << type;
  }
  EXPECT_THAT(Broken(Protocol(), Metadata("3")), ElementsAre("metadata.schema"));
  EXPECT_THAT(Broken(Protocol(), Metadata(R"({"name":"c","type":"long"})")),
              ElementsAre("metadata.schema"));
  std::string deep = "\"long\"";
  for (int i = 0; i < 200; ++i) {
    deep = R"({"type":"array","containsNull":true,"elementType":)" + deep + "}";
  }
  EXPECT_THAT(Broken(Protocol(), Metadata(Column("c", deep))), ElementsAre("metadata.schema"));
}

TEST(MetadataRules, WantParquet) {
  std::string orc = Metadata();
  orc.replace(orc.find("parquet"), 7, "orc");
  EXPECT_THAT(Broken(Protocol(), orc), ElementsAre("metadata.format"));
}

TEST(MetadataRules, WantNamesOfTheirOwn) {
  EXPECT_THAT(Broken(Protocol(), Metadata(Column("a", "long") + "," + Column("A", "long"))),
              ElementsAre("metadata.names"));
  const std::string inner =
      R"({"type":"struct","fields":[)" + Column("b", "long") + "," + Column("B", "long") + "]}";
  EXPECT_THAT(Broken(Protocol(), Metadata(Column("a", inner))), ElementsAre("metadata.names"));
}

TEST(MetadataRules, WantPartitionColumns) {
  EXPECT_THAT(Broken(Protocol(), Metadata("", R"("name")")), ElementsAre());
  EXPECT_THAT(Broken(Protocol(), Metadata("", R"("nmae")")), ElementsAre("metadata.partition"));
  EXPECT_THAT(Broken(Protocol(), Metadata("", R"("name","name")")),
              ElementsAre("metadata.partition"));
  const std::string list = R"({"type":"array","elementType":"long","containsNull":true})";
  EXPECT_THAT(Broken(Protocol(), Metadata(Column("l", list) + "," + Column("b", "long"), R"("l")")),
              ElementsAre("metadata.partition"));
}

std::string Mapped(const std::string& name, int id, const std::string& physical) {
  return Column(name, "long", true,
                R"("delta.columnMapping.id":)" + std::to_string(id) +
                    R"(,"delta.columnMapping.physicalName":")" + physical + "\"");
}

TEST(MetadataRules, WantIdsAndPhysicalNames) {
  const auto broken = [](const std::string& fields, const std::string& mode = "name") {
    return Broken(Protocol(2, 5),
                  Metadata(fields, "",
                           R"("delta.columnMapping.maxColumnId":"2","delta.columnMapping.mode":")" +
                               mode + "\""));
  };
  EXPECT_THAT(broken(Mapped("a", 1, "x") + "," + Mapped("b", 2, "y")), ElementsAre());
  EXPECT_THAT(broken(Mapped("a", 1, "x") + "," + Mapped("b", 1, "y")),
              ElementsAre("metadata.mapping"));
  EXPECT_THAT(broken(Mapped("a", 1, "x") + "," + Mapped("b", 2, "x")),
              ElementsAre("metadata.mapping"));
  EXPECT_THAT(broken(Mapped("a", 3, "x")), ElementsAre("metadata.mapping"));
  EXPECT_THAT(broken(Column("a", "long")), ElementsAre("metadata.mapping"));
  EXPECT_THAT(broken(Mapped("a", 1, "x"), "nmae"), ElementsAre("metadata.mapping"));
  EXPECT_THAT(Broken(Protocol(1, 2), Metadata(Mapped("a", 1, "x"), "",
                                              R"("delta.columnMapping.maxColumnId":"1",)"
                                              R"("delta.columnMapping.mode":"id")")),
              ElementsAre("protocol.missing"));
}

TEST(MetadataRules, WantLegalTypeChanges) {
  const std::string protocol = Protocol(3, 7, Lists(R"("typeWidening")", R"("typeWidening")"));
  const auto changed = [&](const std::string& type, const std::string& changes) {
    return Broken(protocol,
                  Metadata(Column("c", type, true, R"("delta.typeChanges":[)" + changes + "]")));
  };
  const std::string to_int = R"({"fromType":"short","toType":"integer"})";
  const std::string to_long = R"({"fromType":"integer","toType":"long"})";
  EXPECT_THAT(changed("long", to_int + "," + to_long), ElementsAre());
  EXPECT_THAT(changed("integer", to_int + "," + to_long), ElementsAre("metadata.type-change"));
  EXPECT_THAT(changed("short", R"({"fromType":"long","toType":"short"})"),
              ElementsAre("metadata.type-change"));
  EXPECT_THAT(changed("integer", R"({"fromType":"text","toType":"integer"})"),
              ElementsAre("metadata.type-change"));
  EXPECT_THAT(changed(R"({"type":"array","elementType":"long","containsNull":true})",
                      R"({"fromType":"short","toType":"long","fieldPath":"element"})"),
              ElementsAre());
}

TEST(TableRules, WantRowIdsBelowTheMark) {
  const auto broken = [](const std::string& first, const std::string& second, int mark) {
    TestTable table;
    table.Put("a", "12345");
    table.Put("b", "12345");
    table.Commit(
        {Protocol(1, 7, R"("writerFeatures":["rowTracking","domainMetadata"])"),
         Metadata("", "", R"("delta.enableRowTracking":"true")"),
         R"({"domainMetadata":{"domain":"delta.rowTracking","configuration":"{\"rowIdHighWaterMark\":)" +
             std::to_string(mark) + R"(}","removed":false}})",
         AddLine("a", 5, Stats(R"({"numRecords":3})") + first),
         AddLine("b", 5, Stats(R"({"numRecords":3})") + second)});
    return table.Rules({.depth = Depth::kShallow});
  };
  const std::string at_zero = R"(,"baseRowId":0,"defaultRowCommitVersion":0)";
  const std::string at_two = R"(,"baseRowId":2,"defaultRowCommitVersion":0)";
  const std::string at_three = R"(,"baseRowId":3,"defaultRowCommitVersion":0)";
  EXPECT_THAT(broken(at_zero, at_three, 5), ElementsAre());
  EXPECT_THAT(broken(at_zero, at_three, 4), ElementsAre("row-tracking.ids"));
  EXPECT_THAT(broken(at_zero, at_two, 5), ElementsAre("row-tracking.ids"));
  EXPECT_THAT(broken(at_zero, "", 5), ElementsAre("row-tracking.ids"));
}

TEST(TableRules, WantClusteringColumns) {
  const auto broken = [](const std::string& column, const std::string& partition) {
    TestTable table;
    table.Commit(
        {Protocol(1, 7, R"("writerFeatures":["clustering","domainMetadata"])"),
         Metadata("", partition),
         R"({"domainMetadata":{"domain":"delta.clustering","configuration":"{\"clusteringColumns\":[[\")" +
             column + R"(\"]]}","removed":false}})"});
    return table.Rules();
  };
  EXPECT_THAT(broken("id", ""), ElementsAre());
  EXPECT_THAT(broken("di", ""), ElementsAre("clustering.columns"));
  EXPECT_THAT(broken("id", R"("name")"), ElementsAre("clustering.columns"));
}

}  // namespace
}  // namespace neuralake::verify
