"""Questions about observed values: who has seen them, when, how often, and what stands beside them.

Answers come of the side table (`observation.py`), whose size is that of the values and not of the activities. Values
are compared in lower case. Days are UTC days of the event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from hinomi.lake import filling, observation
from hinomi.lake.activities import Window, checked_limit, conjunction
from hinomi.lake.columns import FIRST_MS, LAST_MS, to_rows, wanted
from hinomi.lake.connection import Connection
from hinomi.lake.observation import ObservedKind

DAY_MS = 86_400_000
NEIGHBOUR_ROWS = 20_000  # the newest activities that are looked into for neighbours
NARROW_HOSTS = 50  # a value on so few endpoints is looked for on these alone
MANY = 20_000  # values that are everywhere in the table: to ask its index for each of them takes longer than to read it
_EVERYWHERE = {"use_index_for_in_with_subqueries": 0}

Named = tuple[str, str]  # kind and value


@dataclass(frozen=True, slots=True)
class Seen:
    """A value over all the time that was asked for; moments in milliseconds."""

    kind: str
    value: str
    count: int
    endpoints: int
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class SeenOn:
    """A value on one endpoint; without a name: on none that is known."""

    name: str
    guid: str
    count: int
    first_ms: int
    last_ms: int


_MOMENTS = "toUnixTimestamp64Milli(min(first)) AS firstMs, toUnixTimestamp64Milli(max(last)) AS lastMs"
# What a network sensor or a cloud saw, it saw on no endpoint: it counts as an activity, and not as an endpoint.
_SEEN = f"sum(count) AS total, uniqExactIf((guid, host), host != '') AS endpoints, {_MOMENTS}"


class Observed:
    """Thread-safe, as the lake is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, kind: ObservedKind, values: Sequence[str]) -> dict[str, Seen]:
        """The values (in lower case) that were seen at all."""
        return {one.value: one for one in self.sweep([(str(kind), value) for value in values])}

    def sweep(self, named: Sequence[Named], from_ms: int | None = None, to_ms: int | None = None) -> list[Seen]:
        """Those (kind, value) that were seen on the days of the window, at most as many as were asked for."""
        if not named:
            return []
        days, bounds = _days(from_ms, to_ms)
        sql = (
            f"SELECT kind, value, {_SEEN} FROM observed "  # noqa: S608 - names of ours
            f"WHERE (kind, value) IN (SELECT kind, value FROM wanted) AND {days} GROUP BY kind, value"
        )
        asked = wanted(
            "kind String, value String",
            kind=pa.array([kind for kind, _ in named], pa.string()),
            value=_texts([value.lower() for _, value in named]),
        )
        settings = _EVERYWHERE if len(named) > MANY else None
        return [_seen(row) for row in to_rows(self._connection.ask(sql, bounds, external=asked, settings=settings))]

    def endpoints_in_all(self) -> int:
        sql = "SELECT uniqExact(guid, host) FROM observed WHERE kind = 'endpoint'"
        return int(self._connection.ask(sql, form="TabSeparated"))

    def endpoints(self, kind: ObservedKind, value: str, limit: int = 100) -> list[SeenOn]:
        """Where it was seen, the latest first."""
        sql = (
            f"SELECT host, guid, sum(count) AS total, {_MOMENTS} FROM observed "  # noqa: S608 - names of ours
            "WHERE kind = {kind:String} AND value = {value:String} GROUP BY host, guid "
            f"ORDER BY lastMs DESC, host LIMIT {checked_limit(limit)}"
        )
        rows = to_rows(self._connection.ask(sql, _named(kind, value)))
        return [
            SeenOn(row.get("host", ""), row.get("guid", ""), row["total"], row["firstMs"], row["lastMs"])
            for row in rows
        ]

    def days(self, kind: ObservedKind, value: str, from_ms: int, to_ms: int) -> list[tuple[str, int]]:
        """(2026-01-31, activities) of the days it was seen on, oldest first."""
        days, bounds = _days(from_ms, to_ms)
        sql = (
            "SELECT toString(day) AS date, sum(count) AS total FROM observed "  # noqa: S608 - names of ours
            f"WHERE kind = {{kind:String}} AND value = {{value:String}} AND {days} GROUP BY day ORDER BY day LIMIT 1000"
        )
        rows = to_rows(self._connection.ask(sql, _named(kind, value) | bounds))
        return [(row["date"], row["total"]) for row in rows]

    def endpoint_names(self, guid: str) -> list[str]:
        """The names (in lower case) of an endpoint, the latest first."""
        sql = (
            "SELECT value, max(last) AS latest FROM observed WHERE kind = 'endpoint' AND guid = {guid:String} "
            "GROUP BY value ORDER BY latest DESC LIMIT 20"
        )
        return [row["value"] for row in to_rows(self._connection.ask(sql, {"guid": guid}))]

    def endpoint_domains(self) -> list[str]:
        """What stands behind the first dot of endpoints' names."""
        sql = (
            "SELECT DISTINCT substring(value, position(value, '.') + 1) AS domain FROM observed "
            "WHERE kind = 'endpoint' AND position(value, '.') > 0 AND domain LIKE '%.%' LIMIT 1000"
        )
        return [row["domain"] for row in to_rows(self._connection.ask(sql))]

    def neighbours(self, seen: Seen, hosts: Sequence[str], limit: int = 15) -> list[tuple[str, str, int]]:
        """(kind, value, activities) of what its newest activities name too, `limit` of each kind, the most frequent first.

        `hosts`: the names of all endpoints it was seen on, when they are few; empty looks everywhere.
        """
        window = Window(seen.first_ms, seen.last_ms + 1)
        conditions, bounds = window.of("activities")
        if hosts and len(hosts) <= NARROW_HOSTS:
            conditions.append("endpointHostName IN {hosts:Array(String)}")
        conditions.append(observation.names(ObservedKind(seen.kind), "value"))
        sql = (
            f"SELECT kind, value, count FROM ({observation.beside(conjunction(conditions), NEIGHBOUR_ROWS)}) "  # noqa: S608
            "WHERE kind IN {kinds:Array(String)} AND NOT (kind = {kind:String} AND value = {value:String}) "
            f"ORDER BY count DESC, value LIMIT {checked_limit(limit)} BY kind"
        )
        kinds = [str(kind) for kind in ObservedKind if kind not in _NO_NEIGHBOURS]
        parameters = {**bounds, **_named(ObservedKind(seen.kind), seen.value), "hosts": list(hosts), "kinds": kinds}
        return [(row["kind"], row["value"], row["count"]) for row in to_rows(self._connection.ask(sql, parameters))]

    # ---- filling ----------------------------------------------------------------------------------------------------
    def fill(self, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Look through what is older than the table, slice by slice; True when nothing is left."""
        while not is_over():
            if not filling.fill_slice(self._ask, self._connection.command):
                return True
        return False

    def is_filled(self) -> bool:
        """Does the table know the whole lake?"""
        return int(self._ask("SELECT count() FROM observed_slices FINAL WHERE state < 2")) == 0

    def _ask(self, sql: str) -> str:
        return self._connection.ask(sql, form="TabSeparated").decode()


# They have no page of their own.
_NO_NEIGHBOURS = (ObservedKind.PATH, ObservedKind.URL, ObservedKind.ASSET)


def _days(from_ms: int | None, to_ms: int | None) -> tuple[str, dict[str, int]]:
    """The days that a window touches."""
    first, last = FIRST_MS if from_ms is None else from_ms, LAST_MS if to_ms is None else to_ms
    bounds = {"from_day": _day(first), "to_day": _day(last)}
    return "toInt32(day) BETWEEN {from_day:Int32} AND {to_day:Int32}", bounds


def _day(moment_ms: int) -> int:
    """As Date holds it: 1970-01-01 to 2149-06-06; the table has what is beyond at these edges."""
    return min(max(moment_ms // DAY_MS, 0), 65_535)


def _named(kind: ObservedKind, value: str) -> dict[str, Any]:
    return {"kind": str(kind), "value": _whole(value.lower())}


def _texts(values: list[str]) -> pa.Array:
    """A hundred thousand may be asked for: only where one has no UTF-8 each is looked at."""
    try:
        return pa.array(values, pa.string())
    except ValueError:
        return pa.array(list(map(_whole, values)), pa.string())


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _seen(row: dict[str, Any]) -> Seen:
    return Seen(row["kind"], row["value"], row["total"], row["endpoints"], row["firstMs"], row["lastMs"])
