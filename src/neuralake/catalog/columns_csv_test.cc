#include "neuralake/catalog/columns_csv.h"

#include <gtest/gtest.h>

namespace neuralake::catalog {
namespace {

TEST(ColumnsCsv, QuotesWhatNeedsIt) {
  CatalogModel model;
  model.databases.resize(1);
  model.databases[0].name = "aviation";
  model.databases[0].tables.resize(2);
  auto& flights = model.databases[0].tables[0];
  flights.name = "flights";
  flights.owner = "ops, night";
  flights.columns.resize(1);
  flights.columns[0].name = "delay";
  flights.columns[0].type = columnar::DataType{.id = columnar::TypeId::kInteger};
  flights.columns[0].description = "negative is \"early\"";
  flights.columns[0].tags = {"core", "time"};
  model.databases[0].tables[1].name = "planes";
  model.databases[0].tables[1].kind = TableKind::kCsv;
  EXPECT_EQ(ColumnsCsv(model),
            "database,table,kind,owner,column,type,nullable,unit,description,tags\r\n"
            "aviation,flights,delta,\"ops, night\",delay,int32,true,,\"negative is \"\"early\"\"\","
            "core time\r\n"
            "aviation,planes,csv,,,,,,,\r\n");
}

}  // namespace
}  // namespace neuralake::catalog
