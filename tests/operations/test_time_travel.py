"""Then against now: nothing differs while nothing has changed, wherever the window is cut; and what differs says why."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hinomi.access.audit import Audit
from hinomi.detect.content import load_content
from hinomi.detect.exceptions import Exceptions
from hinomi.errors import InputError, NotFound
from hinomi.operations.book import ContentBook
from hinomi.operations.chosen_content import Asked, GivenText, route_of
from hinomi.operations.given import read_given
from hinomi.operations.time_pairs import Group, Pair
from hinomi.operations.time_reasons import Reason
from hinomi.operations.time_travel import look
from hinomi.operations.time_travels import TimeTravels, Told
from hinomi.query.moment import format_moment
from tests import make
from tests.api.house import content_folder
from tests.make_rooms import Rooms

START_MS = 1_768_446_000_000  # 2026-01-15T03:00:00Z
MINUTE = 60_000
CROWD = """name: Many whoami
severity: medium
description: Many.
products: [windows_sysmon]
suppress: 90m
rules:
  - {id: many, name: Four in half an hour, type: count, filters: [whoami_run], group_by: [endpointGuid], window: 30m, threshold: 4}
ja: {name: 多数の whoami, description: 多数。, rules: {many: 30 分に 4 回}}
tests:
  fires: [{records: [{Image: 'C:\\Windows\\System32\\whoami.exe', CommandLine: whoami, at: 0s, repeat: 4}]}]
  silent: [{records: [{Image: 'C:\\Windows\\System32\\whoami.exe', CommandLine: whoami, at: 0s}]}]
