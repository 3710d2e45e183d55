"""Processes that race to create the same keys: one winner each, also when the server is killed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from conftest import Service

ROUNDS = 60
NAMES = ["anna", "bert", "cleo", "dora"]


class Racers:
    """One process a name, all started by the same word."""

    def __init__(self, program: Path, uri: str, env: dict[str, str]) -> None:
        self.processes = {
            name: subprocess.Popen(
                [program, uri, name, str(ROUNDS)],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in NAMES
        }
        self.early: list[str] = []  # lines of the first that were read on the way
        for process in self.processes.values():
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def go(self) -> None:
        for process in self.processes.values():
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()

    def wait_for_round(self, round_: int) -> None:
        """Until the first has done so many rounds."""
        first = self.processes[NAMES[0]]
        assert first.stdout is not None
        while len(self.early) < round_:
            line = first.stdout.readline()
            assert line, "it ended early"
            self.early.append(line.strip())

    def outcomes(self) -> dict[str, list[str]]:
        said = {}
        for name, process in self.processes.items():
            assert process.stdout is not None
            said[name] = process.stdout.read().split()
            process.wait()
        said[NAMES[0]] = self.early + said[NAMES[0]]
        assert {process.returncode for process in self.processes.values()} == {0}
        assert {len(lines) for lines in said.values()} == {ROUNDS}
        return said


CURL_HTTP_ERROR = 22


def read(s3: Service, key: str) -> str | None:
    """What lies under the key, asked by another client than ours; nothing when nothing does."""
    command = ["curl", "--silent", "--fail", "--noproxy", "*", "--aws-sigv4"]
    command += [f"aws:amz:{s3.env['AWS_REGION']}:s3", "--user"]
    command += [f"{s3.env['AWS_ACCESS_KEY_ID']}:{s3.env['AWS_SECRET_ACCESS_KEY']}"]
    command += ["--header", f"x-amz-content-sha256: {hashlib.sha256().hexdigest()}"]
    url = f"{s3.env['AWS_ENDPOINT_URL']}/{key}"
    done = subprocess.run([*command, url], capture_output=True, text=True)
    if done.returncode == CURL_HTTP_ERROR:
        return None
    done.check_returncode()
    return done.stdout


def check_one_winner_each(
    said: dict[str, list[str]], read_round: Callable[[int], str | None]
) -> None:
    for round_ in range(ROUNDS):
        outcomes = {name: said[name][round_] for name in NAMES}
        assert sorted(outcomes.values()) == ["lost", "lost", "lost", "won"], outcomes
        assert outcomes[read_round(round_) or "nobody"] == "won"


def test_every_key_of_a_folder_has_exactly_one_winner(programs: Path, tmp_path: Path) -> None:
    racers = Racers(programs / "storage_create_race", str(tmp_path), {**os.environ})
    racers.go()
    check_one_winner_each(racers.outcomes(), lambda n: (tmp_path / f"round/{n}").read_text())


def test_every_key_of_a_bucket_has_exactly_one_winner(s3: Service, programs: Path) -> None:
    racers = Racers(programs / "storage_create_race", "s3://lake/race", s3.env)
    racers.go()
    check_one_winner_each(racers.outcomes(), lambda n: read(s3, f"lake/race/round/{n}"))


def test_a_killed_server_makes_nobody_win_twice_or_lose_what_they_won(
    s3: Service, programs: Path
) -> None:
    racers = Racers(programs / "storage_create_race", "s3://lake/killed", s3.env)
    racers.go()
    for moment in (10, 25, 40):
        racers.wait_for_round(moment)
        s3.kill()
        s3.restart()
    said = racers.outcomes()
    for round_ in range(ROUNDS):
        outcomes = {name: said[name][round_] for name in NAMES}
        content = read(s3, f"lake/killed/round/{round_}")
        winners = [name for name, outcome in outcomes.items() if outcome == "won"]
        assert "failed" not in outcomes.values()
        assert len(winners) <= 1, outcomes
        if winners:
            assert content == winners[0]
        elif content is None:
            # The server died before any of them had an effect; nobody may think otherwise.
            assert set(outcomes.values()) == {"unknown"}, outcomes
        else:
            # The answer of whoever won was lost: they must not have been told that they lost.
            assert outcomes[content] == "unknown", outcomes
