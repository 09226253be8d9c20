"""Turns at the lake are fair, bounded and never lost; who goes away ends what runs for them."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from hinomi.api.search_turns import MOST_OF_ONE, SearchTurns
from hinomi.errors import TooMany
from tests.api.house import Running


def test_each_person_comes_once_before_anybody_comes_twice() -> None:
    turns = SearchTurns(1)
    running = turns.enter("busy")
    waiting = [("many", turns.enter("many")) for _ in range(5)] + [("one", turns.enter("one"))]
    order, left = [], list(waiting)
    who, turn = "busy", running
    while left:
        turns.leave(who, turn)
        (who, turn) = next(each for each in left if each[1].done())
        left.remove((who, turn))
        order.append(who)
    turns.leave(who, turn)
    assert order == ["many", "one", "many", "many", "many", "many"]
    assert turns.enter("anybody").done()


def test_who_stops_waiting_takes_no_turn_along() -> None:
    turns = SearchTurns(1)
    first, second, third = (turns.enter(who) for who in ("a", "b", "c"))
    turns.leave("b", second)
    turns.leave("a", first)
    assert third.done()
    assert not second.done()
    with pytest.raises(TooMany), turns.take("d", wait_s=0.01):
        pass
    turns.leave("c", third)
    assert turns.waiting == 0
    with turns.take("d", wait_s=0.01):
        pass


def test_one_person_may_not_fill_the_line() -> None:
    turns = SearchTurns(1)
    held: list[Future[None]] = [turns.enter("greedy") for _ in range(MOST_OF_ONE + 1)]
    with pytest.raises(TooMany):
        turns.enter("greedy")
    assert not turns.enter("other").done()
    assert held[0].done()


def test_no_more_run_than_may_and_none_is_lost() -> None:
    turns, lock = SearchTurns(3), threading.Lock()
    inside = most = 0

    def use(number: int) -> int:
        nonlocal inside, most
        with turns.take(f"person {number % 7}"):
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1
        return number

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(use, range(1000))) == list(range(1000))
    assert most <= 3
    assert turns.waiting == 0


@pytest.fixture
def clients(shared: Running) -> Iterator[list[httpx.Client]]:
    return [shared.key(), shared.person()]


def test_two_hundred_searches_at_once_are_all_answered(shared: Running, clients: list[httpx.Client]) -> None:
    def ask(number: int) -> int:
        query = f"objectPid: {4000 + number % 12}"
        reply = clients[number % 2].get("/console/api/search/count", params={"query": query}, timeout=120)
        assert reply.status_code == 200, reply.text
        return int(reply.json()["count"])

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(ask, range(200))) == [1] * 200
