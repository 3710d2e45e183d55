"""The commands that build, check and compare the catalog, run as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from project import CATALOG, export, write_project

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("NEURALAKE_BINARY") or ROOT / "build/dev/bin/neuralake")

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"{BINARY} is not built")

FIVE_MISTAKES = """
    from neuralake import Column, CsvTable, DeltaTable

    def limit():
        raise RuntimeError("no limit today")

    LIMIT = limit()

    flights = DeltaTable(
        "data/flights",
        columns=[
            Column("id", "intt64"),
            Column("month", "int32"),
        ],
        key=["flight_id"],
    )
    planes = DeltaTable("s33://lake/planes")
    planes = CsvTable("data/planes.csv")
    """


def run(
    *arguments: str | Path, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    inherited["PATH"] = f"{Path(sys.executable).parent}:{inherited['PATH']}"
    return subprocess.run(
        [str(BINARY), *map(str, arguments)],
        cwd=cwd,
        env={**inherited, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    done = run("init", tmp_path / "sample")
    assert done.returncode == 0, done.stderr
    return tmp_path / "sample"


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / f"docs/reference/{name}.schema.json").read_text())
    return loaded


def test_the_sample_project_builds_and_its_manifest_fits_the_schema(sample: Path) -> None:
    done = run("catalog", "build", cwd=sample)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 database, 4 tables; wrote ")
    manifest = json.loads((sample / ".neuralake/catalog.json").read_text())
    jsonschema.validate(manifest, schema("manifest"))
    jsonschema.validate(export(sample), schema("definitions"))
    [aviation] = manifest["databases"]
    assert {t["kind"] for t in aviation["tables"]} == {"delta", "csv", "function"}
    assert not list(sample.rglob("__pycache__"))


def test_the_schema_refuses_what_the_checks_refuse(sample: Path) -> None:
    run("catalog", "build", cwd=sample)
    manifest = json.loads((sample / ".neuralake/catalog.json").read_text())
    manifest["databases"][0]["name"] = "main"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, schema("manifest"))


def test_two_builds_give_the_same_bytes_and_the_second_writes_nothing(sample: Path) -> None:
    run("catalog", "build", cwd=sample)
    path = sample / ".neuralake/catalog.json"
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    done = run("catalog", "build", "--project", sample)
    assert done.stdout.startswith("1 database, 4 tables; nothing new")
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert [p.name for p in path.parent.iterdir()] == ["catalog.json"]


def test_a_moved_project_has_the_same_manifest(sample: Path, tmp_path: Path) -> None:
    run("catalog", "build", cwd=sample)
    moved = tmp_path / "elsewhere/moved"
    shutil.copytree(sample, moved, ignore=shutil.ignore_patterns(".neuralake"))
    run("catalog", "build", cwd=moved)
    manifest = ".neuralake/catalog.json"
    assert (moved / manifest).read_bytes() == (sample / manifest).read_bytes()


def test_five_mistakes_are_told_at_once(tmp_path: Path) -> None:
    write_project(tmp_path, catalog=CATALOG, aviation=FIVE_MISTAKES)
    done = run("catalog", "build", cwd=tmp_path)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["lake/aviation.py:4", "lake.aviation.LIMIT"],
        ["lake/aviation.py:8", "aviation.flights"],
        ["lake/aviation.py:11", "aviation.flights.id"],
        ["lake/aviation.py:17", "aviation.planes"],
    ]
    assert "RuntimeError: no limit today" in lines[0]
    assert "key names column flight_id" in lines[1]
    assert "did you mean int64?" in lines[2]
    assert "hides the table of line 16" in lines[3]
    assert not (tmp_path / ".neuralake").exists()
    file = tmp_path / "lake/aviation.py"
    file.write_text(file.read_text().replace("planes = CsvTable", "plains = CsvTable"))
    told = json.loads(run("catalog", "check", "--json", cwd=tmp_path).stdout)
    assert told["ok"] is False
    assert "did you mean s3://?" in told["problems"][3]["message"]
    assert told["problems"][3] == {
        "file": "lake/aviation.py",
        "line": 16,
        "subject": "aviation.planes",
        "message": told["problems"][3]["message"],
        "severity": "error",
    }


def test_a_broken_change_leaves_the_manifest_as_it_is(sample: Path) -> None:
    run("catalog", "build", cwd=sample)
    before = (sample / ".neuralake/catalog.json").read_bytes()
    (sample / "lake/aviation.py").write_text("flights = = 1")
    done = run("catalog", "build", cwd=sample)
    assert done.returncode == 1
    assert done.stderr.startswith("lake/aviation.py:1: lake.aviation: syntax error")
    assert (sample / ".neuralake/catalog.json").read_bytes() == before


def test_a_diff_tells_what_a_build_would_change(sample: Path) -> None:
    assert "+ aviation" in run("catalog", "diff", cwd=sample).stdout
    run("catalog", "build", cwd=sample)
    assert run("catalog", "diff", "--exit-code", cwd=sample).stdout == "no differences\n"
    file = sample / "lake/aviation.py"
    file.write_text(
        file.read_text().replace('owner="operations",\n    tags', 'owner="ops",\n    tags')
        + "\nextra = DeltaTable('data/extra')\n"
    )
    done = run("catalog", "diff", "--exit-code", cwd=sample)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "+ aviation.extra",
        "~ aviation.flights: owner operations -> ops",
    ]
    changes = json.loads(run("catalog", "diff", "--json", cwd=sample).stdout)["changes"]
    assert changes[1] == {
        "kind": "changed",
        "subject": "aviation.flights",
        "field": "owner",
        "before": "operations",
        "after": "ops",
    }


def test_definitions_that_never_end_are_stopped(tmp_path: Path) -> None:
    endless = "print('thinking', flush=True)\nwhile True:\n    pass\n"
    write_project(tmp_path, catalog=CATALOG, aviation=endless)
    done = run("catalog", "check", "--timeout", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert "ran out of time" in done.stderr
    assert "thinking" in done.stderr


def test_the_python_of_the_settings_is_used(sample: Path) -> None:
    done = run("catalog", "check", cwd=sample, NEURALAKE_CATALOG__PYTHON="/no/such/python")
    assert done.returncode == 1
    assert "cannot run /no/such/python" in done.stderr
    done = run(
        "catalog", "check", cwd=sample, NEURALAKE_CATALOG__PYTHON=sys.executable, PATH="/bin"
    )
    assert done.returncode == 0, done.stderr
    venv = str(Path(sys.executable).parent.parent)
    done = run("catalog", "check", cwd=sample, VIRTUAL_ENV=venv, PATH="/bin")
    assert done.returncode == 0, done.stderr


def test_no_secret_reaches_a_manifest_or_a_message(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation="""
            from neuralake import DeltaTable
            a = DeltaTable("s3://KEY:hunter2@lake/a")
            b = DeltaTable("s3://lake/b?X-Amz-Signature=hunter2")
            c = DeltaTable("s3://lake/c", properties={"fs.s3a.secret.key": "hunter2"})
            """,
    )
    done = run("catalog", "build", cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 3
    assert "hunter2" not in done.stderr + done.stdout


def test_init_refuses_a_folder_with_something_in_it(sample: Path) -> None:
    done = run("init", sample)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert run("init").returncode == 2


def test_a_word_that_is_no_subcommand_is_named_in_one_line(tmp_path: Path) -> None:
    done = run("table", "frob", cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("neuralake: neuralake table has no subcommand frob; it has ")


def test_outside_a_project_the_way_in_is_told(tmp_path: Path) -> None:
    done = run("catalog", "build", cwd=tmp_path)
    assert done.returncode == 1
    assert "no neuralake.toml" in done.stderr
    assert "neuralake init DIR" in done.stderr


def test_columns_export_as_csv(sample: Path) -> None:
    done = run("catalog", "export", "--format", "csv", cwd=sample)
    assert done.stdout.splitlines()[0].startswith("database,table,kind")
    assert "aviation,flights,delta,operations,dep_delay,int32,true,minutes" in done.stdout
    manifest = json.loads(run("catalog", "export", cwd=sample).stdout)
    assert manifest["format"] == "neuralake.catalog"
