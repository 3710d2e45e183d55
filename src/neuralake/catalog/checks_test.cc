#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/catalog/fields.h"
#include "neuralake/catalog/model.h"
#include "neuralake/catalog/reading.h"

namespace neuralake::catalog {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Json Table(const std::string& name, const Json& more = Json::object()) {
  Json table = {{"name", name},
                {"kind", "delta"},
                {"uri", "data/" + name},
                {"place", {{"file", "lake/aviation.py"}, {"line", 7}}}};
  table.update(more);
  return table;
}

Json Columns(const std::vector<std::pair<std::string, std::string>>& columns) {
  Json list = Json::array();
  int line = 10;
  for (const auto& [name, type] : columns) {
    list.push_back({{"name", name},
                    {"type", type},
                    {"place", {{"file", "lake/aviation.py"}, {"line", line++}}}});
  }
  return list;
}

Json Document(Json tables, const std::string& database = "aviation") {
  return {{"format", "neuralake.definitions"},
          {"version", 1},
          {"databases",
           {{{"name", database},
             {"place", {{"file", "lake/__init__.py"}, {"line", 2}}},
             {"tables", std::move(tables)}}}}};
}

std::vector<std::string> Check(const Json& document) {
  std::vector<std::string> lines;
  for (const auto& problem : CheckDefinitions(document.dump())) {
    lines.push_back(FormatProblem(problem));
  }
  return lines;
}

std::vector<std::string> CheckTable(const Json& more) {
  return Check(Document({Table("flights", more)}));
}

TEST(Checks, AGoodTableHasNoProblems) {
  EXPECT_THAT(CheckTable({{"columns", Columns({{"id", "int64"}, {"month", "int32"}})},
                          {"key", {"ID"}},
                          {"partition_by", {"month"}},
                          {"properties", {{"delta.appendOnly", "true"}, {"mine", "x"}}}}),
              IsEmpty());
  EXPECT_THAT(CheckTable({{"kind", "csv"}}), IsEmpty());
}

TEST(Checks, FiveMistakesAreToldAtOnceInOrderOfLine) {
  Json document =
      Document({Table("flights", {{"columns", Columns({{"id", "intt64"}, {"delay", "int32"}})},
                                  {"key", {"idd"}}}),
                Table("planes", {{"uri", "s33://lake/planes"}}), Table("Planes")});
  document["problems"] = {{{"file", "lake/aviation.py"},
                           {"line", 3},
                           {"subject", "lake.aviation.LIMIT"},
                           {"message", "RuntimeError: no"}}};
  EXPECT_THAT(
      Check(document),
      ElementsAre(
          "lake/aviation.py:3: lake.aviation.LIMIT: RuntimeError: no",
          AllOf(HasSubstr("aviation.Planes: table planes is there already, at lake/aviation.py:7")),
          HasSubstr("aviation.flights: key names column idd, which is not among the columns; "
                    "did you mean id?"),
          HasSubstr("aviation.planes: unknown scheme s33:// in uri; did you mean s3://?"),
          AllOf(HasSubstr("lake/aviation.py:10: aviation.flights.id: unknown type intt64"),
                HasSubstr("did you mean int64?"))));
}

TEST(Checks, ATypeLikeNoOtherGetsTheWholeList) {
  EXPECT_THAT(CheckTable({{"columns", Columns({{"id", "object"}})}}),
              ElementsAre(HasSubstr("known are array, map, struct, bool, int8")));
  EXPECT_THAT(CheckTable({{"columns", Columns({{"id", "array<strin>"}})}}),
              ElementsAre(HasSubstr("did you mean string?")));
}

TEST(Checks, EngineNamesAreRefusedForDatabases) {
  EXPECT_THAT(Check(Document({Table("flights")}, "main")),
              ElementsAre(HasSubstr("lake/__init__.py:2: main: 'main' is a name of the engine")));
}

TEST(Checks, ColumnsDifferInMoreThanCase) {
  EXPECT_THAT(
      CheckTable({{"columns", Columns({{"id", "int64"}, {"ID", "int64"}})}}),
      ElementsAre(HasSubstr("aviation.flights.ID: column id is there already, at line 10")));
}

TEST(Checks, PartitionsCutTablesThatHaveFiles) {
  const Json columns = Columns({{"id", "int64"}, {"s", "struct<a: int32>"}});
  EXPECT_THAT(CheckTable({{"columns", columns}, {"partition_by", {"s"}}}),
              ElementsAre(HasSubstr("a nested value cannot cut a table")));
  EXPECT_THAT(CheckTable({{"columns", columns}, {"partition_by", {"id", "s"}}}),
              testing::Contains(HasSubstr("names every column")));
  EXPECT_THAT(CheckTable({{"kind", "csv"}, {"partition_by", {"id"}}}),
              ElementsAre(HasSubstr("for Delta and Parquet tables only")));
  EXPECT_THAT(CheckTable({{"kind", "parquet"}, {"partition_by", {"id"}}}),
              ElementsAre(HasSubstr("needs hive=True")));
  EXPECT_THAT(CheckTable({{"partition_by", {"id", "ID"}}}),
              ElementsAre(HasSubstr("partition_by names column ID twice")));
}

TEST(Checks, SecretsAmongPropertiesAreErrorsAndUnknownOnesWarnings) {
  const auto problems =
      CheckDefinitions(Document({Table("flights", {{"properties",
                                                    {{"fs.s3a.secret.key", "hunter2"},
                                                     {"delta.apendOnly", "true"},
                                                     {"delta.nothingLikeIt", "1"}}}})})
                           .dump());
  std::vector<std::string> lines;
  for (const auto& problem : problems) lines.push_back(FormatProblem(problem));
  EXPECT_THAT(lines, ElementsAre(HasSubstr("warning: unknown property delta.apendOnly; did you "
                                           "mean delta.appendOnly?"),
                                 HasSubstr("warning: unknown property delta.nothingLikeIt"),
                                 HasSubstr("fs.s3a.secret.key looks like a secret")));
  EXPECT_THAT(lines, Not(testing::Contains(HasSubstr("hunter2"))));
}

TEST(Checks, WrongShapesAreToldInPythonsWords) {
  EXPECT_THAT(CheckTable({{"tags", "core"}}),
              ElementsAre(HasSubstr("tags must be a list of texts, not the text 'core'")));
  EXPECT_THAT(CheckTable({{"uri", 7}}),
              testing::Contains(HasSubstr("uri must be a text, not the number 7")));
  EXPECT_THAT(CheckTable({{"owner", {{"$python", "set"}}}}),
              ElementsAre(HasSubstr("owner must be a text, not a set")));
  EXPECT_THAT(CheckTable({{"columns", {"id"}}}),
              testing::Contains(HasSubstr("found the text 'id' where an object belongs")));
  EXPECT_THAT(CheckTable({{"kind", "JdbcTable"}}),
              ElementsAre(HasSubstr("unknown kind of table 'JdbcTable'")));
}

TEST(Checks, TheDelimiterOfACsvFileIsOneCharacter) {
  EXPECT_THAT(CheckTable({{"kind", "csv"}, {"csv", {{"delimiter", "||"}}}}),
              ElementsAre(HasSubstr("delimiter must be one ASCII character")));
  EXPECT_THAT(CheckTable({{"kind", "csv"}, {"csv", {{"delimiter", "\t"}}}}), IsEmpty());
}

TEST(Checks, OtherDocumentsAreRefused) {
  EXPECT_THAT(Check(Json("x")), ElementsAre(HasSubstr("not a neuralake.definitions document")));
  EXPECT_THAT(Check({{"format", "neuralake.definitions"}, {"version", 2}}),
              ElementsAre(HasSubstr("version 2 of neuralake.definitions is not known")));
  const auto problems = CheckDefinitions("{\"format\": ");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("not JSON"));
}

