#include "neuralake/generate/dataset.h"

#include <gmock/gmock.h>

#include "neuralake/generate/dataset_testing.h"
#include "neuralake/generate/limits.h"

namespace neuralake::generate {
namespace {

using testing::HasSubstr;

DatasetRequest RequestOf(std::string_view name, std::int64_t rows) {
  DatasetRequest request{.name = std::string(name), .rows = rows};
  request.declared.schema = columnar::ParseDdl("id BIGINT NOT NULL, word STRING").value();
  return request;
}

std::int64_t RowsThereAre(std::string_view name) {
  return name == "tpch.region" ? 5 : name == "tpch.nation" ? 25 : 3'000;
}

TEST(OpenDataset, GivesTheSameRowsForTheSameSeed) {
  for (const auto& row : Datasets()) {
    auto request = RequestOf(row.name, RowsThereAre(row.name));
    const auto first = AllRows(request);
    EXPECT_TRUE(first->Equals(*AllRows(request))) << row.name;
    request.seed = 2;
    EXPECT_FALSE(first->Equals(*AllRows(request))) << row.name;
  }
}

TEST(OpenDataset, GivesAsManyRowsAsAskedFor) {
  for (const auto& row : Datasets()) {
    for (const std::int64_t rows : {std::int64_t{1}, RowsThereAre(row.name)}) {
      EXPECT_EQ(AllRows(RequestOf(row.name, rows))->num_rows(), rows) << row.name;
    }
  }
}

TEST(OpenDataset, DoesNotLetTheNumberOfRowsChangeThem) {
  for (const auto* name : {"telemetry", "schema"}) {
    const auto few = AllRows(RequestOf(name, 10));
    const auto many = AllRows(RequestOf(name, kBatchRows + 10));
    EXPECT_TRUE(few->Equals(*many->Slice(0, 10))) << name;
  }
}

TEST(OpenDataset, HasNoBatchLargerThanItsLimit) {
  const auto source = OpenDataset(RequestOf("telemetry", kBatchRows * 2 + 1)).value();
  std::vector<std::int64_t> sizes;
  while (const auto batch = source->Next().value()) sizes.push_back(batch->num_rows());
  EXPECT_THAT(sizes, testing::ElementsAre(kBatchRows, kBatchRows, 1));
}

TEST(OpenDataset, EndsAtOnceWithoutRows) {
  const auto source = OpenDataset(RequestOf("telemetry", 0)).value();
  EXPECT_EQ(source->Next().value(), nullptr);
}

struct Refusal {
  DatasetRequest request;
  const char* message;
};

TEST(OpenDataset, RefusesWhatItCannotMake) {
  DatasetRequest skewed = RequestOf("telemetry", 1);
  skewed.skew = -1;
  DatasetRequest scaled = RequestOf("telemetry", 1);
  scaled.scale = 1;
  DatasetRequest tiny = RequestOf("tpch.orders", 1);
  tiny.scale = 0;
  DatasetRequest small = RequestOf("tpch.orders", 2'000);
  small.scale = 0.001;
  DatasetRequest crowd = RequestOf("telemetry", 1);
  crowd.telemetry.devices = 0;
  DatasetRequest fast = RequestOf("telemetry", 1);
  fast.telemetry.interval = 0;
  for (const auto& [request, message] : std::vector<Refusal>{
           {RequestOf("telemetrie", 1), "no dataset telemetrie; there are telemetry, schema, tpch"},
           {RequestOf("telemetry", -1), "-1 rows"},
           {RequestOf("tpch.nation", 26), "tpch.nation has 25 rows, not 26"},
           {skewed, "skew -1"},
           {scaled, "a scale is for the tables of tpch"},
           {tiny, "scale 0"},
           {small, "tpch.orders has 1500 rows at this scale, not 2000"},
           {crowd, "0 devices"},
           {fast, "an interval is between"}}) {
    const auto source = OpenDataset(request);
    ASSERT_FALSE(source.has_value()) << message;
    EXPECT_EQ(source.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(source.error().message, HasSubstr(message));
  }
}

TEST(OpenDataset, SaysSoWhenAScaleHasFewerLineItems) {
  DatasetRequest request = RequestOf("tpch.lineitem", 100'000);
  request.scale = 0.001;
  const auto source = OpenDataset(request).value();
  EXPECT_THAT(source->Next().error().message, HasSubstr("there are only "));
}

}  // namespace
}  // namespace neuralake::generate
