#include "neuralake/catalog/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Column Integer(std::string name) {
  Column column;
  column.name = std::move(name);
  column.type = columnar::DataType{.id = columnar::TypeId::kInteger};
  return column;
}

CatalogModel Model() {
  const Column id = Integer("id");
  const Column delay = Integer("dep_delay");
  TableModel flights;
  flights.name = "flights";
  flights.uri = "data/flights";
  flights.columns = {id, delay};
  TableModel planes;
  planes.name = "planes";
  DatabaseModel aviation;
  aviation.name = "aviation";
  aviation.tables = {flights, planes};
  CatalogModel model;
  model.databases = {aviation};
  return model;
}

std::vector<std::string> Lines(const CatalogModel& before, const CatalogModel& after) {
  std::vector<std::string> lines;
  for (const auto& change : Diff(before, after)) lines.push_back(FormatChange(change));
  return lines;
}

TEST(Diff, OfEqualCatalogsIsEmptyEvenWhenLinesMoved) {
  CatalogModel moved = Model();
  moved.databases[0].tables[0].place = {"lake/a.py", 70};
  EXPECT_THAT(Lines(Model(), moved), IsEmpty());
}

TEST(Diff, NamesWhatWasAddedRemovedAndChanged) {
  CatalogModel after = Model();
  auto& tables = after.databases[0].tables;
  tables[0].columns[1].type = columnar::DataType{.id = columnar::TypeId::kLong};
  tables[0].owner = "ops";
  tables[0].properties["delta.appendOnly"] = "true";
  tables[0].columns.erase(tables[0].columns.begin());
  tables[1].name = "weather";
  after.databases.emplace_back();
  after.databases.back().name = "sales";
  EXPECT_THAT(
      Lines(Model(), after),
      ElementsAre("~ aviation.flights: owner (nothing) -> ops",
                  "~ aviation.flights: properties.delta.appendOnly (nothing) -> true",
                  "~ aviation.flights.dep_delay: type int32 -> int64", "- aviation.flights.id",
                  "- aviation.planes", "+ aviation.weather", "+ sales"));
}

TEST(Diff, TellsAChangedOrderOfColumnsOnce) {
  CatalogModel after = Model();
  std::swap(after.databases[0].tables[0].columns[0], after.databases[0].tables[0].columns[1]);
  EXPECT_THAT(Lines(Model(), after),
              ElementsAre("~ aviation.flights: order of columns id, dep_delay -> dep_delay, id"));
}

TEST(Drift, TellsWhatATableDoesNotHaveAsDeclared) {
  TableModel definition;
  EXPECT_EQ(Drift(definition, columnar::ParseDdl("id int").value()), "");
  definition.columns = {Integer("id"), Integer("extra"), Integer("name")};
  EXPECT_EQ(Drift(definition, columnar::ParseDdl("ID int, name string, more int").value()),
            "column extra is declared and not there; column name is declared int32 and is string");
  definition.columns = {Integer("id")};
  EXPECT_EQ(Drift(definition, columnar::ParseDdl("id int, more int").value()), "");
}

}  // namespace
}  // namespace neuralake::catalog
