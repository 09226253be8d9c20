import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.attack.facts import Entry, Facts, from_bytes, to_bytes
from hinomi.errors import InputError

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_PAIRS = st.lists(st.tuples(_TEXT, _TEXT), max_size=3).map(tuple)
_ENTRIES = st.builds(
    Entry,
    _TEXT,
    _TEXT,
    _TEXT,
    st.lists(_TEXT).map(tuple),
    st.lists(_TEXT).map(tuple),
    st.lists(_TEXT).map(tuple),
    _TEXT,
)
_NAMES = st.dictionaries(_TEXT, _TEXT, max_size=3)
_FACTS = st.builds(Facts, _TEXT, st.lists(_ENTRIES, max_size=3).map(tuple), _PAIRS, _PAIRS, _NAMES, _NAMES)


@given(_FACTS)
def test_what_is_written_is_read_again(facts: Facts) -> None:
    assert from_bytes(to_bytes(facts, {"file": "a"})) == (facts, {"file": "a"})


def test_another_format_is_said_to_be_one() -> None:
    with pytest.raises(InputError, match="format 9"):
        from_bytes(b'{"format": 9}')
