"""`make demo`: real flights streamed through the whole house, asked about while they arrive.

    demo/run.py [--exit] [--kafka] [--s3] [--rows N] [--speed X] [--work DIR]

Prepares a project below `demo/work`, starts `neuralake up`, streams the flights of 2013 in time
order, asks over HTTP, the Postgres protocol and Python, and holds every answer against Polars on
the raw files. Ends with 0 when all of it is right.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import polars as pl
import raw
from ask import Client, over_postgres, over_python
from during import Asker
from house import House, KafkaBroker, S3Server, Service
from questions import QUESTIONS, same
from stream import Freshness, produce, push

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("NEURALAKE_BINARY") or ROOT / "build/release/bin/neuralake").resolve()


def say(text: str) -> None:
    print(text, flush=True)


def prepare(work: Path, lake: str, kafka: KafkaBroker | None) -> Path:
    """A fresh project with the raw files and the definitions."""
    shutil.rmtree(work, ignore_errors=True)
    project = work / "project"
    shutil.copytree(ROOT / "demo/project", project, ignore=shutil.ignore_patterns("__pycache__"))
    raw.write_files(work / "raw")
    if kafka is not None:
        with (project / "neuralake.toml").open("a") as file:
            file.write(
                f'\n[[kafka]]\nbrokers = "{kafka.brokers}"\ntopic = "flights"\n'
                'table = "aviation.flights"\n'
            )
    os.environ["DEMO_LAKE"] = lake
    os.environ["DEMO_RAW"] = str(work / "raw")
    return project


def check_answers(client: Client, house: House, flights: pl.DataFrame, files: Path) -> int:
    """Ask every question in every way; returns how many answers were wrong."""
    wrong = 0
    for question in QUESTIONS:
        want = question.expected(flights, files).to_dicts()
        say(f"\n{question.title}")
        for name, got in (
            ("HTTP", client.sql(question.sql)),
            ("Postgres protocol", over_postgres(house.pg_port, question.sql)),
        ):
            good = same(got, want)
            wrong += not good
            say(f"  {name}: {'as Polars says' if good else f'WRONG: {got}, Polars says {want}'}")
        for row in want:
            say("    " + "  ".join(f"{key} {value}" for key, value in row.items()))
    got_python, want_python = over_python(house.project, house.package, flights)
    good = got_python == want_python
    wrong += not good
    say(
        f"\nPython LazyFrame of January with a pushed-down filter: {got_python} rows, "
        f"{'as Polars says' if good else f'WRONG, Polars says {want_python}'}"
    )
    return wrong


def tell_table(house: House, lake: str) -> None:
    """What upkeep has made of the table."""
    facts = json.loads(house.run("table", "show", f"{lake}/flights", "--json"))
    history = house.run("table", "history", f"{lake}/flights", "--json")
    compactions = history.count('"OPTIMIZE"')
    say(
        f"\nflights at version {facts['version']}: {facts['numRecords']:,} rows in "
        f"{facts['numFiles']} files, {facts['sizeBytes'] / 1e6:.1f} MB, after {compactions} "
        f"compaction{'' if compactions == 1 else 's'}"
    )


def stream_and_ask(
    house: House, kafka: KafkaBroker | None, lake: str, arguments: argparse.Namespace
) -> bool:
    """Stream, ask on the way, wait until all is visible, ask; whether all was right and fresh."""
    client = Client(house.port)
    events = raw.events().head(arguments.rows)
    freshness = Freshness(client)
    asker = Asker(house, events, say)
    speed = arguments.speed
    pace = f"{speed:,.0f} times as fast as they flew" if speed > 0 else "without a pause"
    say(f"streaming {events.height:,} flights, {pace}")
    asker.start()
    if kafka is not None:
        produce(events, kafka.brokers, speed, freshness, say)
    else:
        push(events, client, speed, freshness, say)
    freshness.wait_for(events.height, say)
    asker.stop()
    wrong = asker.wrong + check_answers(client, house, events, arguments.work / "raw")
    if "flights" not in client.page("/catalog/"):
        wrong += 1
        say("the catalog's pages do not show the table flights")
    tell_table(house, lake)
    say(asker.summary())
    say(freshness.summary())
    say(house.addresses())
    if wrong:
        say(f"{wrong} answers were wrong")
    return not wrong and not freshness.too_old()


def demo(arguments: argparse.Namespace, running: list[Service | House]) -> bool:
    """The whole demo; whatever must be stopped at the end is put into `running`."""
    work: Path = arguments.work
    lake = str(work / "tables")
    kafka: KafkaBroker | None = None
    if arguments.s3:
        s3 = S3Server(work.parent / f"{work.name}-s3")
        running.append(s3)
        lake = f"s3://{s3.bucket}"
        say(f"S3 server at {s3.endpoint}")
    if arguments.kafka:
        kafka = KafkaBroker(work.parent / f"{work.name}-kafka")
        running.append(kafka)
        say(f"Kafka broker at {kafka.brokers}")
    project = prepare(work, lake, kafka)
    house = House(BINARY, project, say)
    running.append(house)
    house.write_table(f"{lake}/weather", work / "raw/weather.parquet")
    house.start()
    good = stream_and_ask(house, kafka, lake, arguments)
    if good and not arguments.exit:
        say("serving until Ctrl-C")
        house.wait()
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exit", action="store_true", help="end after the last answer")
    parser.add_argument("--kafka", action="store_true", help="through a real broker")
    parser.add_argument("--s3", action="store_true", help="tables on a real S3 server")
    parser.add_argument("--rows", type=int, default=336_776, help="how many flights")
    parser.add_argument(
        "--speed", type=float, default=1_000_000, help="seconds of 2013 in one second; 0: no pause"
    )
    parser.add_argument(
        "--work", type=Path, default=ROOT / "demo/work", help="the folder it may fill"
    )
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    running: list[Service | House] = []
    try:
        return 0 if demo(arguments, running) else 1
    except KeyboardInterrupt:
        return 0
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        for process in reversed(running):
            process.stop()


if __name__ == "__main__":
    sys.exit(main())
