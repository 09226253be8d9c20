"""Each new result once, also what comes late; errors stay with their watch."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from hinomi.errors import Forbidden, InputError
from hinomi.hunt import watch_list
from hinomi.hunt.saved_query import SavedQuery, Wish
from hinomi.query.refusal import QueryError
from hinomi.schema.content import Text
from tests.hunt.conftest import HANAKO, JIRO, Room
from tests.lake import making

Write = Callable[..., list[dict[str, Any]]]
OLD_MS = 1_600_000_000_000


@pytest.fixture
def mark() -> str:
    """A word that only this test's activities hold."""
    return uuid.uuid4().hex


def watched(room: Room, query: str, every: int = 60, lookback: int = 60) -> SavedQuery:
    made = room.desk.queries.create(HANAKO, Wish("A watch", query))
    return room.desk.watches.set(HANAKO, made.id, every, lookback, is_active=True)


def test_new_results_open_one_check_point_and_are_told_once(room: Room, write: Write, mark: str) -> None:
    write(making.activity(OLD_MS, objectCmd=f"first {mark}"), making.activity(OLD_MS + 9, objectCmd=f"second {mark}"))
    one = watched(room, f"objectCmd: {mark}")
    assert room.desk.watches.work() == 1
    (point,) = room.desk.checkpoints.all("open")
    assert (point.count, point.new_count, point.first_ms, point.last_ms) == (2, 2, OLD_MS, OLD_MS + 9)
    assert [row["objectCmd"] for row in point.sample] == [f"second {mark}", f"first {mark}"]
    assert room.desk.watches.work() == 0  # not due yet
    room.ahead_s = 3601
    assert room.desk.watches.work() == 1
    assert room.desk.checkpoints.all("open")[0].count == 2
    assert room.desk.queries.get(one.id).open == 1


def test_a_record_that_comes_late_is_told_however_old_it_is(room: Room, write: Write, mark: str) -> None:
    watched(room, f"objectCmd: {mark}")
    room.desk.watches.work()
    assert room.desk.checkpoints.all() == []
    write(making.activity(OLD_MS - 999_999_999, objectCmd=mark))
    room.ahead_s = 3601
    room.desk.watches.work()
    assert [one.count for one in room.desk.checkpoints.all()] == [1]


def test_after_a_long_stand_still_nothing_is_left_out(room: Room, write: Write, mark: str) -> None:
    watched(room, f"objectCmd: {mark}", every=60, lookback=1)
    room.desk.watches.work()
    write(making.activity(OLD_MS, objectCmd=mark))
    room.ahead_s = 5 * 86_400
    room.desk.watches.work()
    assert [one.count for one in room.desk.checkpoints.all()] == [1]


def test_what_comes_after_done_is_another_check_point(room: Room, write: Write, mark: str) -> None:
    watched(room, f"objectCmd: {mark}", every=1)
    for number in range(2):
        write(making.activity(OLD_MS + number, objectCmd=mark))
        room.ahead_s += 61
        room.desk.watches.work()
        point = room.desk.checkpoints.all("open")[0]
        assert point.count == 1
        done = room.desk.checkpoints.done(HANAKO, point.id, " looked at ")
        assert (done.state, done.done_by, done.note) == ("done", "hanako", "looked at")
    assert len(room.desk.checkpoints.all("done")) == 2
    again = room.desk.checkpoints.reopen(HANAKO, point.id)
    assert (again.state, again.done_by, again.note) == ("open", None, "looked at")
    assert {"hunt.checkpoint.done", "hunt.checkpoint.reopen", "hunt.watch.set"} <= set(room.actions())


def test_detections_are_watched_too(room: Room, mark: str) -> None:
    row = making.activity(OLD_MS, objectCmd=mark, endpointHostName=mark)
    room.lake.write_detections([making.detection(row)])
    made = room.desk.queries.create(
        HANAKO, Wish("D", f"endpointHostName: {mark} and techniqueId: T1003-002", dataset="detections")
    )
    room.desk.watches.set(HANAKO, made.id, 60, 60, is_active=True)
    room.desk.watches.work()
    (point,) = room.desk.checkpoints.all()
    assert (point.count, point.sample[0]["filterId"]) == (1, "a_filter")


