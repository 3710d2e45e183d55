"""What an acknowledgement cannot go below: the same bytes written in place and synced, no more.

usage: bare_fdatasync.py FOLDER COUNT; prints the p50 in seconds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

BYTES = 240  # a log record of one event: its header, what it belongs to, the event


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    path = folder / "bare.log"
    # As the log does: a file that was written once, so that a sync moves data alone.
    path.write_bytes(bytes(32 << 20))
    file = os.open(path, os.O_RDWR)
    os.fsync(file)
    record = b"x" * BYTES
    times = []
    for number in range(count):
        began = time.perf_counter()
        os.pwrite(file, record, number * BYTES)
        os.fdatasync(file)
        times.append(time.perf_counter() - began)
    os.close(file)
    path.unlink()
    times.sort()
    print(
        json.dumps(
            {
                "value": statistics.median(times),
                "unit": "s",
                "p99_ms": round(times[int(count * 0.99)] * 1000, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
