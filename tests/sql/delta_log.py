"""Write small Delta tables by hand: a test says every byte that the engine reads."""

from __future__ import annotations

import datetime as dt
import json
import os
import struct
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def z85(data: bytes) -> str:
    """Encode bytes as Z85; their number is padded to a multiple of four."""
    data += b"\0" * (-len(data) % 4)
    text = ""
    for (word,) in struct.iter_unpack(">I", data):
        rest, digits = word, []
        for _ in range(5):
            rest, digit = divmod(rest, 85)
            digits.append(_Z85[digit])
        text += "".join(reversed(digits))
    return text


def deletion_vector(rows: Iterable[int]) -> dict[str, Any]:
    """Make an inline deletion vector of a few row numbers below 65,536."""
    positions = sorted(rows)
    array = struct.pack(f"<{len(positions)}H", *positions)
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(positions) - 1, 16) + array
    data = struct.pack("<IQI", 1681511377, 1, 0) + bitmap
    return {
        "storageType": "i",
        "pathOrInlineDv": z85(data),
        "sizeInBytes": len(data),
        "cardinality": len(positions),
    }


class DeltaTableWriter:
    """A table whose commits are written one by one."""

    def __init__(self, folder: Path, schema: dict[str, Any], partitions: tuple[str, ...] = ()):
        self.folder = folder
        self.partitions = partitions
        self._version = -1
        self._schema = schema

    def create(self, at: str, features: tuple[str, ...] = ()) -> None:
        """Commit protocol and metadata."""
        protocol: dict[str, Any] = {"minReaderVersion": 1, "minWriterVersion": 2}
        if features:
            protocol = {
                "minReaderVersion": 3,
                "minWriterVersion": 7,
                "readerFeatures": list(features),
                "writerFeatures": list(features),
            }
        metadata = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, self.folder.name)),
            "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps(self._schema),
            "partitionColumns": list(self.partitions),
            "configuration": {},
        }
        self.commit(at, [{"protocol": protocol}, {"metaData": metadata}])

    def file(
        self,
        rows: pa.Table,
        values: dict[str, str] | None = None,
        deleted: Iterable[int] | None = None,
        statistics: bool = True,
    ) -> dict[str, Any]:
        """Write a data file; give the action that adds it."""
        name = f"part-{uuid.uuid4()}.parquet"
        self.folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, self.folder / name)
        add: dict[str, Any] = {
            "path": name,
            "partitionValues": values or {},
            "size": (self.folder / name).stat().st_size,
            "modificationTime": 1_700_000_000_000,
            "dataChange": True,
        }
        if statistics:
            add["stats"] = json.dumps(_statistics(rows))
        if deleted is not None:
            add["deletionVector"] = deletion_vector(deleted)
        return {"add": add}

    def commit(self, at: str, actions: list[dict[str, Any]]) -> None:
        """Write the next version as of the time `at`."""
        self._version += 1
        time = dt.datetime.fromisoformat(at)
        stamp = int(time.timestamp() * 1000)
        log = self.folder / "_delta_log"
        log.mkdir(parents=True, exist_ok=True)
        info = {"commitInfo": {"timestamp": stamp, "operation": "WRITE"}}
        path = log / f"{self._version:020}.json"
        path.write_text("".join(json.dumps(action) + "\n" for action in [info, *actions]))
        os.utime(path, (stamp / 1000, stamp / 1000))


def _statistics(rows: pa.Table) -> dict[str, Any]:
    statistics: dict[str, Any] = {
        "numRecords": rows.num_rows,
        "minValues": {},
        "maxValues": {},
        "nullCount": {},
    }
    for name in rows.column_names:
        column = rows[name]
        statistics["nullCount"][name] = column.null_count
        if pa.types.is_integer(column.type) and column.null_count < len(column):
            values = [value for value in column.to_pylist() if value is not None]
            statistics["minValues"][name] = min(values)
            statistics["maxValues"][name] = max(values)
    return statistics


def schema_of(**columns: Any) -> dict[str, Any]:
    """Make a Delta schema of names and types."""
    return {
        "type": "struct",
        "fields": [
            {"name": name, "type": kind, "nullable": True, "metadata": {}}
            for name, kind in columns.items()
        ],
    }
