"""Counting by time and value, and ending what takes too long, over a real lake."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hinomi.errors import InputError
from hinomi.lake.activities import Window
from hinomi.lake.breakdown import Question, Value
from hinomi.lake.lake import Lake
from hinomi.lake.ticket import ticketed
from tests.lake.making import HOUR_MS, activity

Write = Callable[..., list[dict[str, Any]]]
HOST, USERS, PORT = Value("`endpointHostName`"), Value("`logonUser`", is_list=True), Value("`dpt`", is_text=False)


def rows(hour: int) -> list[dict[str, Any]]:
    return [
        activity(
            hour + number, endpointHostName=f"h{number % 3}", logonUser=["a", "b"][: number % 3], dpt=number % 2 or None
        )
        for number in range(30)
    ]


@pytest.fixture
def asked(write: Write, hour: int) -> Question:
    write(*rows(hour))
    return Question("activities", "", {}, Window(hour, hour + HOUR_MS))


def test_facets_count_members_and_what_is_absent(lake: Lake, asked: Question) -> None:
    hosts = lake.breakdown.facet(asked, HOST, 2)
    assert (hosts.distinct, hosts.absent) == (3, 0)
    assert (hosts.frequent, hosts.rare) == ([("h0", 10), ("h1", 10)], [("h0", 10), ("h1", 10)])
    users = lake.breakdown.facet(asked, USERS, 5)
    assert (users.frequent, users.rare, users.absent) == ([("a", 20), ("b", 10)], [("b", 10), ("a", 20)], 10)
    ports = lake.breakdown.facet(asked, PORT, 5)
    assert (ports.frequent, ports.absent) == ([("1", 15)], 15)


def test_stacks_page_by_page_are_the_whole(lake: Lake, asked: Question) -> None:
    for rare_first in (True, False):
        whole = lake.breakdown.stack(asked, [USERS, PORT], rare_first=rare_first, limit=100)
        assert len(whole) == lake.breakdown.stack_size(asked, [USERS, PORT]) == 6
        paged, after = [], None
        while page := lake.breakdown.stack(asked, [USERS, PORT], rare_first=rare_first, limit=1, after=after):
            paged += page
            after = (page[-1].count, page[-1].values)
        assert paged == whole


def test_the_span_and_the_histogram_agree(lake: Lake, asked: Question, hour: int) -> None:
    assert lake.breakdown.span(asked) == (hour, hour + 29)
    assert sum(count for _, count in lake.breakdown.histogram(asked, 10)) == lake.breakdown.count(asked) == 30
    nothing = Question("activities", "0", {}, asked.window)
    assert lake.breakdown.span(nothing) is None


ENDLESS = "SELECT count() FROM numbers(20000000000) WHERE sipHash64(number) % {seven:UInt8} = 0"


def test_what_nobody_waits_for_is_ended_and_others_go_on(lake: Lake) -> None:
    told: list[str] = []

    def ask() -> None:
        with ticketed("0123456789abcdef"), pytest.raises(InputError) as ended:
            lake._connection.ask(ENDLESS, {"seven": 7}, form="TabSeparated")
        told.append(str(ended.value))

    threads = [threading.Thread(target=ask) for _ in range(5)]  # more than run at once: some still wait
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        lake.cancel("0123456789abcdef")
        threads[0].join(0.05)
    assert told == ["the search was cancelled"] * 5
    assert lake._connection.ask("SELECT 1", form="TabSeparated").strip() == b"1"


def test_a_ticket_is_no_way_into_the_sql(lake: Lake) -> None:
    lake.cancel("x' OR 1=1 --")
    with pytest.raises(InputError):
        lake._connection.ask("KILL QUERY WHERE 1")


@pytest.mark.slow  # 6 s: in one round of twenty the second cancel hit what puts the session in order
def test_a_cancel_that_comes_again_and_again_leaves_the_sessions_clean(lake: Lake) -> None:
    def ask(ticket: str) -> str:
        with ticketed(ticket), pytest.raises(InputError) as ended:
            lake._connection.ask(ENDLESS, {"seven": 7}, form="TabSeparated")
        return str(ended.value)

    def plain(number: int) -> bytes:
        return lake._connection.ask(f"SELECT {number}", form="TabSeparated").strip()

    with ThreadPoolExecutor(5) as pool:
        for number in range(100):
            asking = [pool.submit(ask, f"question-{number}") for _ in range(5)]
            while not all(one.done() for one in asking):
                lake.cancel(f"question-{number}")
            assert {one.result() for one in asking} == {"the search was cancelled"}
        assert list(pool.map(plain, range(100))) == [b"%d" % number for number in range(100)]
