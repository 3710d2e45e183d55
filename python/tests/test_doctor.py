"""What `neuralake doctor` finds, and that its JSON says the same."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import CATALOG, write_project
from test_cli import BINARY, run

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=f"{BINARY} is not built")

FREE = {"NEURALAKE_SERVE__PORT": "0", "NEURALAKE_SERVE__PG_PORT": "0"}

Checks = dict[str, list[tuple[bool, str]]]


def checks(project: Path, code: int, **env: str) -> Checks:
    """The findings by what was looked at; people are told the same."""
    done = run("doctor", "--json", cwd=project, **{**FREE, **env})
    assert done.returncode == code, done.stdout + done.stderr
    found: Checks = {}
    told = run("doctor", cwd=project, **{**FREE, **env}).stdout
    for check in json.loads(done.stdout)["checks"]:
        found.setdefault(check["check"], []).append((check["ok"], check["detail"]))
        mark = "ok    " if check["ok"] else "FAIL  "
        if check["check"] != "disk":  # whose number changes meanwhile
            assert f"{mark}{check['check']}: {check['detail']}\n" in told
    return found


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    folder = tmp_path / "sample"
    assert run("init", folder).returncode == 0
    assert run("catalog", "build", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another process has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_project_in_order_passes(sample: Path) -> None:
    found = checks(sample, 0)
    assert found["definitions"] == [(True, "lake:catalog has no mistakes")]
    assert found["tables"] == [(True, "3 locations answered")]
    assert found["http"] == [(True, "serve.port is 0: a free port is picked")]


def test_a_port_that_another_process_has_is_told(sample: Path, taken: int) -> None:
    found = checks(sample, 1, NEURALAKE_SERVE__PORT=str(taken))
    [(good, detail)] = found["http"]
    assert not good
    assert detail.startswith(f"127.0.0.1:{taken} is taken by another process; ")
    assert "set serve.port to another port" in detail
    assert found["postgres"][0][0]
    metrics = checks(sample, 1, NEURALAKE_INGEST__METRICS_PORT=str(taken))["metrics"]
    assert "set ingest.metrics_port to another port" in metrics[0][1]


def test_the_projects_own_server_is_no_stranger(sample: Path, taken: int) -> None:
    published = {"pid": os.getpid(), "port": taken, "pg_port": 0}
    (sample / ".neuralake/serve.json").write_text(json.dumps(published))
    [(good, detail)] = checks(sample, 0, NEURALAKE_SERVE__PORT=str(taken))["http"]
    assert good
    assert detail.endswith(f"is served by this project's server, process {os.getpid()}")


def test_one_port_for_two_services_is_told(sample: Path, taken: int) -> None:
    free = {"NEURALAKE_SERVE__PORT": str(taken), "NEURALAKE_SERVE__PG_PORT": str(taken)}
    [(good, detail)] = checks(sample, 1, **free)["postgres"]
    assert not good
    assert f"serve.port and serve.pg_port are both {taken}" in detail


def test_an_address_that_is_not_ours_is_told(sample: Path) -> None:
    [(good, detail)] = checks(sample, 1, NEURALAKE_SERVE__HOST="0.0.0.0")["http"]
    assert not good
    assert detail.startswith("serve.host: ")


def test_a_location_that_does_not_answer_is_told_with_its_definition(sample: Path) -> None:
    (sample / "data/airlines.csv").unlink()
    log = sample / "data/flights/_delta_log"
    shutil.rmtree(log.parent, ignore_errors=True)
    log.mkdir(parents=True)
    (log / f"{0:020}.json").write_text("{")
    found = checks(sample, 1)
    assert found["tables"] == [(False, "1 location answered, 2 did not")]
    [(_, airlines)] = found["table aviation.airlines"]
    assert f"nothing is at {sample}/data/airlines.csv" in airlines
    assert "(defined at lake/aviation.py:" in airlines
    [(_, flights)] = found["table aviation.flights"]
    assert "_delta_log" in flights or "flights" in flights


def test_mistakes_of_the_definitions_have_their_lines(tmp_path: Path) -> None:
    mistakes = 'from neuralake import Column, DeltaTable\n\nx = 1 / 0\nt = DeltaTable("s33://t")\n'
    write_project(tmp_path, catalog=CATALOG, aviation=mistakes)
    found = checks(tmp_path, 1)
    assert [(good, text.split(": ")[0]) for good, text in found["definitions"]] == [
        (False, "lake/aviation.py:3"),
        (False, "lake/aviation.py:4"),
    ]
    assert "run `neuralake catalog build`" in found["catalog"][0][1]
    assert "tables" not in found


def test_a_manifest_that_is_behind_the_definitions_is_told(sample: Path) -> None:
    with (sample / "lake/aviation.py").open("a") as file:
        file.write("\nextra = DeltaTable('data/extra')\n")
    [(good, detail)] = checks(sample, 1)["catalog"]
    assert not good
    assert "is not what the definitions say; run `neuralake catalog build`" in detail


def test_outside_a_project_the_machine_is_looked_at_and_the_way_in_is_told(
    tmp_path: Path, taken: int
) -> None:
    found = checks(tmp_path, 1, NEURALAKE_SERVE__PORT=str(taken))
    [(good, detail)] = found["project"]
    assert not good
    assert "`neuralake init DIR` makes a project, --project names another" in detail
    assert found["python"][0][0]
    assert not found["http"][0][0]
    report = json.loads(run("doctor", "--json", cwd=tmp_path).stdout)
    assert report["project"] is None
    assert "project      none\n" in run("doctor", cwd=tmp_path).stdout
