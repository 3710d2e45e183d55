#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "neuralake/catalog/model.h"
#include "neuralake/site/facts/facts.h"

namespace neuralake::site {

// A small catalog and its facts, made by hand, for the tests of this room.

inline WallTime SampleTime(std::int64_t minutes) {
  return WallTime{std::chrono::milliseconds{1'763'700'000'000 + minutes * 60'000}};
}

inline catalog::Column SampleColumn(std::string name, std::string_view type,
                                    std::string description = "", std::string unit = "") {
  catalog::Column column;
  column.name = std::move(name);
  column.type = columnar::ParseType(type).value();
  column.description = std::move(description);
  column.unit = std::move(unit);
  return column;
}

inline catalog::TableModel SampleFlights() {
  catalog::TableModel table;
  table.name = "flights";
  table.kind = catalog::TableKind::kDelta;
  table.uri = "s3://lake/flights";
  table.description =
      "Flights that left the three airports of New York in 2013. One row a departure.\n\n"
      "Cancelled flights have no departure time.";
  table.owner = "ops";
  table.tags = {"core", "events"};
  table.key = {"year", "flight"};
  table.partition_by = {"month"};
  table.columns = {
      SampleColumn("year", "int32"), SampleColumn("month", "int32", "1 to 12"),
      SampleColumn("flight", "int32", "number of the flight"),
      SampleColumn("dep_delay", "double", "how late it left; negative is early", "min"),
      SampleColumn("carrier", "string", "two letters; joins airlines")};
  table.place = {"lake/aviation.py", 12};
  return table;
}

inline ColumnFacts SampleColumnFacts(std::string name, std::string type,
                                     std::optional<std::int64_t> null_count,
                                     std::optional<std::string> min,
                                     std::optional<std::string> max) {
  ColumnFacts column;
  column.name = std::move(name);
  column.type = std::move(type);
  column.null_count = null_count;
  column.min = std::move(min);
  column.max = std::move(max);
  return column;
}

inline TableFacts SampleFlightsFacts() {
  TableFacts facts;
  facts.version = 42;
  facts.rows = 336'776;
  facts.bytes = 12'345'678;
  facts.files = 14;
  facts.updated = SampleTime(0);
  facts.columns = {SampleColumnFacts("year", "int32", 0, "2013", "2013"),
                   SampleColumnFacts("month", "int32", {}, {}, {}),
                   SampleColumnFacts("flight", "int32", 0, "1", "8500"),
                   SampleColumnFacts("dep_delay", "double", 8'255, "-43", "1301"),
                   SampleColumnFacts("carrier", "string", 0, "9E", "YV"),
                   SampleColumnFacts("place", "struct", {}, {}, {}),
                   SampleColumnFacts("place.lat", "double", 12, "40.6", "40.9")};
  facts.columns[0].nullable = false;
  facts.columns[4].tight = false;
  facts.columns[6].path = {"place", "lat"};
  facts.partition_by = {"month"};
  facts.partitions = {{{"1"}, 3, 1'100'000, 27'004}, {{std::nullopt}, 1, 900, 2}};
  facts.partitions_total = 12;
  for (std::int64_t i = 0; i < 12; ++i) {
    facts.history.push_back({.version = 42 - i,
                             .time = SampleTime(-i),
                             .operation = i == 3 ? "OPTIMIZE" : "WRITE",
                             .rows_added = i == 3 ? std::nullopt : std::optional(1'000 * (12 - i)),
                             .rows_removed = std::nullopt,
                             .engine = "neuralake/0.1.0"});
  }
  return facts;
}

/// Databases `aviation` (flights, and two with problems) and `hostile`, whose names are an attack.
inline catalog::CatalogPtr SampleCatalog() {
  auto model = std::make_shared<catalog::CatalogModel>();
  model->name = "neuralake";
  catalog::TableModel carriers;
  carriers.name = "carriers";
  carriers.kind = catalog::TableKind::kFunction;
  carriers.description = "Carriers by size.";
  carriers.function = {"lake.aviation", "carriers"};
  catalog::TableModel old_flights;
  old_flights.name = "old_flights";
  old_flights.kind = catalog::TableKind::kCsv;
  old_flights.uri = "/data/old.csv";
  old_flights.deprecation = "Use aviation.flights.";
  model->databases.push_back({"aviation",
                              "Everything that flies.",
                              {std::move(carriers), SampleFlights(), std::move(old_flights)},
                              {}});
  catalog::TableModel attack;
  attack.name = "<script>alert(1)</script>";
  attack.description = "</title><img src=x onerror=alert(1)> \"quoted\" & 航班 \xFF";
  attack.tags = {"a\"b<c>"};
  attack.columns = {SampleColumn("a b\"<i>", "string", "<b>bold</b>")};
  model->databases.push_back({"hostile", "", {std::move(attack)}, {}});
  return model;
}

/// The facts of `SampleCatalog`, in its order.
inline std::vector<TableFacts> SampleFacts() {
  std::vector<TableFacts> facts(4);
  facts[1] = SampleFlightsFacts();
  facts[2].problem = "not_found: no file /data/old.csv";
  return facts;
}

}  // namespace neuralake::site
