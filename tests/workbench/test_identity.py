import pytest

from hinomi.workbench.identity import ALERT, Numbers, etag, is_current, normal_id
from tests.make_workbench import START_MS, House


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("WB-9498-20211104-0001", "WB-9498-20211104-00001"), ("wb-1-20261122-7", "WB-1-20261122-00007"),
        ("WB-1-20261122-00007", "WB-1-20261122-00007"), ("WB-1-20261122-123456", "WB-1-20261122-123456"),
        ("ic-1-20261122-0", "IC-1-20261122-00000"), (" WB-a-b-20261122-1 ", "WB-a-b-20261122-00001"),
        ("WB-1-2026-1", "WB-1-2026-1"), ("anything", "anything"), ("", ""),
    ],
)  # fmt: skip
def test_an_id_may_be_written_shorter(written: str, normal: str) -> None:
    assert normal_id(written) == normal


def test_the_counter_grows_beyond_five_digits(house: House) -> None:
    with house.database.begin() as connection:
        numbers = Numbers(connection, ALERT, "1", START_MS)
        taken = [numbers.take() for _ in range(100_001)]
        numbers.save()
        assert Numbers(connection, ALERT, "1", START_MS).take() == "WB-1-20260528-100001"
    assert (taken[0], taken[-2], taken[-1]) == ("WB-1-20260528-00000", "WB-1-20260528-99999", "WB-1-20260528-100000")


def test_a_day_is_one_of_utc(house: House) -> None:
    midnight_ms = START_MS - START_MS % 86_400_000
    with house.database.begin() as connection:
        assert Numbers(connection, ALERT, "1", midnight_ms).take() == "WB-1-20260528-00000"
        assert Numbers(connection, ALERT, "1", midnight_ms - 1).take() == "WB-1-20260527-00000"


def test_an_etag_matches_however_it_is_quoted() -> None:
    tag = etag("WB-1-20260528-00000", 1)
    for sent in (None, "*", tag, f'"{tag}"', f'W/"{tag}"', f'"other", "{tag}"'):
        assert is_current(sent, tag)
    for sent in ("", '""', "other", f"{tag}x", etag("WB-1-20260528-00000", 2)):
        assert not is_current(sent, tag)
