"""`make demo`: real flights streamed through the whole house, asked about while they arrive.

    demo/run.py [--exit] [--kafka] [--s3] [--rows N] [--speed X]

Prepares a project below `demo/work`, starts `neuralake up`, streams the flights of 2013 in time
order, asks over HTTP, the Postgres protocol and Python, and holds every answer against Polars on
the raw files. Ends with 0 when all of it is right.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import raw
from ask import Client, over_postgres, over_python
from house import House, KafkaBroker, S3Server, Service
from questions import QUESTIONS, same
from stream import Freshness, produce, push

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "demo/work"


def say(text: str) -> None:
    print(text, flush=True)


def prepare(lake: str, kafka: KafkaBroker | None) -> Path:
    """A fresh project with the raw files and the definitions."""
    shutil.rmtree(WORK, ignore_errors=True)
    project = WORK / "project"
    shutil.copytree(ROOT / "demo/project", project)
    raw.write_files(WORK / "raw")
    if kafka is not None:
        with (project / "neuralake.toml").open("a") as file:
            file.write(
                f'\n[[kafka]]\nbrokers = "{kafka.brokers}"\ntopic = "flights"\n'
                'table = "aviation.flights"\n'
            )
    os.environ["DEMO_LAKE"] = lake
    os.environ["DEMO_RAW"] = str(WORK / "raw")
    return project


def check_answers(client: Client, house: House, rows: int) -> int:
    """Ask every question in every way; returns how many answers were wrong."""
    flights = raw.events().head(rows)
    wrong = 0
    for question in QUESTIONS:
        want = question.expected(flights, WORK / "raw").to_dicts()
        say(f"\n{question.title}")
        for name, got in (
            ("HTTP", client.sql(question.sql)),
            ("Postgres protocol", over_postgres(house.pg_port, question.sql)),
        ):
            good = same(got, want)
            wrong += not good
            say(f"  {name}: {'as Polars says' if good else f'WRONG, Polars says {want}'}")
        for row in want:
            say("    " + "  ".join(f"{key} {value}" for key, value in row.items()))
    got_python, want_python = over_python(house.project, flights)
    good = got_python == want_python
    wrong += not good
    say(
        f"\nPython LazyFrame of January with a pushed-down filter: {got_python} rows, "
        f"{'as Polars says' if good else f'WRONG, Polars says {want_python}'}"
    )
    return wrong


def stream_and_ask(house: House, kafka: KafkaBroker | None, rows: int, speed: float) -> bool:
    """Stream, wait until all is visible, ask; returns whether all was right and fresh."""
    client = Client(house.port)
    freshness = Freshness(client)
    events = raw.events().head(rows)
    say(f"streaming {events.height:,} flights, {speed:,.0f} times as fast as they flew")
    if kafka is not None:
        produce(events, kafka.brokers, speed, freshness, say)
    else:
        push(events, client, speed, freshness, say)
    freshness.wait_for(events.height, say)
    wrong = check_answers(client, house, rows)
    say(f"\n{freshness.summary()}")
    say(house.addresses())
    if wrong:
        say(f"{wrong} answers were wrong")
    return not wrong and not freshness.too_old()


def demo(arguments: argparse.Namespace, running: list[Service | House]) -> bool:
    """The whole demo; whatever must be stopped at the end is put into `running`."""
    lake = str(WORK / "tables")
    kafka: KafkaBroker | None = None
    if arguments.s3:
        s3 = S3Server(WORK.parent / "work-s3")
        running.append(s3)
        lake = f"s3://{s3.bucket}"
        say(f"S3 server at {s3.endpoint}")
    if arguments.kafka:
        kafka = KafkaBroker(WORK.parent / "work-kafka")
        running.append(kafka)
        say(f"Kafka broker at {kafka.brokers}")
    project = prepare(lake, kafka)
    house = House(ROOT / "build/release/bin/neuralake", project, say)
    running.append(house)
    house.write_table(f"{lake}/weather", WORK / "raw/weather.parquet")
    house.start()
    good = stream_and_ask(house, kafka, arguments.rows, arguments.speed)
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
    arguments = parser.parse_args()
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
