#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/catalog/fields.h"
#include "neuralake/catalog/model.h"

namespace neuralake::catalog {
namespace {

using testing::HasSubstr;

Json Definitions() {
  return Json::parse(R"({
    "format": "neuralake.definitions", "version": 1, "problems": [],
    "databases": [
      {"name": "sales", "tables": []},
      {"name": "aviation", "description": "Flights.", "tables": [
        {"name": "weather", "kind": "csv", "uri": "/srv/weather.csv",
         "csv": {"delimiter": ";", "header": false, "null_values": ["NA"]}},
        {"name": "planes", "kind": "parquet", "uri": "s3://lake/planes/", "hive_partitioning": true,
         "partition_by": ["year"]},
        {"name": "carriers", "kind": "function",
         "function": {"module": "lake.aviation", "name": "carriers"}},
        {"name": "flights", "kind": "delta", "uri": "./data//flights/", "owner": "ops",
         "description": "One row a flight.", "tags": ["core"], "deprecation": "use flights_v2",
         "key": ["id"], "partition_by": ["month"], "properties": {"delta.appendOnly": "true"},
         "place": {"file": "lake/aviation.py", "line": 7},
         "columns": [{"name": "id", "type": "BIGINT", "nullable": false},
                     {"name": "month", "type": "int", "unit": "month", "tags": ["time"]},
                     {"name": "free", "type": null}]}]}]})");
}

TEST(Manifest, KeepsEverythingThatWasDefined) {
  const auto manifest = MakeManifest(Definitions().dump());
  ASSERT_TRUE(manifest) << manifest.error().message;
  const auto model = LoadManifest(*manifest, "/home/me/lake");
  ASSERT_TRUE(model) << model.error().message;
  const TableModel* flights = (*model)->Find("aviation", "flights");
  ASSERT_NE(flights, nullptr);
  EXPECT_EQ(flights->uri, "/home/me/lake/data/flights");
  EXPECT_EQ(flights->owner, "ops");
  EXPECT_EQ(flights->deprecation, "use flights_v2");
  EXPECT_EQ(flights->place, (SourcePlace{"lake/aviation.py", 7}));
  EXPECT_EQ(flights->properties.at("delta.appendOnly"), "true");
  ASSERT_EQ(flights->columns.size(), 3U);
  EXPECT_EQ(flights->columns[0].type->id, columnar::TypeId::kLong);
  EXPECT_FALSE(flights->columns[0].nullable);
  EXPECT_EQ(flights->columns[1].unit, "month");
  EXPECT_FALSE(flights->columns[2].type);
  const TableModel* planes = (*model)->Find("aviation", "planes");
  EXPECT_EQ(planes->uri, "s3://lake/planes");
  EXPECT_TRUE(planes->hive_partitioning);
  const TableModel* weather = (*model)->Find("aviation", "weather");
  EXPECT_EQ(weather->csv.delimiter, ";");
  EXPECT_FALSE(weather->csv.header);
  EXPECT_THAT(weather->csv.null_values, testing::ElementsAre("NA"));
  EXPECT_EQ((*model)->Find("aviation", "carriers")->function.module, "lake.aviation");
  EXPECT_EQ((*model)->databases[0].name, "aviation");
  EXPECT_EQ((*model)->digest.size(), 64U);
}

TEST(Manifest, HasTheSameBytesForTheSameDefinitionsInAnyOrder) {
  Json turned = Definitions();
  std::ranges::reverse(turned["databases"]);
  for (Json& database : turned["databases"]) std::ranges::reverse(database["tables"]);
  turned["databases"][0]["tables"][0]["columns"][0]["type"] = "int64";
  EXPECT_EQ(*MakeManifest(turned.dump()), *MakeManifest(Definitions().dump()));
}

TEST(Manifest, NamesNoFolderOfTheMachine) {
  EXPECT_THAT(*MakeManifest(Definitions().dump()), HasSubstr("\"uri\": \"data/flights\""));
}

TEST(Manifest, IsNotMadeOfDefinitionsWithErrors) {
  Json broken = Definitions();
  broken["databases"][1]["tables"][0]["uri"] = "";
  broken["databases"][1]["tables"][1]["partition_by"] = {"a", "a"};
  const auto manifest = MakeManifest(broken.dump());
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(manifest.error().message, HasSubstr("aviation.planes: partition_by names column a "
                                                  "twice\naviation.weather: uri is empty"));
}

TEST(Manifest, OfAnotherVersionOrCutShortIsRefused) {
  const std::string manifest = *MakeManifest(Definitions().dump());
  EXPECT_THAT(LoadManifest(manifest.substr(0, manifest.size() / 2)).error().message,
              HasSubstr("not JSON"));
  EXPECT_THAT(LoadManifest(Definitions().dump()).error().message,
              HasSubstr("not a neuralake.catalog document"));
  EXPECT_THAT(LoadManifest(R"({"format": "neuralake.catalog", "version": 9})").error().message,
              HasSubstr("version 9"));
}

TEST(Manifest, ChangedBytesChangeTheDigest) {
  const std::string manifest = *MakeManifest(Definitions().dump());
  EXPECT_EQ((*LoadManifest(manifest))->digest, (*LoadManifest(manifest))->digest);
  EXPECT_NE((*LoadManifest(manifest))->digest, (*LoadManifest(manifest + "\n"))->digest);
}

}  // namespace
}  // namespace neuralake::catalog
