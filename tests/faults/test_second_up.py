"""A project is up once: the second is refused at once, and the first does not notice."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lake import BINARY, Lake


def test_the_second_is_told_who_the_first_is(tmp_path: Path) -> None:
    with Lake(tmp_path / "project", str(tmp_path / "events")) as lake:
        second = subprocess.run(
            [BINARY, "up", "--project", lake.folder],
            env=lake.env,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert second.returncode == 1
        assert second.stdout == ""
        [line] = second.stderr.splitlines()
        assert lake.process is not None
        assert f"project {lake.folder} is up already, by process {lake.process.pid}" in line
        assert lake.push(5) == 200
        lake.all_are_there_once()
        assert lake.restarts() == []
        # Whoever ends it may start it again.
        lake.stop()
        lake.lines.clear()
        lake.start()
        lake.all_are_there_once()
