import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.wire import pattern_set
from hinomi.wire.pattern_set import HashPattern, PatternSet, pack, unpack

HASHES = st.builds(
    HashPattern, st.just("sha256"), st.text("0123456789abcdef", min_size=64, max_size=64), st.text("ab é")
)


@given(st.builds(PatternSet, st.integers(0, 1 << 40), st.lists(HASHES, max_size=5).map(tuple), st.text("rule {}\n")))
def test_what_is_packed_comes_back(patterns: PatternSet) -> None:
    assert unpack(pack(patterns)) == patterns


@given(st.binary(max_size=300))
def test_strange_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        unpack(data)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}",
        b'{"version": "1", "hashes": [], "yara": ""}',
        b'{"version": 1, "hashes": [{"type": "md5", "value": "0", "name": ""}], "yara": ""}',
        b'{"version": 1, "hashes": [{"type": "sha1", "value": "../../etc/passwd", "name": ""}], "yara": ""}',
        b'{"version": 1, "hashes": [], "yara": null}',
    ],
)
def test_json_that_is_no_set_is_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        unpack(zstandard.compress(text))


def test_a_bomb_is_refused_before_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_set, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="unpacks to at most"):
        unpack(zstandard.compress(b" " * 100_000))
