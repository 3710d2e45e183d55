"""The conformance suite of `ObjectStore` against real S3 servers."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

from conftest import Service


def test_the_server_passes_the_conformance_suite(
    s3: Service, programs: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    done = subprocess.run(
        [programs / "storage_s3_conformance", f"--gtest_output=xml:{report}", "--gtest_brief=1"],
        env=s3.env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    suite = ElementTree.parse(report).getroot()
    assert int(suite.attrib["tests"]) >= 25
    assert suite.attrib["failures"] == suite.attrib["disabled"] == "0"


def test_a_server_that_is_not_installed_is_said_aloud(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [root / "scripts/service", "run", "nothing", "--", "true"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no server 'nothing'" in done.stderr
