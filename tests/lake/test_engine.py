"""Turns are fair, statements are told apart, bounds hold, nothing sticks to a session."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from hinomi.errors import InputError
from hinomi.lake.engine import EngineError, Session, Statement, Turns
from hinomi.lake.lake import Lake
from hinomi.lake.ticket import ticketed
from tests import waiting
from tests.lake import making


def turns(count: int) -> Turns:
    return Turns([cast("Session", object()) for _ in range(count)])


def test_turns_come_in_order() -> None:
    two = turns(1)
    order: list[int] = []

    def wait(number: int) -> None:
        with two.take():
            order.append(number)

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(20)]
    with two.take():
        for number, thread in enumerate(threads):
            thread.start()
            while two.waiting <= number:
                time.sleep(0)
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def test_no_session_is_given_twice() -> None:
    three = turns(3)
    inside: list[Any] = []
    most = 0

    def use(_: int) -> None:
        nonlocal most
        with three.take() as session:
            assert session not in inside
            inside.append(session)
            most = max(most, len(inside))
            inside.remove(session)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(use, range(2000)))
    assert most <= 3


def test_who_waits_too_long_is_sent_away_and_the_turn_is_not_lost() -> None:
    one = turns(1)
    with one.take(), pytest.raises(EngineError) as refused, one.take(wait_s=0.01):
        pass
    assert refused.value.code == 202
    with one.take(wait_s=0.01):
        pass


@pytest.mark.parametrize(
    ("sql", "is_read"),
    [
        ("SELECT 1", True),
        ("  -- why\n  with 1 as a select a", True),
        ("(SELECT 1) UNION ALL (SELECT 2)", True),
        ("EXPLAIN SELECT 1", True),
        ("INSERT INTO t SELECT 1", False),
        ("selection", False),
        ("DROP TABLE t", False),
        ("", False),
    ],
)
def test_reads_are_told_from_writes(sql: str, is_read: bool) -> None:
    assert Statement(sql).is_read is is_read


def test_a_read_cannot_write(lake: Lake) -> None:
    with pytest.raises(InputError):
        lake._connection.ask("SELECT 1; DROP TABLE activities")
    with pytest.raises(InputError):
        lake._connection.ask("WITH 1 AS a INSERT INTO detections (id) SELECT 'x'")
    assert lake.count("1", {}) >= 0


def test_a_failed_question_leaves_nothing_for_the_next(lake: Lake) -> None:
    ask = lake._connection.ask
    # the answer has begun when it fails, on every session
    failing = "SELECT throwIf(number = 900000, 'late') FROM numbers(1000000) SETTINGS max_block_size = 1000"
    for _ in range(6):
        with pytest.raises(InputError, match="late"):
            ask(failing, form="TabSeparated")
    assert {ask("SELECT 5", form="TabSeparated") for _ in range(12)} == {b"5\n"}


def test_a_setting_holds_for_its_statement_only(lake: Lake) -> None:
    ask = lake._connection.ask
    usual = ask("SELECT getSetting('max_threads')", form="TabSeparated")
    assert ask("SELECT getSetting('max_threads')", settings={"max_threads": 1}, form="TabSeparated") == b"1\n"
    # every session once more
    with ThreadPoolExecutor(8) as pool:
        after = set(pool.map(lambda _: ask("SELECT getSetting('max_threads')", form="TabSeparated"), range(16)))
    assert after == {usual}


def test_a_question_that_takes_too_long_is_stopped(lake: Lake) -> None:
    slow = "SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1"
    with pytest.raises(InputError, match="took too long"):
        lake._connection.ask(slow, settings={"max_execution_time": 1})


def test_a_question_that_takes_too_much_memory_is_stopped(lake: Lake) -> None:
    with pytest.raises(InputError, match="too much memory"):
        lake._connection.ask("SELECT groupArray(number) FROM numbers(300000000)")
    assert lake.count("1", {}) >= 0


def test_greedy_questions_end_alone_while_others_search_and_write(lake: Lake, hour: int) -> None:
    """One takes all the time it may, one all the memory: searches and inserts beside them are answered, and in full."""
    window = {"from_ms": hour, "to_ms": hour + making.HOUR_MS}
    with ThreadPoolExecutor(2) as pool:
        long = pool.submit(_greedy, lake, "SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1", 8)
        waiting.until(lambda: _runs(lake, "greedy-question-8"), "the long question runs")
        large = pool.submit(_greedy, lake, "SELECT groupArray(number) FROM numbers(300000000)", 60)
        for written in range(1, 4):
            lake.write_activities([(written, making.batch(*(making.activity(hour + n) for n in range(100))), None)])
            assert lake.count("1", {}, **window) == written * 100
        assert not long.done(), "the others had to wait for the greedy one"
        assert "needs too much memory; narrow it" in large.result()
        assert "took too long; narrow it" in long.result()
    assert lake.count("1", {}, **window) == 300


def _greedy(lake: Lake, sql: str, seconds: int) -> str:
    """What the person who asks it is told."""
    with ticketed(f"greedy-question-{seconds}"), pytest.raises(InputError) as told:
        lake._connection.ask(sql, settings={"max_execution_time": seconds})
    return str(told.value)


def _runs(lake: Lake, ticket: str) -> bool:
    asked = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = {ticket:String}"
    return int(lake._connection.ask(asked, {"ticket": ticket}, form="TabSeparated")) > 0


def test_two_hundred_searches_at_once_are_all_answered(lake: Lake) -> None:
    sql = "SELECT {n:Int64} + count() * 0 FROM activities"
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda n: lake._connection.ask(sql, {"n": n}, form="TabSeparated"), range(200)))
    assert [int(answer) for answer in answers] == list(range(200))