TEST(Checks, EachDeltaTableHasAFolderOfItsOwn) {
  const auto lines = Check(Document({Table("events", {{"uri", "data/events"}}),
                                     Table("failures", {{"uri", "./data//events/failures/"}}),
                                     Table("events2", {{"uri", "data/events2"}})}));
  EXPECT_THAT(lines, ElementsAre(HasSubstr("aviation.failures: lies inside the folder of "
                                           "aviation.events (lake/aviation.py:7)")));
}

TEST(Checks, TwoNamesOfOneTableMustNotDeclareDifferentColumns) {
  const Json ids = {{"uri", "data/t"}, {"columns", Columns({{"id", "int64"}})}};
  const Json words = {{"uri", "data/t"}, {"columns", Columns({{"id", "string"}})}};
  EXPECT_THAT(Check(Document({Table("a", ids), Table("b", ids), Table("c", {{"uri", "data/t"}})})),
              IsEmpty());
  EXPECT_THAT(Check(Document({Table("a", ids), Table("b", words)})),
              ElementsAre(HasSubstr("aviation.b: lies where aviation.a (lake/aviation.py:7) does, "
                                    "with other columns")));
}

TEST(Checks, DeadLettersKeepTheirOwnColumns) {
  const Json letters = {{"uri", "data/t__dead_letters"}};
  Json wrong = letters;
  wrong["columns"] = Columns({{"id", "int64"}});
  const auto table = Table("t", {{"uri", "data/t"}});
  EXPECT_THAT(Check(Document({table, Table("t_dead", letters)})), IsEmpty());
  EXPECT_THAT(Check(Document({table, Table("t_dead", wrong)})),
              ElementsAre(HasSubstr("aviation.t_dead: is where the dead letters of aviation.t")));
}

