import pytest

from hinomi.errors import InputError
from hinomi.query.moment import format_moment, format_second, parse_moment, parse_when

MOMENT = 1768446000000  # 2026-01-15T03:00:00Z


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-15T03:00:00Z", MOMENT),
        ("2026-01-15T03:00:00", MOMENT),
        ("2026-01-15T12:00:00+09:00", MOMENT),
        ("2026-01-15T12:00:00 +0900", MOMENT),
        ("2026-01-15 03:00:00.123456789Z", MOMENT + 123),
        ("2026-01-15T03:00", MOMENT),
        ("2026-01-15", MOMENT - 3 * 3600 * 1000),
        (" 1768446000000 ", MOMENT),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_a_moment_is_read_in_every_shape(text: str, expected: int) -> None:
    assert parse_moment(text) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "2026-01-15T25:00:00Z", "٢٠٢٦-01-15", "2026-01-15T03:00:00Zz", "1" * 16]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a time"):
        parse_moment(text)


def test_a_moment_is_written_with_milliseconds_or_to_the_second() -> None:
    assert format_moment(MOMENT + 7) == "2026-01-15T03:00:00.007Z"
    assert format_second(MOMENT + 7) == "2026-01-15T03:00:00Z"


def test_a_moment_may_be_said_as_how_long_ago() -> None:
    now = 1_800_000_000_000
    assert parse_when("now", now) == now
    assert parse_when("30m", now) == now - 1_800_000
    assert parse_when("24h", now) == parse_when("1d", now) == now - 86_400_000
    assert parse_when("2W", now) == parse_when("14d", now)
    assert parse_when("2026-01-31T09:00:00Z", now) == parse_moment("2026-01-31T09:00:00Z")
    with pytest.raises(InputError):
        parse_when("7x", now)
