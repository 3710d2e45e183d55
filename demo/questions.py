"""The questions of the demo: SQL for Neuralake, and Polars on the raw files as its judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Question:
    title: str
    sql: str
    expected: Callable[[pl.DataFrame, Path], pl.DataFrame]


def by_airline(flights: pl.DataFrame, raw: Path) -> pl.DataFrame:
    airlines = pl.read_parquet(raw / "airlines.parquet")
    return (
        flights.join(airlines, on="carrier")
        .group_by("name")
        .agg(pl.len().alias("flights"), pl.col("dep_delay").mean().round(3).alias("delay"))
        .sort("flights", "name", descending=[True, False])
        .head(5)
    )


def worst_destinations(flights: pl.DataFrame, raw: Path) -> pl.DataFrame:
    airports = pl.read_csv(raw / "airports.csv", infer_schema_length=None)
    return (
        flights.join(airports.select("faa", "name"), left_on="dest", right_on="faa")
        .group_by("name")
        .agg(pl.len().alias("flights"), pl.col("arr_delay").mean().round(3).alias("delay"))
        .filter(pl.col("flights") >= 100)
        .sort("delay", "name", descending=[True, False])
        .head(5)
    )


def four_kinds(flights: pl.DataFrame, raw: Path) -> pl.DataFrame:
    airlines = pl.read_parquet(raw / "airlines.parquet").rename({"name": "airline"})
    airports = pl.read_csv(raw / "airports.csv", infer_schema_length=None)
    planes = pl.read_csv(raw / "planes.csv", null_values="NA")
    return (
        flights.join(airlines, on="carrier")
        .join(airports.select("faa"), left_on="dest", right_on="faa")
        .join(planes.select("tailnum", "manufacturer", "seats"), on="tailnum")
        .group_by("manufacturer")
        .agg(
            pl.len().alias("flights"),
            pl.col("airline").n_unique().alias("airlines"),
            pl.col("seats").max().alias("seats"),
        )
        .sort("flights", "manufacturer", descending=[True, False])
        .head(5)
    )


def wet_hours(flights: pl.DataFrame, raw: Path) -> pl.DataFrame:
    weather = pl.read_parquet(raw / "weather.parquet")
    return (
        flights.join(weather.select("origin", "time_hour", "precip"), on=["origin", "time_hour"])
        .group_by((pl.col("precip") > 0).alias("wet"))
        .agg(pl.len().alias("flights"), pl.col("dep_delay").mean().round(3).alias("delay"))
        .sort("wet")
    )


def exactly_once(flights: pl.DataFrame, raw: Path) -> pl.DataFrame:
    del raw
    return flights.select(
        pl.len().alias("rows"),
        pl.col("event_id").n_unique().alias("distinct"),
        pl.col("event_id").sum().alias("sum"),
        pl.col("distance").cast(pl.Int64).sum().alias("miles"),
    )


QUESTIONS = [
    Question(
        "every event once",
        "SELECT count(*) AS rows, count(DISTINCT event_id) AS distinct, "
        "CAST(sum(event_id) AS BIGINT) AS sum, CAST(sum(distance) AS BIGINT) AS miles "
        "FROM aviation.flights",
        exactly_once,
    ),
    Question(
        "busiest airlines (Delta and Parquet)",
        "SELECT a.name, count(*) AS flights, round(avg(dep_delay), 3) AS delay "
        "FROM aviation.flights f JOIN aviation.airlines a USING (carrier) "
        "GROUP BY a.name ORDER BY flights DESC, a.name LIMIT 5",
        by_airline,
    ),
    Question(
        "latest arrivals by destination (Delta and CSV)",
        "SELECT p.name, count(*) AS flights, round(avg(arr_delay), 3) AS delay "
        "FROM aviation.flights f JOIN aviation.airports p ON f.dest = p.faa "
        "GROUP BY p.name HAVING count(*) >= 100 ORDER BY delay DESC, p.name LIMIT 5",
        worst_destinations,
    ),
    Question(
        "manufacturers (Delta, Parquet, CSV and function in one statement)",
        "SELECT manufacturer, count(*) AS flights, count(DISTINCT a.name) AS airlines, "
        "max(seats) AS seats FROM aviation.flights f "
        "JOIN aviation.airlines a USING (carrier) "
        "JOIN aviation.airports p ON f.dest = p.faa "
        "JOIN aviation.planes USING (tailnum) "
        "GROUP BY manufacturer ORDER BY flights DESC, manufacturer LIMIT 5",
        four_kinds,
    ),
    Question(
        "delays in wet hours (two Delta tables)",
        "SELECT precip > 0 AS wet, count(*) AS flights, round(avg(dep_delay), 3) AS delay "
        "FROM aviation.flights f JOIN aviation.weather w USING (origin, time_hour) "
        "GROUP BY wet ORDER BY wet",
        wet_hours,
    ),
]


def same(got: Rows, want: Rows) -> bool:
    """Equal rows in order; floats to three digits, integers that came as text as numbers."""
    return [_plain(row) for row in got] == [_plain(row) for row in want]


def _plain(row: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, bool) or value is None:
            plain[name] = value
        elif isinstance(value, float):
            plain[name] = round(value, 2)
        elif isinstance(value, str) and value.lstrip("-").isdigit():
            plain[name] = int(value)
        else:
            plain[name] = value
    return plain
