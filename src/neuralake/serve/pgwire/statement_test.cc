#include "neuralake/serve/pgwire/statement.h"

#include <gtest/gtest.h>

#include "neuralake/query/limits.h"

namespace neuralake::serve {
namespace {

constexpr std::uint32_t kInteger = 23;
constexpr std::uint32_t kText = 25;
constexpr std::uint32_t kIntegerArray = 1007;
constexpr std::uint32_t kTextArray = 1009;
constexpr std::uint32_t kNumericArray = 1231;
constexpr std::uint32_t kUuid = 2950;

PgStatement Read(std::string_view sql, std::vector<std::uint32_t> types) {
  auto statement = ReadSingleStatement(sql, std::move(types));
  EXPECT_TRUE(statement) << Describe(statement.error());
  return *std::move(statement);
}

Result<PgBound> Bound(const PgStatement& statement,
                      std::vector<std::optional<std::string_view>> parameters) {
  PgBind bind;
  bind.parameters = std::move(parameters);
  return BindParameters(statement, bind);
}

std::string Repeated(std::string_view part, std::size_t times) {
  std::string text = "SELECT len([1";
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text + "])";
}

TEST(ReadStatement, CastsWhatTravelsAsTextAlone) {
  const PgStatement statement = Read("SELECT $1, $2, $1", {kUuid, kInteger});
  EXPECT_EQ(statement.text.sql(), "SELECT CAST($1 AS UUID), $2, CAST($1 AS UUID)");
}

TEST(BindParameters, GivesListsOfNumbersTheDigitsOfTheirValues) {
  const PgStatement statement = Read("SELECT $1, $2, $1, nope", {kNumericArray, kNumericArray});
  EXPECT_EQ(statement.text.sql(),
            "SELECT CAST($1 AS DECIMAL[]), CAST($2 AS DECIMAL[]), CAST($1 AS DECIMAL[]), nope");
  const auto bound = Bound(statement, {"{1.25}", "{NaN}"});
  ASSERT_TRUE(bound);
  const std::string_view wanted =
      "SELECT CAST($1 AS DECIMAL(3,2)[]), CAST($2 AS DOUBLE[]), CAST($1 AS DECIMAL(3,2)[]), nope";
  EXPECT_EQ(bound->text.sql(), wanted);
  EXPECT_EQ(bound->text.Original(static_cast<std::int64_t>(wanted.find("nope"))), 19);
  EXPECT_EQ(Bound(statement, {std::nullopt, std::nullopt})->text.sql(), statement.text.sql());
}

TEST(BindParameters, RefusesWhatTypesMakeTooLong) {
  const PgStatement statement = Read(Repeated(", $1", 37'000), {kNumericArray});
  EXPECT_TRUE(Bound(statement, {"{1}"}));
  const auto refused = Bound(statement, {"{12345678901234567890.123456789}"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sqlstate, "54000");
}

TEST(ReadStatement, RefusesWhatCastsMakeTooLong) {
  const auto refused = ReadSingleStatement(Repeated(", $1", 90'000), {kNumericArray});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sqlstate, "54000");
  EXPECT_EQ(refused.error().message,
            "the statement names parameters in too many places: with their types it is longer "
            "than 1048576 bytes");
  EXPECT_TRUE(ReadSingleStatement(Repeated(", $1", 90'000), {kInteger})) << "they need no cast";
}

TEST(TypeLists, GivesListsTheTypesOfTheirElements) {
  PgStatement statement =
      Read("SELECT /* é */ $1 = ANY($2), 'x' <> all ( $3 ), any_value($1), 1 = SOME($4)",
           {kInteger, 0, 0, kNumericArray});
  EXPECT_EQ(statement.lists, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(ElementText(statement).value(),
            "SELECT /* é */ $1 = ($2), 'x' <>  ( $3 ), any_value($1), 1 = SOME($4)");
  engine::Description elements;
  elements.parameters.resize(4);
  elements.parameters[1].id = columnar::TypeId::kInteger;
  ASSERT_TRUE(TypeLists(statement, &elements));
  EXPECT_EQ(statement.types,
            (std::vector<std::uint32_t>{kInteger, kIntegerArray, kTextArray, kNumericArray}));
  EXPECT_TRUE(statement.lists.empty());
  EXPECT_EQ(statement.text.sql(),
            "SELECT /* é */ $1 = ANY(CAST($2 AS INTEGER[])), 'x' <> all ( CAST($3 AS VARCHAR[]) ), "
            "any_value($1), 1 = SOME(CAST($4 AS DECIMAL[]))");
}

TEST(TypeLists, GivesThemInTheQueryOfACursor) {
  PgStatement statement = Read("DECLARE c CURSOR FOR SELECT 1 = ANY($1)", {});
  ASSERT_NE(statement.query, nullptr);
  EXPECT_EQ(statement.query->lists, (std::vector<std::size_t>{0}));
  EXPECT_EQ(ElementText(*statement.query).value(), "SELECT 1 = ($1)");
  engine::Description elements;
  elements.parameters.resize(1);
  elements.parameters[0].id = columnar::TypeId::kInteger;
  ASSERT_TRUE(TypeLists(*statement.query, &elements));
  EXPECT_EQ(statement.query->types, (std::vector<std::uint32_t>{kIntegerArray}));
  EXPECT_EQ(statement.query->text.sql(), "SELECT 1 = ANY(CAST($1 AS INTEGER[]))");
  EXPECT_EQ(statement.query->text.Original(7), 28) << "counted in all of what was sent";
}

TEST(TypeLists, LeavesListsOfTextsWhereNothingIsTold) {
  PgStatement statement = Read("SELECT $1 = ANY($2)", {0, 0});
  ASSERT_TRUE(TypeLists(statement, nullptr));
  EXPECT_EQ(statement.types, (std::vector<std::uint32_t>{0, kTextArray}));
}

TEST(TypedText, CastsEachParameterOnce) {
  const PgStatement statement = Read("SELECT $1, $2, $3, $4", {kUuid, kInteger, 0, 0});
  EXPECT_EQ(TypedText(statement, nullptr).value(),
            "SELECT CAST($1 AS UUID), CAST($2 AS INTEGER), CAST($3 AS VARCHAR), "
            "CAST($4 AS VARCHAR)");
  engine::Description inferred;
  inferred.parameters.resize(4);
  inferred.parameters[3].id = columnar::TypeId::kLong;
  EXPECT_EQ(TypedText(statement, &inferred).value(),
            "SELECT CAST($1 AS UUID), CAST($2 AS INTEGER), CAST($3 AS VARCHAR), $4");
}

TEST(TypedText, IsRefusedBeforeItGrowsTooLong) {
  const PgStatement statement = Read(Repeated(", $1", 90'000), {kInteger});
  const auto refused = TypedText(statement, nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sqlstate, "54000");
}

TEST(ForgetCasts, LeavesOtherCastsAlone) {
  const PgStatement statement = Read("SELECT $1, $2, $3", {kUuid, kInteger, kText});
  engine::Description description;
  for (const char* name : {"(CAST($2 AS INTEGER) + CAST($3 AS VARCHAR))", "CAST($1 AS UUID)",
                           "CAST($2 AS BIGINT)", "CAST($9 AS INTEGER)", "CAST($", "x"}) {
    description.columns.fields.push_back({.name = name});
  }
  ForgetCasts(statement, description);
  std::vector<std::string> names;
  for (const auto& field : description.columns.fields) names.push_back(field.name);
  EXPECT_EQ(names, (std::vector<std::string>{"($2 + $3)", "CAST($1 AS UUID)", "CAST($2 AS BIGINT)",
                                             "CAST($9 AS INTEGER)", "CAST($", "x"}));
}

}  // namespace
}  // namespace neuralake::serve
