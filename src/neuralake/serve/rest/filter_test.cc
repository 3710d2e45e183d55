#include "neuralake/serve/rest/filter.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

using columnar::TypeId;

columnar::Field Column(std::string name, TypeId id) {
  return {std::move(name), columnar::DataType{id, 0, 0, {}}, true, {}};
}

const columnar::Field kMonth = Column("month", TypeId::kInteger);
const columnar::Field kName = Column("na\"me", TypeId::kString);

/// The condition, then its parameters.
std::string Sql(const columnar::Field& column, std::string_view text) {
  Parameters parameters;
  const auto sql = FilterSql(column, text, parameters);
  if (!sql) return sql.error().message;
  std::string out = *sql;
  for (const auto& value : parameters.Take()) out += " | " + columnar::FormatPartitionValue(value);
  return out;
}

TEST(FilterSql, BindsEveryValue) {
  EXPECT_EQ(Sql(kMonth, "eq.1"), "\"month\" = $1 | 1");
  EXPECT_EQ(Sql(kMonth, "neq.-2"), "\"month\" <> $1 | -2");
  EXPECT_EQ(Sql(kMonth, "gte.3"), "\"month\" >= $1 | 3");
  EXPECT_EQ(Sql(kMonth, "in.(1,2)"), "\"month\" IN ($1, $2) | 1 | 2");
  EXPECT_EQ(Sql(kName, "eq.1; DROP TABLE x"), "\"na\"\"me\" = $1 | 1; DROP TABLE x");
  EXPECT_EQ(Sql(kName, R"(in.("a,b","c\"d",e))"), "\"na\"\"me\" IN ($1, $2, $3) | a,b | c\"d | e");
}

TEST(FilterSql, TurnsStarsIntoPatterns) {
  EXPECT_EQ(Sql(kName, "like.*air*"), "\"na\"\"me\" LIKE $1 | %air%");
}

TEST(FilterSql, KnowsNullAndNot) {
  EXPECT_EQ(Sql(kMonth, "is.null"), "\"month\" IS NULL");
  EXPECT_EQ(Sql(kMonth, "not.is.null"), "NOT (\"month\" IS NULL)");
  EXPECT_EQ(Sql(Column("b", TypeId::kBoolean), "is.true"), "\"b\" IS TRUE");
  EXPECT_EQ(Sql(kName, "eq."), "\"na\"\"me\" = $1 | ");
}

TEST(FilterSql, SaysWhatIsWrong) {
  EXPECT_EQ(Sql(kMonth, "eq.x"), "filter on month: `x` is not of type int32");
  EXPECT_EQ(Sql(kMonth, "eq.99999999999"), "filter on month: `99999999999` is not of type int32");
  EXPECT_EQ(Sql(kMonth, "eq."), "filter on month: the value is empty; for null there is is.null");
  EXPECT_EQ(Sql(kMonth, "5"),
            "filter on month: `5` is none of eq. neq. gt. gte. lt. lte. like. in. is. not.");
  EXPECT_EQ(Sql(kMonth, "eq"),
            "filter on month: `eq` is none of eq. neq. gt. gte. lt. lte. like. in. is. not.");
  EXPECT_EQ(Sql(kMonth, "like.1*"), "filter on month: `like` is for text columns");
  EXPECT_EQ(Sql(kMonth, "in.1,2"), "filter on month: `in` wants a list in parentheses: in.(1,2)");
  EXPECT_EQ(Sql(kName, "in.(\"a)"), "filter on na\"me: a quote in the list is not closed");
  EXPECT_EQ(Sql(kMonth, "is.true"),
            "filter on month: `is` wants null or not_null, of a boolean also true or false");
  EXPECT_EQ(Sql(kMonth, "not.not.eq.1"),
            "filter on month: `not.not.eq.1` is none of eq. neq. gt. gte. lt. lte. like. in. is. "
            "not.");
}

TEST(LooksLikeFilter, TellsFiltersFromOtherValues) {
  EXPECT_TRUE(LooksLikeFilter("eq.5"));
  EXPECT_TRUE(LooksLikeFilter("not.is.null"));
  EXPECT_FALSE(LooksLikeFilter("csv"));
  EXPECT_FALSE(LooksLikeFilter("a.desc"));
}

}  // namespace
}  // namespace neuralake::serve
