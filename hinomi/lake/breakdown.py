"""Rows of the lake counted by time and by value: histogram, facets, stacks. One question over activities or detections.

Expressions and conditions come from `query`: names of ours, with values as parameters. An absent value counts as ''.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hinomi.lake.activities import MAX_ROWS, Window, checked_limit, conjunction
from hinomi.lake.columns import to_rows
from hinomi.lake.connection import Connection

MOST_VALUES = 1_000_000  # of one field that are told apart
_STACK_KEEPS = {"max_bytes_before_external_group_by": 200 << 20}  # more groups than that go to the disk
_BOUNDED = {"max_rows_to_group_by": MOST_VALUES, "group_by_overflow_mode": "any"}


@dataclass(frozen=True, slots=True)
class Question:
    """`table`: activities or detections; `where` an expression over its columns, "" for every row."""

    table: str
    where: str
    parameters: Mapping[str, Any]
    window: Window

    def condition(self) -> tuple[str, dict[str, Any]]:
        conditions, bounds = self.window.of(self.table)
        return conjunction([*conditions, self.where]), {**self.parameters, **bounds}


@dataclass(frozen=True, slots=True)
class Value:
    """One expression to count by. `sql` is of ours; of a list every member counts."""

    sql: str
    is_list: bool = False
    is_text: bool = True

    def text(self) -> str:
        if self.is_list:
            return f"arrayJoin(if(empty({self.sql}), [''], arrayMap(each -> toString(each), {self.sql})))"
        return self.sql if self.is_text else f"ifNull(toString({self.sql}), '')"


@dataclass(frozen=True, slots=True)
class Facet:
    """`distinct` values, rows `absent` without one, the most and the least frequent as (value, rows).

    `is_whole` False: there are more than MOST_VALUES values, the others were not counted.
    """

    distinct: int
    absent: int
    frequent: list[tuple[str, int]]
    rare: list[tuple[str, int]]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Stacked:
    """One combination of values ('' where absent), its rows, on how many endpoints, first and last event (ms)."""

    values: tuple[str, ...]
    count: int
    endpoints: int
    first_ms: int
    last_ms: int


class Breakdown:
    """A part of the lake's face. Errors as there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, asked: Question) -> int:
        condition, parameters = asked.condition()
        sql = f"SELECT count() AS n FROM {asked.table} WHERE {condition}"  # noqa: S608 - names of ours
        return int(self._connection.ask(sql, parameters, form="TabSeparated"))

    def span(self, asked: Question) -> tuple[int, int] | None:
        """Milliseconds of the first and last event that the question finds; None when it finds none."""
        condition, parameters = asked.condition()
        sql = (
            "SELECT count() AS n, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last "  # noqa: S608
            f"FROM {asked.table} WHERE {condition}"
        )
        row = to_rows(self._connection.ask(sql, parameters))[0]
        return (row["first"], row["last"]) if row["n"] else None

    def histogram(self, asked: Question, bucket_ms: int) -> list[tuple[int, int]]:
        """(start of the bucket in ms, rows), oldest first, empty buckets left out."""
        condition, parameters = asked.condition()
        sql = (
            "SELECT intDiv(toUnixTimestamp64Milli(time), {lake_bucket:Int64}) * {lake_bucket:Int64} AS t, count() AS n "  # noqa: S608
            f"FROM {asked.table} WHERE {condition} GROUP BY t ORDER BY t LIMIT {MAX_ROWS}"
        )
        rows = to_rows(self._connection.ask(sql, {**parameters, "lake_bucket": max(1, bucket_ms)}))
        return [(row["t"], row["n"]) for row in rows]

    def facet(self, asked: Question, value: Value, top: int) -> Facet:
        """The most and least frequent values of one field, `top` of each; no more memory for a field of many values."""
        condition, parameters = asked.condition()
        top = max(1, checked_limit(top))
        groups = f"SELECT {value.text()} AS v, count() AS n FROM {asked.table} WHERE {condition} GROUP BY v"  # noqa: S608
        sql = (
            "SELECT countIf(v != '') AS distinct, sumIf(n, v = '') AS absent, "  # noqa: S608
            f"groupArraySortedIf({top})(tuple(-toInt64(n), toString(v)), v != '') AS frequent, "
            f"groupArraySortedIf({top})(tuple(toInt64(n), toString(v)), v != '') AS rare FROM ({groups})"
        )
        row = to_rows(self._connection.ask(sql, parameters, settings=_BOUNDED))[0]
        frequent, rare = (
            [(str(each["2"]), abs(int(each["1"]))) for each in row.get(name, [])] for name in ("frequent", "rare")
        )
        return Facet(row["distinct"], row["absent"], frequent, rare, row["distinct"] < MOST_VALUES)

    def stack(
        self,
        asked: Question,
        values: Sequence[Value],
        *,
        rare_first: bool,
        limit: int,
        after: tuple[int, tuple[str, ...]] | None = None,
    ) -> list[Stacked]:
        """Combinations of values by their number of rows, then by value; the page after (rows, values) of the last one."""
        condition, parameters = asked.condition()
        names = [f"v{index}" for index in range(len(values))]
        chosen = ", ".join(f"toString({value.text()}) AS {name}" for value, name in zip(values, names, strict=True))
        listed = ", ".join(names)
        sign = "" if rare_first else "-"
        having = ""
        if after is not None:
            edges = ", ".join(f"{{lake_{name}:String}}" for name in names)
            having = f"HAVING (k, {listed}) > ({{lake_k:Int64}}, {edges}) "
            parameters |= {f"lake_{name}": text for name, text in zip(names, after[1], strict=True)}
            parameters["lake_k"] = after[0] if rare_first else -after[0]
        sql = (
            f"SELECT {chosen}, {sign}toInt64(count()) AS k, uniqExactIf(endpointGuid, endpointGuid != '') AS endpoints, "  # noqa: S608
            "toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last "
            f"FROM {asked.table} WHERE {condition} GROUP BY {listed} {having}"
            f"ORDER BY k, {listed} LIMIT {checked_limit(limit)}"
        )
        rows = to_rows(self._connection.ask(sql, parameters, settings=_STACK_KEEPS))
        return [
            Stacked(
                tuple(row.get(name, "") for name in names), abs(row["k"]), row["endpoints"], row["first"], row["last"]
            )
            for row in rows
        ]

    def stack_size(self, asked: Question, values: Sequence[Value]) -> int:
        """How many combinations there are."""
        condition, parameters = asked.condition()
        chosen = ", ".join(f"toString({value.text()}) AS v{index}" for index, value in enumerate(values))
        names = ", ".join(f"v{index}" for index in range(len(values)))
        sql = f"SELECT count() FROM (SELECT {chosen} FROM {asked.table} WHERE {condition} GROUP BY {names})"  # noqa: S608
        return int(self._connection.ask(sql, parameters, form="TabSeparated", settings=_STACK_KEEPS))
