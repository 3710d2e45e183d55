#include "neuralake/generate/spoil.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace neuralake::generate {
namespace {

columnar::Schema SchemaOf(std::string_view ddl) { return columnar::ParseDdl(ddl).value(); }

std::string Lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += R"({"id":)" + std::to_string(i) + R"(,"name":"x","price":"1.50"})" + "\n";
  }
  return lines;
}

TEST(Spoiler, BreaksTheShareThatItWasAskedFor) {
  auto spoiler =
      Spoiler::Make(SchemaOf("id BIGINT NOT NULL, name STRING, price decimal(5, 2)"), 0.1, 1)
          .value();
  std::string out;
  ASSERT_TRUE(spoiler.Spoil(Lines(10'000), out).has_value());
  EXPECT_EQ(std::ranges::count(out, '\n'), 10'000);
  const auto& damage = spoiler.damage();
  EXPECT_NEAR(static_cast<double>(damage.total()), 1'000, 100);
  EXPECT_GT(damage.wrong_type, 200);
  EXPECT_GT(damage.missing_field, 200);
  EXPECT_GT(damage.broken_json, 200);
}

TEST(Spoiler, LeavesNoBrokenLineThatWouldPass) {
  auto spoiler =
      Spoiler::Make(SchemaOf("id BIGINT NOT NULL, name STRING, price decimal(5, 2)"), 1, 1).value();
  std::string out;
  ASSERT_TRUE(spoiler.Spoil(Lines(300), out).has_value());
  for (std::size_t at = 0; at < out.size();) {
    const auto end = out.find('\n', at);
    const auto json = nlohmann::json::parse(out.substr(at, end - at), nullptr, false);
    const bool good = json.is_object() && json.contains("id") && json["id"].is_number() &&
                      json["price"] != "nonsense";
    EXPECT_FALSE(good) << json;
    at = end + 1;
  }
}

TEST(Spoiler, BreaksTheSameLinesHoweverTheyAreCut) {
  const auto schema = SchemaOf("id BIGINT NOT NULL");
  auto whole = Spoiler::Make(schema, 0.3, 5).value();
  auto parts = Spoiler::Make(schema, 0.3, 5).value();
  std::string at_once;
  std::string piecewise;
  ASSERT_TRUE(whole.Spoil(Lines(50) + Lines(50), at_once).has_value());
  ASSERT_TRUE(parts.Spoil(Lines(50), piecewise).has_value());
  ASSERT_TRUE(parts.Spoil(Lines(50), piecewise).has_value());
  EXPECT_EQ(at_once, piecewise);
}

TEST(Spoiler, CutsLinesOffWhenNothingElseCanBeWrong) {
  auto spoiler = Spoiler::Make(SchemaOf("name STRING"), 1, 1).value();
  std::string out;
  ASSERT_TRUE(spoiler.Spoil("{\"name\":\"x\"}\n", out).has_value());
  EXPECT_EQ(out, "{\"name\n");
  EXPECT_EQ(spoiler.damage().broken_json, 1);
}

TEST(Spoiler, TouchesNothingWithAShareOfNothing) {
  auto spoiler = Spoiler::Make(SchemaOf("id BIGINT"), 0, 1).value();
  std::string out;
  ASSERT_TRUE(spoiler.Spoil(Lines(100), out).has_value());
  EXPECT_EQ(out, Lines(100));
}

TEST(Spoiler, RefusesAShareThatIsNone) {
  EXPECT_EQ(Spoiler::Make(SchemaOf("id BIGINT"), 1.5, 1).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace neuralake::generate
