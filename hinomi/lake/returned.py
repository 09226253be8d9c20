"""Observed values of days that were exported, gone, and brought back: each is counted once, however often it comes back.

The table of observed values outlives the activities (it goes by months, they by days). So a day that comes back may be
counted there already, in whole, in part, or not at all (its month went too, or it is another lake). Rows that come back
are therefore marked and not counted by the view; afterwards each value of the day is raised to what the lake's
activities of that month tell, where it is less. What is in the table and no longer in the lake stays counted.
"""

import math
from collections.abc import Callable

from hinomi.lake import observation
from hinomi.lake.observation import Part

Ask = Callable[[str], str]  # a question to its answer as tab-separated text
Command = Callable[[str], object]  # a statement without rows

SLICES = 1 << 31  # from here on the numbers of `observed_slices` are of days that came back
# a cluster asks its shards for what stands in brackets once, and tells it to all; one lake knows no difference
_EVERYWHERE = "SETTINGS distributed_product_mode = 'global'"
ROWS_AT_ONCE = 300_000  # activities whose values are held at a time, about


def begin(command: Command, day: str, now_s: int) -> int:
    """Note, before its rows come, that a day has to be settled; the number for `close`. Killed, the next filling does it."""
    number = SLICES + now_s % SLICES
    _note(command, day, number, 1)
    return number


def close(command: Command, day: str, number: int) -> None:
    _note(command, day, number, 2)


def _note(command: Command, day: str, number: int, state: int) -> None:
    command(
        f"INSERT INTO observed_slices VALUES ('{day}', {number}, 0, 0, fromUnixTimestamp64Milli(0, 'UTC'), {state})"  # noqa: S608
    )


def settle(ask: Ask, command: Command, day: str) -> None:
    """`day` of arrival, 2026-11-23. Each part is one statement of the one writer: nothing is counted meanwhile."""
    back = f"toDate(ingestTime) = '{day}' AND broughtBack"
    month = f"toYYYYMM(toDate('{day}'))"
    days = f"SELECT DISTINCT toDate(time) FROM activities WHERE {back}"  # noqa: S608
    hosts = f"SELECT DISTINCT endpointGuid, endpointHostName FROM activities WHERE {back}"  # noqa: S608
    where = (
        f"toYYYYMM(ingestTime) = {month} AND toDate(time) IN ({days}) AND (endpointGuid, endpointHostName) IN ({hosts})"
    )
    there = f"SELECT count() FROM activities WHERE {back}"  # noqa: S608
    if int(ask(there)) == 0:
        return
    rows = int(ask(f"SELECT count() FROM activities WHERE {where} {_EVERYWHERE}"))  # noqa: S608
    parts = math.ceil(rows / ROWS_AT_ONCE)
    for number in range(parts):
        command(_raise(where, f"toYYYYMM(arrived) = {month} AND day IN ({days})", Part(number, parts)))


def _raise(where: str, counted: str, part: Part) -> str:
    key = ", ".join(observation.KEY)
    held = observation.select(where, part)
    known = (
        f"SELECT {key}, sum(count) AS known, min(first) AS since, max(last) AS until FROM observed "  # noqa: S608
        f"WHERE {counted} AND {part.of_table} GROUP BY {key}"
    )
    return (
        f"INSERT INTO observed SELECT {key}, if(count > known, count - known, 0), first, last, arrived "  # noqa: S608
        f"FROM ({held}) AS held LEFT JOIN ({known}) AS there USING ({key}) "
        f"WHERE count > known OR first < since OR last > until {_EVERYWHERE}"
    )
