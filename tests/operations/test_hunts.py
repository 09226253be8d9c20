"""Hunts over a lake: the filters, saved queries and indicators that speak to what was asked, with who and when kept."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.app.folder import DataFolder
from hinomi.app.house import House
from hinomi.errors import Forbidden, InputError, NotFound
from hinomi.hunt.run import Run
from hinomi.hunt.saved_query import Wish
from hinomi.operations.hunts import Asked, Hunts
from hinomi.schema.principal import Principal, PrincipalKind, Role
from hinomi.settings import Settings
from tests import make
from tests.api.house import ATTACKED, content_folder, fill

HANAKO = Principal.of("hanako", Role.ANALYST, PrincipalKind.USER)
AUDITOR = Principal.of("auditor", Role.AUDITOR, PrincipalKind.USER)
SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80708"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("hunts")
    settings = Settings(data=folder / "data", content=content_folder(folder / "content"))
    DataFolder(settings.data).make("1")
    with House(settings) as opened:
        fill(opened)
        beacon = {"DestinationIp": "45.33.32.156", "DestinationPort": 443, "SourceIp": "10.0.0.9", "Initiated": "true"}
        opened.append(make.record_batch(make.record(3, record_id=7777, computer="PC-7", Image="C:\\b.exe", **beacon)))
        opened.pipeline.drain()
        yield opened


def ran(hunts: Hunts, asked: Asked, principal: Principal = HANAKO) -> Run:
    id_ = hunts.start(principal, asked)
    thread = hunts.jobs.get(principal.name, id_).thread
    assert thread is not None
    thread.join(60)
    return hunts.get(id_)[0]


def counts(run: Run) -> dict[str, tuple[int, int]]:
    return {f"{one['kind']} {one['id']}": (one["count"], one["endpoints"]) for one in run.parts}


def test_a_technique_runs_the_filters_and_queries_that_speak_to_it(house: House) -> None:
    saved = house.hunt.queries.create(HANAKO, Wish("Hive", "objectCmd: hklm", techniques=("T1003.002",)))
    other = house.hunt.queries.create(HANAKO, Wish("Who", "objectCmd: whoami", techniques=("T1033",)))
    run = ran(house.hunts, Asked("technique", technique="t1003"))
    assert run.state == "done", run.error
    assert counts(run) == {"filter sam_hive_saved": (ATTACKED, ATTACKED), f"query {saved.id}": (ATTACKED, ATTACKED)}
    assert (run.who, run.title.en) == ("hanako", "T1003 OS Credential Dumping")
    sample = run.parts[0]["sample"] or run.parts[1]["sample"]
    assert len(sample) == 5
    assert ["endpointHostName", "PC-0"] in sample[0]["highlights"]
    assert other.id not in str(run.parts)
    actions = [entry.action for entry in house.access.audit.search(text="hunt.run.start").items]
    assert actions == ["hunt.run.start"]


def test_only_the_window_counts(house: House) -> None:
    from hinomi.query.moment import parse_moment

    start, end = parse_moment("2026-01-15T03:02:00Z"), parse_moment("2026-01-15T03:05:00Z")
    run = ran(house.hunts, Asked("technique", technique="T1003.002", from_ms=start, to_ms=end))
    assert {one["count"] for one in run.parts} == {3}


def test_a_group_runs_what_its_techniques_need(house: House) -> None:
    from hinomi.attack.catalogue import load_attack

    actor = next(one for one in load_attack().actors.values() if one.kind == "group" and "T1003.002" in one.techniques)
    run = ran(house.hunts, Asked("group", group=actor.name))
    assert counts(run)["filter sam_hive_saved"] == (ATTACKED, ATTACKED)
    assert actor.id in run.title.en


def test_a_report_is_swept_and_its_techniques_are_run(house: House) -> None:
    report = f"T1003.002 by 45.33.32[.]156, never 198.51.100[.]200; SHA1 {SHA1} and C:\\x; hxxp://evil[.]ru/a"
    run = ran(house.hunts, Asked("report", text=report))
    assert counts(run)["indicator ip"] == (1, 1)
    assert counts(run)["filter sam_hive_saved"] == (ATTACKED, ATTACKED)
    found = {one["value"]: one["count"] for one in run.indicators}
    assert found == {"45.33.32.156": 1, "198.51.100.200": 0, SHA1: 0, "http://evil.ru/a": 0, "evil.ru": 0}
    assert next(iter(found)) == "45.33.32.156"
    assert run.title.en == "Report (indicators: 5, techniques: 1)"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Asked("technique", technique="T9999"), NotFound),
        (Asked("group", group="nobody at all"), NotFound),
        (Asked("report", text="nothing to see"), InputError),
        (Asked("query", query_id="none"), NotFound),
        (Asked("moon"), InputError),
        (Asked("technique", technique="T1003", from_ms=5, to_ms=5), InputError),
    ],
)
def test_what_cannot_be_hunted(house: House, asked: Asked, error: type[Exception]) -> None:
    with pytest.raises(error):
        house.hunts.start(HANAKO, asked)


def test_who_may_not_hunt(house: House) -> None:
    with pytest.raises(Forbidden):
        house.hunts.start(AUDITOR, Asked("technique", technique="T1003"))


def test_a_cancelled_hunt_is_kept_with_what_it_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held, go = threading.Event(), threading.Event()
    tally = house.lake.tally

    def slow(*given: Any, **more: Any) -> tuple[int, int]:
        held.set()
        assert go.wait(30)
        return tally(*given, **more)

    monkeypatch.setattr(house.lake, "tally", slow)
    house.hunt.queries.create(HANAKO, Wish("Slow", "*", techniques=("T1003",)))
    id_ = house.hunts.start(HANAKO, Asked("technique", technique="T1003"))
    assert held.wait(30)
    assert house.hunts.get(id_)[0].state == "running"
    with pytest.raises(Forbidden):
        house.hunts.cancel(Principal.of("jiro", Role.ANALYST, PrincipalKind.USER), id_)
    house.hunts.cancel(HANAKO, id_)
    go.set()
    thread = house.hunts.jobs.get("hanako", id_).thread
    assert thread is not None
    thread.join(30)
    run = house.hunts.get(id_)[0]
    assert run.state == "cancelled"
    assert any(one["kind"] == "query" for one in run.parts)
    assert house.access.audit.search(text="hunt.run.cancel").total == 1


def test_what_ran_when_a_server_ended_is_told_as_lost(house: House) -> None:
    from hinomi.hunt.run import Runs
    from hinomi.schema.content import Text

    runs = Runs(house.database, house.access.audit, time.time)
    runs.begin(HANAKO, "lost-one", "query", Text("x", "x"), None, None, {})
    Hunts(house.book, house.access.audit, house.lake, house.hunt.queries, time.time)
    assert (runs.get("lost-one").state, runs.get("lost-one").error) == ("failed", "the server ended while it ran")
