"""Flights from New York in 2013, and what explains them: five tables of four kinds."""

import os

import polars as pl

from neuralake import Column, CsvTable, DeltaTable, ParquetTable, table

LAKE = os.environ.get("DEMO_LAKE", "tables")
RAW = os.environ.get("DEMO_RAW", "raw")

flights = DeltaTable(
    f"{LAKE}/flights",
    description="One row a flight that left New York City in 2013, as it was reported.",
    owner="operations",
    tags=["core", "events"],
    key=["event_id"],
    columns=[
        Column("event_id", "int64", "Position in time order; unique.", nullable=False),
        Column("time_hour", "timestamp", "The scheduled hour of departure.", nullable=False),
        Column("year", "int32"),
        Column("month", "int32"),
        Column("day", "int32"),
        Column("dep_time", "int32", "Local time as HHMM; null for a cancelled flight."),
        Column("sched_dep_time", "int32", "Local time as HHMM."),
        Column("dep_delay", "int32", "Negative is early.", unit="minutes"),
        Column("arr_time", "int32", "Local time as HHMM."),
        Column("sched_arr_time", "int32", "Local time as HHMM."),
        Column("arr_delay", "int32", "Negative is early.", unit="minutes"),
        Column("carrier", "string", "Two letters; see airlines.", nullable=False),
        Column("flight", "int32", "Flight number."),
        Column("tailnum", "string", "The plane; see planes."),
        Column("origin", "string", "FAA code of the airport."),
        Column("dest", "string", "FAA code of the airport; see airports."),
        Column("air_time", "int32", unit="minutes"),
        Column("distance", "int32", unit="miles"),
    ],
)

weather = DeltaTable(
    f"{LAKE}/weather",
    description="Hourly weather at the three airports of New York City.",
    owner="operations",
    tags=["reference"],
)

airlines = ParquetTable(
    f"{RAW}/airlines.parquet",
    description="Carriers by their two letters.",
    owner="reference-data",
    tags=["reference"],
)

airports = CsvTable(
    f"{RAW}/airports.csv",
    description="Airports by FAA code.",
    owner="reference-data",
    tags=["reference"],
    columns=[
        Column("faa", "string", "FAA code.", nullable=False),
        Column("name", "string"),
        Column("lat", "float64", unit="degrees"),
        Column("lon", "float64", unit="degrees"),
        Column("alt", "int32", unit="feet"),
        Column("tz", "int32", "Offset from UTC.", unit="hours"),
        Column("dst", "string"),
        Column("tzone", "string", "IANA time zone."),
    ],
)


@table(
    owner="fleet",
    tags=["reference"],
    columns=[
        Column("tailnum", "string", nullable=False),
        Column("built", "int32", "Year of manufacture."),
        Column("manufacturer", "string"),
        Column("model", "string"),
        Column("seats", "int32"),
    ],
)
def planes() -> pl.LazyFrame:
    """Planes by tail number, read by Python when somebody asks."""
    return pl.scan_csv(f"{RAW}/planes.csv", null_values="NA").select(
        "tailnum",
        pl.col("year").cast(pl.Int32).alias("built"),
        "manufacturer",
        "model",
        pl.col("seats").cast(pl.Int32),
    )