"""


def whoami(minute: int, host: str) -> bytes:
    image, at = r"C:\Windows\System32\whoami.exe", format_moment(START_MS + minute * MINUTE)
    return make.record(computer=host, time=at, record_id=minute, Image=image, CommandLine=f"whoami {minute}")


class Past:
    """Twelve hours of two machines, each record up to an hour late, with the alerts they raised."""

    def __init__(self, folder: Path) -> None:
        self.shipped = content_folder(folder / "content")
        (self.shipped / "models" / "many_whoami.yml").write_text(CROWD)
        content, errors = load_content(self.shipped)
        assert errors == []
        self.rooms = Rooms(folder, content)
        self.book = ContentBook(
            self.rooms.database,
            Audit(self.rooms.database, time.time),
            time.time,
            lambda: read_given(self.shipped, folder / "none"),
        )
        self.travels = TimeTravels(self.book, self.rooms.lake, time.time)
        self._fill()

    def _fill(self) -> None:
        chance = random.Random(7)
        minutes = sorted(chance.sample(range(720), 160), key=lambda minute: minute + chance.random() * 60)
        records = [whoami(minute, f"PC-{minute % 2}") for minute in minutes]
        for start in range(0, len(records), 37):
            self.rooms.spool.append(make.record_batch(*records[start : start + 37], file=f"{start}.json"))
        self.rooms.pipeline().drain()

    def tell(self, **asked: object) -> Told:
        return self.travels.tell(Asked(**asked))  # type: ignore[arg-type]

    def codes(self, **asked: object) -> set[tuple[Group, tuple[str, ...]]]:
        return {(pair.group, codes(reasons)) for pair, reasons in self.tell(**asked).shown}


def codes(reasons: list[Reason]) -> tuple[str, ...]:
    return tuple(reason.code for reason in reasons)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    made = Past(tmp_path_factory.mktemp("past"))
    yield made
    made.rooms.close()


def counted(pairs: list[Pair]) -> dict[Group, int]:
    return {group: sum(pair.group is group for pair in pairs) for group in Group}


def test_wherever_the_time_is_cut_each_alert_is_found_once_and_the_same(past: Past) -> None:
    whole = past.tell().travel
    everything = counted(whole.pairs)
    assert everything[Group.BOTH] == len(past.rooms.alerts()) > 8
    assert everything[Group.ONLY_NOW] == everything[Group.ONLY_THEN] == 0
    assert (whole.seen.read, whole.seen.unread, whole.is_partial) == (160, 0, False)
    for minute in range(0, 720, 60):
        cut = START_MS + minute * MINUTE
        before = past.tell(to_ms=cut).travel.pairs
        after = past.tell(from_ms=cut).travel.pairs
        assert counted(before + after) == everything
        assert len({pair.raised.id for pair in before + after if pair.raised}) == everything[Group.BOTH]


def test_evidence_that_joined_an_alert_then_is_told(past: Past) -> None:
    """Without suppression there are more alerts; their evidence stands in those of then."""
    apart = CROWD.replace("suppress: 90m", "suppress: 1m")
    found = past.tell(texts=(GivenText("model", apart, "many_whoami"),))
    new = [reasons for pair, reasons in found.shown if pair.group is Group.ONLY_NOW]
    assert len(new) > 3
    assert {"draft", "joined"} <= {reason.code for reasons in new for reason in reasons}
    alerts = {value for reasons in new for reason in reasons for name, value in reason.about if name == "alert"}
    ids = {pair.raised.id for pair in past.tell().travel.pairs if pair.raised}
    assert alerts
    assert alerts <= ids


def test_a_model_that_is_gone_and_records_that_are_gone(past: Past) -> None:
    path = past.shipped / "models" / "many_whoami.yml"
    path.unlink()
    past.book.reload()
    assert past.codes() == {(Group.ONLY_THEN, ("modelGone",))}
    path.write_text(CROWD)
    past.book.reload()
    past.rooms.lake._connection.command(
        "ALTER TABLE activities DELETE WHERE endpointHostName = 'PC-1' SETTINGS mutations_sync = 2"
    )
    found = past.tell().shown
    gone = {pair.raised.entities: codes(reasons) for pair, reasons in found if pair.raised and not pair.would}
    assert gone == {("PC-1",): ("recordsGone",)}


def test_a_cancelled_one_ends_after_a_page_and_compares_nothing(past: Past) -> None:
    stop = threading.Event()
    stop.set()
    found = past.travels.tell(Asked(), cancelled=stop.is_set)
    assert (found.travel.seen.is_cancelled, found.travel.seen.read, found.travel.pairs) == (True, 0, [])


def test_only_the_filters_that_count_are_looked_for(past: Past) -> None:
    route = route_of(past.book, Asked(models=("many_whoami",)))
    assert [one.id for one in route.filters] == ["whoami_run"]
    assert route_of(past.book, Asked(from_ms=START_MS)).read_from_ms == START_MS - 24 * 60 * MINUTE
    assert route.read_from_ms is None
    narrow = replace(route, from_ms=START_MS, to_ms=START_MS + MINUTE)
    assert (narrow.read_from_ms, narrow.read_to_ms) == (START_MS - 120 * MINUTE, START_MS + 121 * MINUTE)
    assert look(past.rooms.lake, narrow, Exceptions(())).read < 160


def test_what_cannot_be_asked_is_refused(past: Past) -> None:
    for asked, error in (
        (Asked(from_ms=5, to_ms=5), InputError),
        (Asked(models=("nobody",)), NotFound),
        (Asked(versions=(("", "nobody", 1),)), NotFound),
        (Asked(versions=(("model", "many_whoami", 3),)), NotFound),
        (Asked(texts=(GivenText("rule", "x"),)), InputError),
        (Asked(texts=tuple(GivenText("model", CROWD) for _ in range(51))), InputError),
    ):
        with pytest.raises(error):
            route_of(past.book, asked)


def test_a_model_may_wait_for_a_filter_that_is_as_new(past: Path) -> None:
    assert isinstance(past, Past)
    texts = (
        GivenText("model", CROWD.replace("whoami_run", "my_filter")),
        GivenText(
            "filter",
            "title: t\nlogsource: {product: windows}\ndetection: {a: {Image|endswith: who}, condition: a}\n",
            "my_filter",
        ),
    )
    route = route_of(past.book, Asked(texts=texts))
    assert [model.name.en for model in route.models] == ["Many whoami"]
    assert [one.id for one in route.filters] == ["my_filter"]
