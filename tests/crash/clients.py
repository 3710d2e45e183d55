"""Clients that push events and send again, under the same key, until they are told it is there."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import dataclass, field
from pathlib import Path

from project import TABLE
from push import Connection, LostError, RefusedError

# What a client tries again; anything else is a bug of this test or of the process.
AGAIN = {"unavailable", "resource_exhausted", "unknown_outcome", "deadline_exceeded"}


def line(client: int, number: int, text: str = "") -> str:
    """One event that fits."""
    return json.dumps({"client": client, "number": number, "text": text})


@dataclass
class Told:
    """What one client was told."""

    rows: set[int] = field(default_factory=set)  # numbers of acknowledged events
    letters: set[int] = field(default_factory=set)  # numbers of acknowledged events that do not fit
    pushes: int = 0
    retries: int = 0
    repeats: int = 0  # answered from memory
    wrong: list[str] = field(default_factory=list)


class Client(threading.Thread):
    def __init__(self, number: int, socket: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.socket = socket
        self.random = random.Random(seed * 1000 + number)
        self.told = Told()
        self.stopping = threading.Event()
        self.next = 0
        self.connection: Connection | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.push_one()
        except Exception as error:  # the thread's end is looked at by the test
            self.told.wrong.append(repr(error))

    def finish(self) -> Told:
        """Let the push under way come to its end, which needs a running process."""
        self.stopping.set()
        self.join(60)
        if self.is_alive():
            self.told.wrong.append("the last push did not come to an end")
        return self.told

    def push_one(self) -> None:
        body, good, bad = self.body()
        key = f"client {self.number} push {self.told.pushes}"
        self.told.pushes += 1
        # Now and then a client does not hear, or does not believe, its acknowledgement.
        for _ in range(2 if self.random.random() < 0.05 else 1):
            answer = self.until_told(body, key)
            if (answer.accepted, answer.rejected) != (len(good), len(bad)):
                self.told.wrong.append(f"{key}: {answer} for {len(good)} and {len(bad)} rows")
            self.told.repeats += answer.replayed
        self.told.rows |= good
        self.told.letters |= bad

    def until_told(self, body: bytes, key: str):
        while True:
            try:
                if self.connection is None:
                    self.connection = Connection(self.socket, timeout_s=10)
                return self.connection.push(TABLE, body, key)
            except LostError:
                if self.connection is not None:
                    self.connection.close()
                self.connection = None
            except RefusedError as error:
                if error.kind not in AGAIN:
                    raise
            self.told.retries += 1
            # The next process may need a moment.
            threading.Event().wait(0.01)

    def body(self) -> tuple[bytes, set[int], set[int]]:
        """Rows, most of which fit; now and then large ones, so that the log changes segments."""
        good, bad, lines = set(), set(), []
        filler = "x" * (12_000 if self.random.random() < 0.2 else 20)
        for _ in range(self.random.randint(1, 12)):
            number = self.next
            self.next += 1
            if self.random.random() < 0.05:
                bad.add(number)
                lines.append(json.dumps({"client": self.number, "number": f"no {number}"}))
            else:
                good.add(number)
                lines.append(line(self.number, number, filler))
        return "\n".join(lines).encode(), good, bad
