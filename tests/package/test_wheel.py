"""The wheel in an empty virtual environment, beside libraries that bring their own Arrow."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
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