def test_too_many_results_are_told_over_several_runs_and_none_is_lost(
    room: Room, write: Write, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_list, "MAX_RESULTS", 3)
    write(*(making.activity(OLD_MS + number, objectCmd=mark) for number in range(5)))
    one = watched(room, f"objectCmd: {mark}", every=60, lookback=1)

    def run() -> tuple[int, Text | None]:
        assert room.desk.watches.work() == 1
        room.ahead_s += 3601  # longer than the lookback: only the cursor leads back to what is left
        (point,) = room.desk.checkpoints.all()
        watch = room.desk.queries.get(one.id).watch
        assert watch is not None
        return point.count, watch.last_error

    count, said = run()
    assert count == 3
    assert said is not None
    assert said.en.startswith("more than 3 new results: the next run goes on")
    assert said.ja.startswith("新しい結果が 3 件を超えました")
    assert run() == (5, None)
    assert run() == (5, None)


def test_an_error_stays_with_its_watch_and_the_others_run(
    room: Room, write: Write, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(making.activity(OLD_MS, objectCmd=mark))
    bad, good = watched(room, f"objectCmd: bad{mark}"), watched(room, f"objectCmd: {mark}")
    arrived = room.lake.arrived

    def stumble(table: str, where: str, parameters: Any, **more: Any) -> Any:
        if any(f"bad{mark}" in str(value) for value in parameters.values()):
            raise QueryError("the search took too long", "長すぎます")
        return arrived(table, where, parameters, **more)

    monkeypatch.setattr(room.lake, "arrived", stumble)
    assert room.desk.watches.work() == 2
    told = {one.id: one.watch and one.watch.last_error for one in room.desk.queries.all()}
    assert told == {bad.id: Text("the search took too long", "長すぎます"), good.id: None}
    assert [one.query_id for one in room.desk.checkpoints.all()] == [good.id]


def test_who_may_watch_and_how_often(room: Room) -> None:
    one = watched(room, "*")
    with pytest.raises(Forbidden):
        room.desk.watches.set(JIRO, one.id, 60, 60, is_active=True)
    for every, lookback in ((0, 60), (60, 0), (60, 10**6), (10**6, 60)):
        with pytest.raises(InputError):
            room.desk.watches.set(HANAKO, one.id, every, lookback, is_active=True)
    room.desk.watches.remove(HANAKO, one.id)
    assert room.desk.queries.get(one.id).watch is None
    assert room.desk.watches.work() == 0


def test_a_check_point_outlives_its_query(room: Room, write: Write, mark: str) -> None:
    write(making.activity(OLD_MS, objectCmd=mark))
    one = watched(room, f"objectCmd: {mark}")
    room.desk.watches.work()
    room.desk.queries.remove(HANAKO, one.id)
    assert room.desk.checkpoints.all()[0].query_name == "A watch"


def test_the_thread_runs_what_is_due_when_it_is_roused(room: Room, write: Write, mark: str) -> None:
    import threading

    write(making.activity(OLD_MS, objectCmd=mark))
    watched(room, f"objectCmd: {mark}")
    ran = threading.Event()
    work = room.desk.watches.work

    def told(is_over: Any) -> int:
        count = work(is_over)
        ran.set()
        return count

    room.desk.watches.work = told  # type: ignore[method-assign]
    room.desk.start()
    room.desk.rouse()
    assert ran.wait(30)
    assert len(room.desk.checkpoints.all()) == 1


def test_the_checks_of_the_day(room: Room, write: Write, mark: str) -> None:
    write(making.activity(OLD_MS, objectCmd=mark))
    one = watched(room, f"objectCmd: {mark}")
    room.desk.watches.work()
    found = {check.id: check for check in room.desk.today.checks({"workbench": 7})}
    assert {id_: check.count for id_, check in found.items()} == {"workbench": 7, "detections": 0, f"query-{one.id}": 1}
    for _ in range(2):
        room.desk.today.done(HANAKO, "workbench")
    assert [check.done_by for check in room.desk.today.checks({}) if check.id == "workbench"] == ["hanako"]
    room.ahead_s = 86_400
    assert not any(check.done_by for check in room.desk.today.checks({}))
    with pytest.raises(Exception, match="no check"):
        room.desk.today.done(HANAKO, "query-nothing")
