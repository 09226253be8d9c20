import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.response.recording import Recording


def lines(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_character_that_comes_in_two_pieces_stays_whole(tmp_path: Path) -> None:
    made = Recording(tmp_path / "a" / "one.cast", 1000.0, 80, 24, "title")
    made.add("o", "火".encode()[:2], 1001.0)
    made.add("o", "火".encode()[2:], 1002.5)
    made.add("i", b"\xff", 1001.5)  # the clock went back
    made.close()
    assert lines(tmp_path / "a" / "one.cast")[1:] == [[2.5, "o", "火"], [2.5, "i", "�"]]


def test_it_never_writes_over_another(tmp_path: Path) -> None:
    Recording(tmp_path / "one.cast", 0, 80, 24, "").close()
    with pytest.raises(FileExistsError):
        Recording(tmp_path / "one.cast", 0, 80, 24, "")


@given(st.lists(st.tuples(st.sampled_from("io"), st.binary(max_size=40), st.floats(0, 1e6)), max_size=20))
def test_whatever_came_the_file_reads(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[str, bytes, float]]
) -> None:
    path = tmp_path_factory.mktemp("cast") / "one.cast"
    made = Recording(path, 5.0, 80, 24, "x\ud800")
    for kind, data, at_s in pieces:
        made.add(kind, data, at_s)
    made.close()
    times = [line[0] for line in lines(path)[1:]]  # type: ignore[index]
    assert times == sorted(times)
