"""The questions that the lake is measured by. Each takes the number of its round: no two rounds ask for the same values, for the
engine remembers which blocks a condition has met nothing in.
"""

import random
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from benchmarks.machine import cpu_of
from benchmarks.telemetry import DAY_MS, START_MS
from hinomi.lake.lake import Lake
from hinomi.query.fields import ACTIVITY
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql

Question = Callable[[int], object]
HOUR_MS = 3_600_000
INDICATORS = 100_000
INDICATOR_LISTS = 10
# As a list in the console asks for: what a person reads of an activity. All columns cost the engine 35 ms of planning alone.
LISTED = (
    "uuid", "eventTime", "eventId", "eventSubId", "endpointHostName", "endpointGuid", "processName", "processFilePath",
    "processCmd", "processUser", "processHashId", "objectName", "objectFilePath", "objectCmd", "objectRegistryKeyHandle",
    "objectRegistryValue", "dst", "dpt", "hostName",
)  # fmt: skip
# Endings of the same search: each is a condition of its own, and none meets much.
_ENDINGS = (
    "hklm",
    "hkl",
    "hk",
    "hklm\\",
    "hklm\\s",
    "hklm\\sa",
    "hklm\\sam",
    "m\\sam",
    "lm\\sam",
    "klm\\sam",
    "klm\\sa",
    "klm\\s",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds of one question: the clock's median, and the CPU of both processes."""

    clock: float
    cpu: float


def condition(query: str) -> tuple[str, dict[str, Any]]:
    return to_sql(parse_query(query), ACTIVITY)


def saved(turn: int, fields: str = "") -> tuple[str, dict[str, Any]]:
    """`*reg*save*hklm*` in the command lines; with `fields` "any" in every text field."""
    words = f"*reg*save*{_ENDINGS[turn % len(_ENDINGS)]}*"
    return condition(words if fields else f"processCmd: {words} or objectCmd: {words}")


def host(turn: int) -> tuple[str, dict[str, Any]]:
    return condition(f'endpointHostName: "PC-{3 + turn:04d}"')


def questions(lake: Lake) -> dict[str, Question]:
    """Over what the lake holds now."""
    newest = lake.search("1", {}, limit=1)[0]
    end = newest["eventTime"] + 1
    day, hour = {"from_ms": end - DAY_MS, "to_ms": end}, {"from_ms": end - HOUR_MS, "to_ms": end}
    whole = {"from_ms": START_MS, "to_ms": end}
    started = lake.search(
        "eventId = 1 AND eventSubId = 2", {}, columns=["endpointGuid", "objectProcessHashId"], limit=200
    )
    chosen = random.Random(3).choices([(row["endpointGuid"], row["objectProcessHashId"]) for row in started], k=1000)
    lists = [indicators(turn) for turn in range(INDICATOR_LISTS)]  # to make them up takes as long as to look for them
    return {
        "newest 100 of the last hour": lambda turn: lake.search(
            "1", {}, columns=LISTED, limit=100, from_ms=end - HOUR_MS - turn, to_ms=end
        ),
        "the same, every column and the record": lambda turn: lake.search(
            "1", {}, limit=100, from_ms=end - HOUR_MS - turn, to_ms=end
        ),
        "one host, 24 h, newest 1,000": lambda turn: lake.search(*host(turn), columns=LISTED, limit=1000, **day),
        "one host, the same, every column and the record": lambda turn: lake.search(*host(turn), limit=1000, **day),
        "count of the last hour by filter": lambda turn: lake.count(*saved(turn), **hour),
        "*reg*save*hklm*, 24 h": lambda turn: lake.count(*saved(turn), **day),
        "*reg*save*hklm*, everything": lambda turn: lake.count(*saved(turn), **whole),
        "*reg*save*hklm* in every text field, everything": lambda turn: lake.count(*saved(turn, "any"), **whole),
        "100,000 indicators, everything": lambda turn: lake.observed.sweep(lists[turn % len(lists)]),
        "process tree": lambda turn: lake.process_chain(*chosen[turn % 1000]),
        "what a process did": lambda turn: lake.process_events(*chosen[-turn % 1000]),
        "histogram by the hour, everything": lambda turn: lake.histogram("1", {}, bucket_ms=HOUR_MS + turn, **whole),
        "rare process names, everything": lambda turn: lake.facet("1", {}, "processName", limit=1000 + turn, **whole),
        "one activity by uuid and time": lambda _: lake.activity(newest["uuid"], newest["eventTime"]),
        "one activity by uuid alone": lambda _: lake.activity(newest["uuid"]),
    }  # fmt: skip


WHILE_WRITING = (
    "newest 100 of the last hour", "one host, 24 h, newest 1,000", "*reg*save*hklm*, 24 h", "process tree",
    "histogram by the hour, everything",
)  # fmt: skip


def windowed(lake: Lake, end_ms: int) -> dict[str, Question]:
    """Questions about the time up to a moment, whatever comes after it."""
    window = {"from_ms": START_MS, "to_ms": end_ms}
    return {
        "one host, newest 1,000": lambda turn: lake.search(*host(turn), columns=LISTED, limit=1000, **window),
        "*reg*save*hklm*": lambda turn: lake.count(*saved(turn), **window),
        "histogram": lambda turn: lake.histogram("1", {}, bucket_ms=HOUR_MS + turn, **window),
        "process names": lambda turn: lake.facet("1", {}, "processName", limit=1000 + turn, **window),
    }


def indicators(turn: int) -> list[tuple[str, str]]:
    """Hashes, addresses and domains; one in a hundred is to be found."""
    chance = random.Random(turn)
    found = [("address", f"203.0.{chance.randrange(40)}.{chance.randrange(250)}") for _ in range(INDICATORS // 200)]
    found += [("domain", f"host{n}.service{n % 40}.example.com") for n in chance.sample(range(700), INDICATORS // 200)]
    while len(found) < INDICATORS:
        number = uuid.UUID(int=chance.getrandbits(128)).hex
        found += [
            ("file", number * 2),
            ("address", f"192.0.{int(number[:2], 16)}.{number[2:6]}"),
            ("domain", f"{number}.example.net"),
        ]
    return found[:INDICATORS]


def ask(question: Question, rounds: int, pid: int) -> Asked:
    question(0)
    taken = []
    used = cpu_of(pid) + time.process_time()
    for turn in range(1, rounds + 1):
        started = time.perf_counter()
        question(turn)
        taken.append((time.perf_counter() - started) * 1000)
    used = (cpu_of(pid) + time.process_time() - used) / rounds * 1000
    return Asked(statistics.median(taken), used)


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


@dataclass
class Asking:
    """Somebody who asks one question after the other, in a thread, until told to stop."""

    questions: Iterable[Question]
    taken: list[float] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        turn = 100
        while not self._stop.is_set():
            turn += 1
            for question in self.questions:
                self.once(question, turn)

    def once(self, question: Question, turn: int) -> None:
        started = time.perf_counter()
        try:
            question(turn)
        except Exception:  # noqa: BLE001 - to be counted
            self.refused += 1
        self.taken.append((time.perf_counter() - started) * 1000)
