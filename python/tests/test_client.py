"""What the client of a server refuses to send."""

from __future__ import annotations

from typing import Any

import pytest
from neuralake.client import RemoteCatalog
from neuralake.errors import NeuralakeError


@pytest.mark.parametrize("value", [b"foo", bytearray(b"foo"), memoryview(b"foo")])
def test_bytes_are_refused_as_a_parameter(value: Any) -> None:
    catalog = RemoteCatalog("http://127.0.0.1:1")  # nobody is there, and nobody is asked
    for params in ([value], {"a": value}):
        with pytest.raises(NeuralakeError, match=r"from_base64\(\$1\)") as refused:
            catalog.sql("SELECT $1 = 'foo'::BLOB", params)
        assert refused.value.kind == "unsupported"
