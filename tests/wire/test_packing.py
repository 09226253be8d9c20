import struct
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError, TooLarge
from hinomi.schema.record import DeadLetter, RecordBatch
from hinomi.wire.packing import pack, unpack

HEADER: dict[str, Any] = {
    "source": "file",
    "files": ["a.evtx"],
    "lengths": [2],
    "fileOf": [0],
    "numbers": [1],
    "occurrences": [0],
    "dead": [],
}

_COUNTS = st.integers(0, 2**53)
_LETTERS = st.builds(
    DeadLetter, st.text(), st.text(), st.none() | st.integers(0, 2**53), st.text(), st.text(), st.binary(max_size=50)
)


@st.composite
def batches(draw: st.DrawFn) -> RecordBatch:
    files = draw(st.lists(st.text(min_size=1), min_size=1, max_size=3))
    records = draw(st.lists(st.binary(max_size=60), max_size=10))
    column = st.lists(_COUNTS, min_size=len(records), max_size=len(records))
    file_of = draw(st.lists(st.integers(0, len(files) - 1), min_size=len(records), max_size=len(records)))
    dead = draw(st.lists(_LETTERS, max_size=2))
    return RecordBatch(draw(st.text()), files, records, file_of, draw(column), draw(column), dead)


@settings(deadline=None)
@given(batches())
def test_a_batch_comes_back_as_it_went(batch: RecordBatch) -> None:
    assert unpack(pack(batch)) == batch


def message(
    header: Any, body: bytes = b"{}", magic: bytes = b"HNMR", version: int = 1, length: int | None = None
) -> bytes:
    text = orjson.dumps(header)
    head = struct.pack("<4sBI", magic, version, len(text) if length is None else length)
    return zstandard.ZstdCompressor().compress(head + text + body)


WRONG = [
    ("no zstd", b"plain bytes"),
    ("ends before", zstandard.ZstdCompressor().compress(b"HN")),
    ("no record batch", message(HEADER, magic=b"EVIL")),
    ("no record batch", message(HEADER, version=2)),
    ("longer than the body", message(HEADER, length=2**32 - 1)),
    ("no JSON", message(HEADER, length=5)),
    ("no JSON object", message([1])),
    ("the header says 2", message(HEADER, body=b"{}}")),
    ("lengths is no list", message(HEADER | {"lengths": [-2]})),
    ("lengths is no list", message(HEADER | {"lengths": [True]}, body=b"x")),
    ("differ in length", message(HEADER | {"numbers": []})),
    ("not in files", message(HEADER | {"fileOf": [1]})),
    ("files is no list", message(HEADER | {"files": [1]})),
    ("source is no text", message(HEADER | {"source": None})),
    ("dead is no list", message(HEADER | {"dead": {}})),
    ("no object", message(HEADER | {"dead": [1]})),
    ("no base64", message(HEADER | {"dead": [{"source": "", "file": "", "reason": "", "detail": "", "excerpt": "*"}]})),
]


@pytest.mark.parametrize(("told", "body"), WRONG)
def test_what_is_malformed_is_refused(told: str, body: bytes) -> None:
    with pytest.raises(InputError, match=told):
        unpack(body)


def test_a_bomb_is_refused_by_size_and_by_ratio() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(b"\0" * (64 << 20))
    with pytest.raises(TooLarge):
        unpack(bomb)
    with pytest.raises(TooLarge):
        unpack(pack(RecordBatch("file", ["a"], [b"x" * 2000], [0], [1], [0])), limit=1000, ratio=1)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_batch_or_an_input_error(body: bytes) -> None:
    for data in (body, zstandard.ZstdCompressor().compress(b"HNMR\x01" + body)):
        try:
            unpack(data)
        except InputError:
            continue
