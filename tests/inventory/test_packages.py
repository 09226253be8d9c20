"""Which sensor is offered which package."""

from dataclasses import replace
from pathlib import Path

import pytest

from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.packages import SensorPackages, ring
from hinomi.wire.message import Hello, Update, UpdateOutcome
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-000000000000"
PLATFORM = "linux-x86_64-py3.11"
HELLO = Hello(1, A, "00", 1, 0, 0, sensor_version="1.0", platform=PLATFORM)


def offer(version: str, digit: str, **more: object) -> Update:
    return replace(Update(version, PLATFORM, digit * 64, 5, 1, signature=b"s"), **more)  # type: ignore[arg-type]


class Kept:
    """Packages with a clock that goes on with every change."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.now = database, 0.0
        self.packages = SensorPackages(database, folder, lambda: self.now)
        inventory = Inventory(database, lambda: 1.0)
        inventory.seen(A, at_ms=1, facts=facts())
        with database.begin() as connection:
            inventory.set_group(connection, A, "web")

    def add(self, one: Update, percent: int = 0, group: str = "") -> None:
        self.now += 1
        with self.database.begin() as connection:
            self.packages.add(connection, "hanako", one)
            if percent:
                self.packages.share(connection, one.sha256, percent, group)


@pytest.fixture
def kept(database: Database, tmp_path: Path) -> Kept:
    return Kept(database, tmp_path)


def test_nothing_is_offered_before_it_is_shared(kept: Kept) -> None:
    kept.add(offer("1.1", "a"))
    assert kept.packages.offer_to(HELLO) is None
    with pytest.raises(NotFound):
        kept.packages.file("a" * 64)
    kept.packages.place("a" * 64).write_bytes(b"12345")
    kept.add(offer("1.1", "a"), 100)
    assert kept.packages.offer_to(HELLO) == offer("1.1", "a")
    assert kept.packages.file("a" * 64).read_bytes() == b"12345"


@pytest.mark.parametrize(
    "one",
    [
        offer("1.0", "a"),
        offer("0.9", "a"),
        offer("1.1", "a", platform="linux-aarch64-py3.11"),
        offer("1.0", "a", goes_back=True),
    ],
)
def test_what_does_not_fit_is_not_offered(kept: Kept, one: Update) -> None:
    kept.add(one, 100)
    assert kept.packages.offer_to(HELLO) is None


def test_what_was_shared_last_wins_and_may_be_older(kept: Kept) -> None:
    kept.add(offer("1.1", "a"), 100)
    kept.add(offer("0.9", "b", goes_back=True), 100)
    assert kept.packages.offer_to(HELLO) == offer("0.9", "b", goes_back=True)
    kept.add(offer("1.1", "a"), 100)
    assert kept.packages.offer_to(HELLO) == offer("1.1", "a")


def test_a_sensor_that_runs_from_no_package_is_offered_none(kept: Kept) -> None:
    kept.add(offer("1.1", "a"), 100)
    assert kept.packages.offer_to(replace(HELLO, platform="")) is None


def test_a_share_is_of_a_group_and_of_a_ring(kept: Kept) -> None:
    place = ring(A, "a" * 64)
    assert 0 < place < 99, "choose another digit: this one has no outside"
    kept.add(offer("1.1", "a"), place)
    assert kept.packages.offer_to(HELLO) is None
    kept.add(offer("1.1", "a"), place + 1)
    assert kept.packages.offer_to(HELLO) is not None
    kept.add(offer("1.1", "a"), 100, "mail")
    assert kept.packages.offer_to(HELLO) is None
    kept.add(offer("1.1", "a"), 100, "web")
    assert kept.packages.offer_to(HELLO) is not None


def test_rings_are_even(kept: Kept) -> None:
    places = [ring(f"sensor {number}", "a" * 64) for number in range(10_000)]
    assert 800 < sum(place < 10 for place in places) < 1200
    assert {*places} == set(range(100))


def test_what_failed_on_a_sensor_is_not_offered_to_it_again(kept: Kept) -> None:
    kept.add(offer("1.1", "a"), 100)
    kept.add(offer("1.2", "b"), 100)
    kept.packages.became(A, UpdateOutcome("b" * 64, "1.2", "rolled_back", "no welcome"))
    assert kept.packages.offer_to(HELLO) == offer("1.1", "a")
    kept.packages.became(A, UpdateOutcome("a" * 64, "1.1", "running"))
    (newest, older) = kept.packages.all()
    assert (newest.outcomes, older.outcomes) == ({"rolled_back": 1}, {"running": 1})
    (told,) = kept.packages.sensors("b" * 64)
    assert (told["guid"], told["reason"]) == (A, "no welcome")
    kept.packages.became(A, UpdateOutcome("c" * 64, "1.3", "running"))  # of a package that nobody knows
    with pytest.raises(InputError):
        kept.packages.became(A, UpdateOutcome("a" * 64, "1.1", "dancing"))


def test_a_refused_package_is_offered_again_when_it_is_signed_anew(kept: Kept) -> None:
    kept.add(offer("1.1", "a"), 100)
    kept.packages.became(A, UpdateOutcome("a" * 64, "1.1", "refused", "epoch 1"))
    assert kept.packages.offer_to(HELLO) is None
    kept.add(offer("1.1", "a", epoch=2))
    assert kept.packages.offer_to(HELLO) == offer("1.1", "a", epoch=2)


def test_packages_are_named_by_version_or_digest(kept: Kept) -> None:
    kept.add(offer("1.1", "a"))
    kept.add(offer("1.1", "b", platform="linux-aarch64-py3.11"))
    assert kept.packages.find("bbbb").offer.platform == "linux-aarch64-py3.11"
    with pytest.raises(Conflict):
        kept.packages.find("1.1")
    for name in ("2.0", ""):
        with pytest.raises(NotFound):
            kept.packages.find(name)


def test_stop_and_remove(kept: Kept) -> None:
    kept.add(offer("1.1", "a"), 100)
    with kept.database.begin() as connection:
        kept.packages.share(connection, "a" * 64, 0, "")
    assert kept.packages.offer_to(HELLO) is None
    with kept.database.begin() as connection:
        kept.packages.remove(connection, "a" * 64)
    assert kept.packages.all() == []
    with pytest.raises(NotFound), kept.database.begin() as connection:
        kept.packages.share(connection, "a" * 64, 5, "")
    with pytest.raises(InputError), kept.database.begin() as connection:
        kept.packages.share(connection, "a" * 64, 101, "")
