"""Sessions and transactions that are to change nothing."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

INSERT = "INSERT INTO shop.scratch (id, name) VALUES (-7, 'never')"
REFUSED = "cannot execute INSERT in a read-only transaction"


@pytest.mark.parametrize(
    ("readonly", "writable"),
    [
        ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        ),
    ],
)
def test_a_session_that_only_reads(
    connection: psycopg.Connection, readonly: str, writable: str
) -> None:
    connection.execute(readonly)
    assert connection.execute("SHOW transaction_read_only").fetchone() == ("on",)
    for prepare in (False, True):
        with pytest.raises(errors.ReadOnlySqlTransaction, match=REFUSED):
            connection.execute(INSERT, prepare=prepare)
    assert connection.execute("SELECT count(*) FROM shop.scratch WHERE id = -7").fetchone() == (0,)
    connection.execute(writable)
    with pytest.raises(errors.FeatureNotSupported), connection.transaction():
        connection.execute(INSERT)


@pytest.mark.parametrize(
    "begin", ["BEGIN READ ONLY", "START TRANSACTION READ ONLY", "BEGIN; SET TRANSACTION READ ONLY"]
)
def test_a_transaction_that_only_reads(connection: psycopg.Connection, begin: str) -> None:
    connection.execute(begin)
    with pytest.raises(errors.ReadOnlySqlTransaction, match=REFUSED):
        connection.execute(INSERT)
    connection.execute("ROLLBACK")
    assert connection.execute("SHOW transaction_read_only").fetchone() == ("off",)


def test_psycopg_asks_for_it(address: str) -> None:
    with psycopg.connect(address) as session:
        session.read_only = True
        with pytest.raises(errors.ReadOnlySqlTransaction):
            session.execute(INSERT)
