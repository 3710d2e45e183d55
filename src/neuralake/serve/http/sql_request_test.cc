#include "neuralake/serve/http/sql_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

using testing::HasSubstr;

Result<SqlAsk> Read(std::string_view body, std::string_view target = "/api/v1/sql",
                    std::string_view accept = "", std::string_view type = "") {
  HttpRequest request;
  request.body = body;
  request.accept = accept;
  request.content_type = type;
  return SqlRequestReader().Read(request, ParseTarget(target).value());
}

std::string Refusal(std::string_view body, std::string_view target = "/api/v1/sql") {
  const auto ask = Read(body, target);
  return ask ? "accepted" : ask.error().message;
}

TEST(SqlRequest, ReadsAJsonBody) {
  const auto ask = Read(R"({"sql": "SELECT $1", "params": [1, 2.5, "x", true, null],
                            "limit": 7, "timeout_ms": 1500, "format": "csv"})",
                        "/api/v1/sql", "application/json");
  ASSERT_TRUE(ask) << ask.error().message;
  EXPECT_EQ(ask->statement.sql, "SELECT $1");
  ASSERT_EQ(ask->statement.positional.size(), 5u);
  EXPECT_EQ(std::get<std::int64_t>(ask->statement.positional[0].data), 1);
  EXPECT_EQ(std::get<double>(ask->statement.positional[1].data), 2.5);
  EXPECT_EQ(std::get<std::string>(ask->statement.positional[2].data), "x");
  EXPECT_EQ(std::get<bool>(ask->statement.positional[3].data), true);
  EXPECT_TRUE(ask->statement.positional[4].is_null());
  EXPECT_EQ(ask->limit, 7u);
  EXPECT_EQ(ask->timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(ask->format, Format::kCsv) << "an explicit format wins over Accept";
}

TEST(SqlRequest, ReadsNamedParameters) {
  const auto ask = Read(R"({"sql": "SELECT $a", "params": {"a": -3}})");
  ASSERT_TRUE(ask);
  EXPECT_EQ(std::get<std::int64_t>(ask->statement.named.at("a").data), -3);
}

TEST(SqlRequest, TakesARawStatement) {
  const auto ask = Read("SELECT 1", "/api/v1/sql?limit=5&format=ndjson");
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->statement.sql, "SELECT 1");
  EXPECT_EQ(ask->limit, 5u);
  EXPECT_EQ(ask->format, Format::kNdjson);
}

TEST(SqlRequest, FollowsAccept) {
  EXPECT_EQ(Read("SELECT 1", "/", "text/csv")->format, Format::kCsv);
  const auto none = Read("SELECT 1", "/", "image/png");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("image/png"));
}

TEST(SqlRequest, RefusesWhatIsNoText) {
  EXPECT_EQ(Refusal(std::string_view("SELECT 1\0, 2", 12)),
            "the body holds the byte 0x00 at byte 8");
  EXPECT_EQ(Refusal("SELECT '\xff'"), "the body holds no UTF-8 but 0xff at byte 8");
  EXPECT_EQ(Refusal("{\"sql\": \"SELECT '\xc3'\"}"), "the body holds no UTF-8 but 0xc3 at byte 17");
  EXPECT_EQ(Refusal(R"({"sql": "SELECT 1\u0000, 2"})"),
            "the statement holds the byte 0x00 at byte 8");
  EXPECT_EQ(Refusal("SELECT 'é€'"), "accepted");
}

TEST(SqlRequest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Refusal(R"({"sql": "SELECT 1", "colour": 1})"),
            "no member colour here; there are sql, params, limit, timeout_ms, format");
  EXPECT_EQ(Refusal("SELECT 1", "/api/v1/sql?colour=1"),
            "no parameter colour here; there are limit, timeout_ms, format");
  EXPECT_THAT(Refusal(R"({"sql": "SELECT 1")"), HasSubstr("not a JSON object"));
  EXPECT_THAT(Refusal(R"({"sql": 1})"), HasSubstr("sql is not a string"));
  EXPECT_THAT(Refusal(R"({"sql": "x", "params": 1})"), HasSubstr("neither a list nor an object"));
  EXPECT_THAT(Refusal(R"({"sql": "x", "params": [[1]]})"), HasSubstr("parameter $1 is an array"));
  EXPECT_THAT(Refusal(R"({"sql": "x", "params": {"a": 18446744073709551615}})"),
              HasSubstr("parameter a is beyond 2^63-1"));
  EXPECT_THAT(Refusal(R"({"sql": "x", "limit": 0})"), HasSubstr("limit is not a whole number"));
  EXPECT_THAT(Refusal("x", "/?limit=1.5"), HasSubstr("limit=1.5 is not a whole number"));
  EXPECT_THAT(Refusal("x", "/?format=xml"), HasSubstr("no format xml"));
  EXPECT_EQ(Refusal(""), "there is no statement in the body");
  EXPECT_EQ(Refusal(" ; \n"), "there is no statement in the body");
}

TEST(SqlRequest, SaysWhatABodyIsInPlaceOfAnObject) {
  constexpr const char* kList =
      R"(the body is a JSON list, not an object such as {"sql": "SELECT 1"})";
  EXPECT_EQ(Refusal("[]"), kList);
  EXPECT_EQ(Refusal(R"([{"sql": "SELECT 1"}])"), kList);
  const auto text = Read(R"("SELECT 1")", "/", "", "Application/JSON; charset=utf-8");
  EXPECT_EQ(text.error().message,
            R"(the body is a JSON value, not an object such as {"sql": "SELECT 1"})");
}

TEST(SqlRequest, RefusesWhatIsGivenTwice) {
  EXPECT_EQ(Refusal(R"({"sql": "x", "limit": 1, "limit": 2})"), "limit is given twice");
  EXPECT_EQ(Refusal(R"({"sql": "x", "sql": "y"})"), "sql is given twice");
  EXPECT_EQ(Refusal(R"({"sql": "x", "limit": 1})", "/?limit=2"), "limit is given twice");
  EXPECT_EQ(Refusal("x", "/?limit=1&limit=2"), "limit is given twice");
  EXPECT_EQ(Refusal("x", "/?format=csv&format=csv"), "format is given twice");
}

TEST(SqlRequest, RefusesALongStatement) {
  EXPECT_THAT(Refusal(std::string((1 << 20) + 1, 'x')), HasSubstr("1048577 bytes"));
}

}  // namespace
}  // namespace neuralake::serve
