import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.access.access import Access
from hinomi.access.throttle import FREE_FAILURES, MAX_LOCK_S, count_attempt, lock_s
from hinomi.errors import TooMany, Unauthorised
from hinomi.schema.principal import Role
from tests.make_access import PASSWORD, Clock, access, user


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Access:
    made = access(tmp_path, clock)
    user(made, "ayumi", Role.ADMINISTRATOR)
    return made


def fail(house: Access, clock: Clock, times: int, name: str = "ayumi", address: str = "198.51.100.1") -> None:
    """Wrong passwords, without the time that looking at them takes."""
    for _ in range(times):
        with house._database.begin() as connection:
            count_attempt(connection, name, address, clock.now_ms)


def wait_s(house: Access, clock: Clock, name: str = "ayumi", address: str = "198.51.100.1") -> int:
    """How long the pair must wait before the next attempt counts."""
    with pytest.raises(TooMany) as told, house._database.begin() as connection:
        count_attempt(connection, name, address, clock.now_ms)
    return told.value.retry_after_s


def test_after_five_failures_even_the_right_password_must_wait(house: Access, clock: Clock) -> None:
    for _ in range(FREE_FAILURES):
        with pytest.raises(Unauthorised):
            house.login("ayumi", "wrong-password", "198.51.100.1")
    with pytest.raises(TooMany) as told:
        house.login("ayumi", PASSWORD, "198.51.100.1")
    assert told.value.retry_after_s == 2
    clock.pass_s(2)
    assert house.login("ayumi", PASSWORD, "198.51.100.1").user.name == "ayumi"


def test_each_failure_doubles_the_lock(house: Access, clock: Clock) -> None:
    fail(house, clock, FREE_FAILURES)
    waited = []
    for _ in range(4):
        waited.append(wait_s(house, clock))
        clock.pass_s(waited[-1])
        fail(house, clock, 1)
    assert waited == [2, 4, 8, 16]


def test_another_address_is_not_locked(house: Access, clock: Clock) -> None:
    fail(house, clock, FREE_FAILURES)
    assert house.login("ayumi", PASSWORD, "203.0.113.9").user.name == "ayumi"


def test_a_right_password_forgives(house: Access, clock: Clock) -> None:
    fail(house, clock, FREE_FAILURES - 1)
    house.login("ayumi", PASSWORD, "198.51.100.1")
    fail(house, clock, FREE_FAILURES - 1)
    house.login("ayumi", PASSWORD, "198.51.100.1")


def test_failures_of_yesterday_are_forgotten(house: Access, clock: Clock) -> None:
    fail(house, clock, FREE_FAILURES - 1)
    clock.pass_s(24 * 3600 + 1)
    fail(house, clock, FREE_FAILURES)
    assert wait_s(house, clock) == 2


def test_unknown_users_are_locked_as_known_ones_are(house: Access, clock: Clock) -> None:
    fail(house, clock, FREE_FAILURES, "nobody")
    assert wait_s(house, clock, "NoBody") == 2


def test_many_guesses_at_once_gain_nothing(house: Access) -> None:
    answers = []

    def guess() -> None:
        try:
            house.login("ayumi", "wrong-password", "198.51.100.1")
        except (TooMany, Unauthorised) as error:
            answers.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count(Unauthorised), answers.count(TooMany)) == (FREE_FAILURES, 12 - FREE_FAILURES)


@given(st.integers(0, 10**9))
def test_the_lock_never_shrinks_and_never_passes_its_limit(failures: int) -> None:
    assert 0 <= lock_s(failures) <= lock_s(failures + 1) <= MAX_LOCK_S
