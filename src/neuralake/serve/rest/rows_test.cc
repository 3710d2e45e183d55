#include "neuralake/serve/rest/rows.h"

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/serve/rest/cursor.h"

namespace neuralake::serve {
namespace {

using testing::HasSubstr;

class PlanRowsTest : public testing::Test {
 protected:
  PlanRowsTest() { table_.name = "flights"; }

  Result<RowsPlan> Plan(const std::string& query) {
    target_ = ParseTarget("/rows?" + query).value();
    return PlanRows("aviation", table_, columns_, target_);
  }

  std::string Sql(const std::string& query) {
    const auto plan = Plan(query);
    return plan ? plan->statement.sql : plan.error().message;
  }

  static std::shared_ptr<arrow::RecordBatch> Batch(const std::string& json) {
    const auto type =
        arrow::struct_({arrow::field("id", arrow::int64()), arrow::field("month", arrow::int32()),
                        arrow::field("carrier", arrow::utf8())});
    return arrow::RecordBatch::FromStructArray(
               arrow::json::ArrayFromJSONString(type, json).ValueOrDie())
        .ValueOrDie();
  }

  catalog::TableModel table_;
  columnar::Schema columns_ =
      columnar::ParseDdl("id BIGINT, month INT, carrier STRING, tags ARRAY<STRING>").value();
  Target target_;
};

TEST_F(PlanRowsTest, ReadsATableWithoutParameters) {
  EXPECT_EQ(Sql(""), R"(SELECT * FROM "aviation"."flights" LIMIT 1001)");
}

TEST_F(PlanRowsTest, SelectsFiltersOrdersAndLimits) {
  const auto plan =
      Plan("select=id,carrier&month=eq.1&carrier=in.(AA,UA)&order=month.desc,id&limit=10");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->statement.sql,
            R"(SELECT "id", "carrier" FROM "aviation"."flights" WHERE "month" = $1 AND )"
            R"("carrier" IN ($2, $3) ORDER BY "month" DESC NULLS LAST, "id" ASC NULLS LAST )"
            R"(LIMIT 11)");
  EXPECT_EQ(plan->statement.positional.size(), 3u);
  EXPECT_EQ(plan->limit, 10u);
}

TEST_F(PlanRowsTest, UsesColumnsNamesOfTheTable) {
  EXPECT_THAT(Sql("MONTH=eq.1"), HasSubstr(R"("month" = $1)"));
}

TEST_F(PlanRowsTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(Sql("colour=eq.1"), "no column colour; there are id, month, carrier, tags");
  EXPECT_EQ(Sql("select=id,nope"), "no column nope; there are id, month, carrier, tags");
  EXPECT_EQ(Sql("order=tags"), "order by tags: a nested column has no order");
  EXPECT_EQ(Sql("limit=0"), "limit=0 is not a whole number from 1 to 1000000");
  EXPECT_EQ(Sql("limit=1&limit=2"), "limit is given twice");
  EXPECT_EQ(Sql("order=id&order=month"), "order is given twice");
  EXPECT_EQ(Sql("order=month.up"),
            "order by month: no direction up; there are asc, desc, nullsfirst, nullslast");
  EXPECT_EQ(Sql("order=month.nullsfirst.desc"),
            "order by month: no direction nullsfirst.desc; there are asc, desc, nullsfirst, "
            "nullslast, asc or desc first");
  EXPECT_EQ(Sql("order=colour.up"), "no column colour.up; there are id, month, carrier, tags");
  EXPECT_EQ(Sql("cursor=xyz"), "cursor is not one that this server gave as `next`");
  EXPECT_EQ(Sql("month=1"),
            "filter on month: `1` is none of eq. neq. gt. gte. lt. lte. like. in. is. not.");
}

TEST_F(PlanRowsTest, LetsAColumnBeCalledLikeAWord) {
  columns_ = columnar::ParseDdl("`limit` INT").value();
  EXPECT_THAT(Sql("limit=eq.5&limit=7"), HasSubstr(R"(WHERE "limit" = $1 LIMIT 8)"));
}

TEST_F(PlanRowsTest, ContinuesByNumberInTheSameVersion) {
  const auto first = Plan("month=eq.1&limit=2");
  first->pager->Saw(*Batch(R"([{"id": 1}, {"id": 2}])"));
  const auto next = first->pager->Next({true, {}, {{"aviation.flights", 7}}, {}});
  ASSERT_TRUE(next);
  EXPECT_EQ(Sql("month=eq.1&limit=3&cursor=" + *next),
            R"(SELECT * FROM "aviation"."flights" AT (VERSION => 7) WHERE "month" = $1 LIMIT 4 )"
            R"(OFFSET 2)");
}

TEST_F(PlanRowsTest, ContinuesBehindTheLastKey) {
  table_.key = {"id"};
  const auto first = Plan("order=carrier.desc&limit=2");
  ASSERT_TRUE(first);
  EXPECT_THAT(first->statement.sql,
              HasSubstr(R"(ORDER BY "carrier" DESC NULLS LAST, "id" ASC NULLS LAST)"));
  first->pager->Saw(*Batch(R"([{"id": 1, "carrier": "UA"}, {"id": 5, "carrier": "B6"}])"));
  const auto next = first->pager->Next({true, {}, {}, {}});
  const auto second = Plan("order=carrier.desc&limit=2&cursor=" + *next);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->statement.sql,
            R"(SELECT * FROM "aviation"."flights" WHERE ((("carrier" < $1 OR "carrier" IS NULL)))"
            R"( OR ("carrier" = $1 AND ("id" > $2 OR "id" IS NULL))) )"
            R"(ORDER BY "carrier" DESC NULLS LAST, "id" ASC NULLS LAST LIMIT 3)");
  EXPECT_EQ(std::get<std::string>(second->statement.positional[0].data), "B6");
  EXPECT_EQ(std::get<std::int64_t>(second->statement.positional[1].data), 5);
}

TEST_F(PlanRowsTest, FallsBackToNumbersBehindANull) {
  table_.key = {"id"};
  const auto first = Plan("order=carrier&limit=1");
  first->pager->Saw(*Batch(R"([{"id": 1, "carrier": null}])"));
  const auto next = first->pager->Next({true, {}, {}, {}});
  EXPECT_THAT(Sql("order=carrier&limit=1&cursor=" + *next), HasSubstr("LIMIT 2 OFFSET 1"));
}

TEST_F(PlanRowsTest, EndsWithoutACursor) {
  const auto plan = Plan("limit=2");
  plan->pager->Saw(*Batch(R"([{"id": 1}])"));
  EXPECT_EQ(plan->pager->Next({false, {}, {}, {}}), std::nullopt);
}

TEST_F(PlanRowsTest, RefusesACursorOfAnotherRequest) {
  const auto first = Plan("month=eq.1&limit=2");
  const auto next = first->pager->Next({true, {}, {}, {}});
  EXPECT_EQ(Sql("month=eq.2&limit=2&cursor=" + *next),
            "cursor belongs to a request with other parameters");
}

}  // namespace
}  // namespace neuralake::serve