TEST(Checks, ValuesOfPropertiesMakeSense) {
  EXPECT_THAT(CheckTable({{"properties",
                           {{"delta.appendOnly", "maybe"},
                            {"delta.checkpointInterval", "-5"},
                            {"delta.columnMapping.mode", "names"},
                            {"delta.dataSkippingNumIndexedCols", "-2"},
                            {"delta.isolationLevel", "Loose"},
                            {"delta.logRetentionDuration", "soon"}}}}),
              ElementsAre(HasSubstr("delta.appendOnly takes true or false, not 'maybe'"),
                          HasSubstr("delta.checkpointInterval takes a number above 0, not '-5'"),
                          HasSubstr("takes none, name or id, not 'names'"),
                          HasSubstr("takes a number from 0, or -1 for all, not '-2'"),
                          HasSubstr("takes Serializable or WriteSerializable, not 'Loose'"),
                          HasSubstr("takes a time span such as 'interval 7 days', not 'soon'")));
  EXPECT_THAT(CheckTable({{"properties",
                           {{"delta.appendOnly", "TRUE"},
                            {"delta.checkpointInterval", "5"},
                            {"delta.columnMapping.mode", "name"},
                            {"delta.dataSkippingNumIndexedCols", "-1"},
                            {"delta.logRetentionDuration", "interval 30 days"}}}}),
              IsEmpty());
}

TEST(Checks, WarnsOfColumnsWithWhichATableCannotBeMade) {
  EXPECT_THAT(CheckTable({{"columns", Columns({{"a b", "int64"}, {"v", "array<variant>"}})}}),
              ElementsAre(AllOf(HasSubstr("warning"), HasSubstr("delta.columnMapping.mode = name")),
                          AllOf(HasSubstr("warning"), HasSubstr("column v is a variant"))));
  EXPECT_THAT(CheckTable({{"columns", Columns({{"a b", "int64"}})},
                          {"properties", {{"delta.columnMapping.mode", "name"}}}}),
              IsEmpty());
}

}  // namespace
}  // namespace neuralake::catalog
