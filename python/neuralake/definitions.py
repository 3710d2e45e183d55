"""Tables as plain data. Making one reads nothing, checks nothing and cannot fail on bad values.

Checks run all together in ``neuralake catalog build`` and ``catalog check``, so that every mistake
is told at once, with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from neuralake.place import Place, calling_place

_recorder: ContextVar[list[TableDefinition] | None] = ContextVar("_recorder", default=None)


@contextmanager
def recording() -> Iterator[list[TableDefinition]]:
    """Collect every table definition made inside the block, also those that lose their name."""
    made: list[TableDefinition] = []
    token = _recorder.set(made)
    try:
        yield made
    finally:
        _recorder.reset(token)


@dataclass(frozen=True, eq=False)
class Column:
    """A column as the definition declares it.

    For a Delta table that exists this is documentation; for one that does not, for CSV files and
    for pushed events it is the schema.

    Parameters
    ----------
    name
        As in the data.
    type
        ``int32``, ``string``, ``decimal(10, 2)``, ``array<string>``, ``struct<a: int32>`` …;
        ``None`` takes what the data has.
    description
        One or two sentences.
    unit
        ``minutes``, ``km/h``, ``EUR`` …
    nullable
        Whether null is a legal value.
    tags
        Free words: ``pii``, ``core`` …
    """

    name: str
    type: str | None = None
    description: str = ""
    unit: str = field(default="", kw_only=True)
    nullable: bool = field(default=True, kw_only=True)
    tags: Sequence[str] = field(default=(), kw_only=True)
    place: Place = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", calling_place())


@dataclass(frozen=True, eq=False, kw_only=True)
class TableDefinition:
    """What all kinds of table have in common. Its name is that of the module's variable.

    Parameters
    ----------
    description
        What a row is, in a sentence; more may follow after an empty line.
    owner
        A person or a team.
    tags
        Free words to filter by.
    columns
        In order.
    key
        Columns that together identify a row.
    partition_by
        Delta: how the table is cut when it is created. Parquet: the ``name=value`` folders.
    properties
        Delta table properties, for creation.
    deprecated
        What to use in its place; ``None`` while the table is current.
    """

    description: str = ""
    owner: str = ""
    tags: Sequence[str] = ()
    columns: Sequence[Column] = ()
    key: Sequence[str] = ()
    partition_by: Sequence[str] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    deprecated: str | None = None
    place: Place = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self._find_place())
        made = _recorder.get()
        if made is not None:
            made.append(self)

    def _find_place(self) -> Place:
        return calling_place()


@dataclass(frozen=True, eq=False)
class DeltaTable(TableDefinition):
    """A Delta table at ``uri``: a path, ``file://…`` or ``s3://bucket/prefix``.

    A relative path counts from the project's folder.
    """

    uri: str


@dataclass(frozen=True, eq=False)
class ParquetTable(TableDefinition):
    """A Parquet file, or a folder of them at ``uri``.

    With ``hive=True`` (implied by ``partition_by``) folders such as ``month=1`` are columns.
    """

    uri: str
    hive: bool | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class CsvTable(TableDefinition):
    """A CSV file, or a folder of them at ``uri``.

    Parameters
    ----------
    delimiter
        One character.
    header
        Whether the first line names the columns.
    null_values
        Texts that mean null; the empty text always does.
    """

    uri: str
    delimiter: str = field(default=",", kw_only=True)
    header: bool = field(default=True, kw_only=True)
    null_values: Sequence[str] = field(default=(), kw_only=True)
