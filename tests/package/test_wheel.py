"""The wheel in an empty virtual environment, beside libraries that bring their own Arrow."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("NEURALAKE_BINARY") or ROOT / "build/dev/bin/neuralake").resolve()


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    package = ROOT / "scripts/package.py"
    run(sys.executable, package, "--build", BINARY.parents[1], "--output", folder)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment") / "venv"
    run("/usr/bin/python3", "-m", "venv", folder)
    # What the package depends on comes from the tests' own environment: no network here.
    run(folder / "bin/pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    [site] = folder.glob("lib/python3*/site-packages")
    [own] = Path(sys.prefix).glob("lib/python3*/site-packages")
    (site / "borrowed.pth").write_text(f"{own}\n")
    return folder


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the wheel and what it depends on: no pyarrow."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    run("/usr/bin/python3", "-m", "venv", folder)
    run(folder / "bin/pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    [site] = folder.glob("lib/python3*/site-packages")
    [own] = Path(sys.prefix).glob("lib/python3*/site-packages")
    for package in [*own.glob("polars*"), *own.glob("_polars*"), *own.glob("cloudpickle*")]:
        (site / package.name).symlink_to(package)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(
    url: str, body: bytes | None = None, kind: str = "application/json", key: str = ""
) -> str:
    headers = {"Content-Type": kind, **({"Idempotency-Key": key} if key else {})}
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())
    except OSError as error:
        return f"{error}"


def eventually(what: str, holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit, what
        time.sleep(0.05)


def test_the_wheel_holds_what_it_links_under_names_of_its_own(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    libraries = [Path(name).name for name in names if name.startswith("neuralake/lib/")]
    assert any(name.startswith("libarrow-") for name in libraries)
    assert "libarrow.so.2600" not in libraries
    assert "neuralake/bin/neuralake" in names


def test_an_empty_environment_runs_the_command_and_the_native_module(
    environment: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    run(environment / "bin/neuralake", "init", project)
    told = run(environment / "bin/neuralake", "catalog", "build", cwd=project)
    assert told.startswith("1 database, 4 tables")
    script = (
        "import neuralake, pathlib\n"
        "assert 'venv' in neuralake.__file__\n"
        "import pyarrow, pyarrow.parquet\n"
        "try:\n    neuralake.open_table('nowhere').version()\n"
        "except neuralake.NeuralakeError as error:\n    print(error.kind)\n"
        "maps = pathlib.Path('/proc/self/maps').read_text()\n"
        "assert 'libarrow-' in maps and 'pyarrow/libarrow.so' in maps\n"
        "print(pyarrow.table({'a': [1]}).num_rows)\n"
    )
    assert run(environment / "bin/python", "-c", script, cwd=project).split() == ["not_found", "1"]


def test_a_pushed_down_filter_skips_files_without_pyarrow(bare: Path, tmp_path: Path) -> None:
    program = bare / "bin/neuralake"
    run(program, "init", "project", cwd=tmp_path)
    project = tmp_path / "project"
    run(program, "catalog", "build", cwd=project)
    # Flights are numbered by row: the first file has only low numbers.
    for rows in ("10", "1000"):
        made = ["gen", "schema", "--table", "aviation.flights", "--rows", rows]
        run(program, *made, "--output", "data/flights", cwd=project)
    script = (
        "import importlib.util, polars as pl\n"
        "assert importlib.util.find_spec('pyarrow') is None\n"
        "from lake import catalog\n"
        "frame = catalog.table('aviation.flights', filters=[('flight', '>', 500)])\n"
        "assert isinstance(frame, pl.LazyFrame)\n"
        "print(frame.select('flight').collect().height, catalog.last_scan.files_skipped)\n"
        "print(frame.filter(pl.col('flight') >= 990).collect().height)\n"
    )
    assert run(bare / "bin/python", "-c", script, cwd=project).split() == ["499", "1", "10"]


def test_up_serves_takes_in_and_answers(bare: Path, tmp_path: Path) -> None:
    program = bare / "bin/neuralake"
    run(program, "init", "project", cwd=tmp_path)
    project = tmp_path / "project"
    run(program, "catalog", "build", cwd=project)
    port = free_port()
    house = f"http://127.0.0.1:{port}"
    env = {
        "PATH": "/usr/bin:/bin",
        "NEURALAKE_SERVE__PORT": str(port),
        "NEURALAKE_SERVE__PG_PORT": "0",
        "NEURALAKE_INGEST__FLUSH_INTERVAL": "100ms",
    }
    log = tmp_path / "up.log"
    with log.open("w") as out:
        up = subprocess.Popen(
            [program, "up"], cwd=project, env=env, stdout=out, stderr=out, start_new_session=True
        )
    try:
        eventually(log.read_text(), lambda: '"ready"' in asked(f"{house}/ready"))
        row = b'{"time_hour": "2013-01-01T10:00:00Z", "carrier": "UA", "flight": 1545}'
        push = f"{house}/api/v1/ingest/aviation/flights"
        eventually(log.read_text(), lambda: '"accepted":1' in asked(push, row, key="1"))

        def arrived() -> bool:
            sql = (
                b"SELECT name, letters, flight FROM aviation.flights "
                b"JOIN aviation.airlines USING (carrier) "
                b"JOIN aviation.airline_names USING (carrier)"
            )
            told = asked(f"{house}/api/v1/sql?format=csv", sql, "text/plain")
            return told.splitlines() == ["name,letters,flight", "United Air Lines Inc.,21,1545"]

        eventually(log.read_text(), arrived)
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(timeout=30) == 0
