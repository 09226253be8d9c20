import pytest

from hinomi.api.window import check_order, read_end, read_start
from hinomi.errors import InputError

MOMENT = 1768446000000  # 2026-01-15T03:00:00Z


@pytest.mark.parametrize("text", [None, "", "  "])
def test_empty_is_absent(text: str | None) -> None:
    assert read_start("x", text) is None
    assert read_end("x", text) is None


def test_a_second_at_the_end_is_meant_whole() -> None:
    assert read_end("x", "2026-01-15T03:00:00Z") == MOMENT + 999
    assert read_end("x", "2026-01-15T03:00:00.000Z") == MOMENT
    assert read_end("x", str(MOMENT)) == MOMENT


@pytest.mark.parametrize("text", ["2026-01-15T03:00:00", "2026-01-15T12:00:00+09:00", "2026-01-15T12:00:00 09:00"])
def test_no_zone_is_utc_and_a_lost_plus_is_found(text: str) -> None:
    assert read_start("x", text) == MOMENT


def test_what_is_no_time_names_the_parameter() -> None:
    with pytest.raises(InputError, match="startDateTime: 'soon' is not a time"):
        read_start("startDateTime", "soon")
    with pytest.raises(InputError, match="ends before it begins"):
        check_order(2, 1)
