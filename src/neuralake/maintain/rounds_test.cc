#include "neuralake/maintain/rounds.h"

#include <stop_token>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::maintain {
namespace {

using testing::HasSubstr;

catalog::CatalogModel Model() {
  catalog::CatalogModel model;
  catalog::DatabaseModel database;
  database.name = "aviation";
  for (const auto& [name, kind] : {std::pair{"airlines", catalog::TableKind::kCsv},
                                   std::pair{"flights", catalog::TableKind::kDelta},
                                   std::pair{"planes", catalog::TableKind::kDelta}}) {
    catalog::TableModel table;
    table.name = name;
    table.kind = kind;
    table.uri = std::string("memory://rounds/") + name;
    database.tables.push_back(std::move(table));
  }
  model.databases.push_back(std::move(database));
  return model;
}

TEST(Rounds, LookAfterAllDeltaTablesWithoutNames) {
  const auto model = Model();
  const auto targets = TargetsOf(&model, {});
  ASSERT_TRUE(targets.has_value());
  ASSERT_EQ(targets->size(), 2U);
  EXPECT_EQ((*targets)[0].name, "aviation.flights");
  EXPECT_EQ((*targets)[1].uri, "memory://rounds/planes");
  EXPECT_FALSE((*targets)[0].required);
}

TEST(Rounds, TakeNamesAndLocations) {
  const auto model = Model();
  const auto targets = TargetsOf(&model, {"aviation.planes", "/data/t", "s3://bucket/t"});
  ASSERT_TRUE(targets.has_value());
  ASSERT_EQ(targets->size(), 3U);
  EXPECT_EQ((*targets)[1].uri, "/data/t");
  EXPECT_TRUE((*targets)[2].required);
}

TEST(Rounds, SayWhichNameIsNoTable) {
  const auto model = Model();
  EXPECT_THAT(TargetsOf(&model, {"aviation.trains"}).error().message,
              HasSubstr("no table aviation.trains"));
  EXPECT_THAT(TargetsOf(&model, {"aviation.airlines"}).error().message,
              HasSubstr("is no Delta table"));
  EXPECT_THAT(TargetsOf(nullptr, {"t"}).error().message, HasSubstr("./t"));
}

TEST(Rounds, LeaveOutATableThatWasNeverWritten) {
  Tables tables;
  const auto declared = tables.Open({"a", "memory://rounds/none", false}, {});
  ASSERT_TRUE(declared.has_value()) << declared.error().message;
  EXPECT_EQ(*declared, nullptr);
  EXPECT_EQ(tables.Open({"a", "memory://rounds/none", true}, {}).error().kind,
            ErrorKind::kNotFound);
}

TEST(Rounds, EndWhenTheyAreStopped) {
  FakeClock clock;
  std::stop_source stop;
  int rounds = 0;
  EveryInterval(std::chrono::minutes(1), Deadline::Never(stop.get_token(), clock), [&] {
    if (++rounds == 3) stop.request_stop();
  });
  EXPECT_EQ(rounds, 3);
}

}  // namespace
}  // namespace neuralake::maintain
