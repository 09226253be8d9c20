"""Rows to columns, and columns to converted columns: all work is per distinct value, not per record.

A column is a list with one value per record; None is missing.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from hinomi.normalise.values import NOTHING, integer, text
from hinomi.schema.activity import FIELDS, FieldType

Column = list[Any]
_SPARSE, _SMALL_TABLE = 20, 20_000  # empty cells per filled one, and cells that are never too many
_TEXT_TYPES = frozenset({str, type(None)})
_INTEGER_TYPES = frozenset({int, type(None)})


def spread(rows: Sequence[dict[str, Any]]) -> dict[str, Column]:
    """The rows as columns; a key that a row lacks is None there."""
    if not rows:
        return {}
    names = list(rows[0])
    # rows of one writer nearly always have the same keys: then one C call takes a row apart
    if len(names) > 1 and sum(map(len, rows)) == len(rows) * len(names):
        try:
            return dict(zip(names, map(list, zip(*map(itemgetter(*names), rows), strict=True)), strict=True))
        except KeyError:
            pass
    every = dict.fromkeys(chain.from_iterable(rows))
    return {name: [row.get(name) for row in rows] for name in every}


def alike(rows: Sequence[dict[str, Any]]) -> list[list[int]]:
    """The rows in parts that make full tables: one part nearly always.

    Rows that share no names would make a table of rows times rows cells: then rows of equal names stand together.
    """
    if are_alike([(row, 1) for row in rows]):
        return [list(range(len(rows)))]
    parts: dict[tuple[str, ...], list[int]] = {}
    for index, row in enumerate(rows):
        parts.setdefault(tuple(row), []).append(index)
    return list(parts.values())


def are_alike(shapes: Sequence[tuple[Collection[str], int]]) -> bool:
    """Do rows with these names, so many of each, make a full table?"""
    cells = sum(len(names) * count for names, count in shapes)
    names = set(chain.from_iterable(names for names, _ in shapes))
    return len(names) * sum(count for _, count in shapes) <= cells * _SPARSE + _SMALL_TABLE


def end_to_end(name: str, parts: Sequence[dict[str, Column]], lengths: Sequence[int]) -> Column:
    """One column of all parts, None where a part does not have it."""
    whole: Column = []
    for part, length in zip(parts, lengths, strict=True):
        column = part.get(name)
        whole += [None] * length if column is None else column
    return whole


def converted(convert: Callable[..., Any], columns: Sequence[Column]) -> Column:
    """`convert` of the values that stand beside each other; called once per distinct combination."""
    if len(columns) == 1:
        return _converted_one(convert, columns[0])
    rows = list(zip(*columns, strict=True))
    try:
        distinct = set(rows)
    except TypeError:  # a list or object stands among the values
        return [convert(*row) for row in rows]
    known = {row: convert(*row) for row in distinct}
    return [known[row] for row in rows]


def _converted_one(convert: Callable[..., Any], column: Column) -> Column:
    try:
        distinct = set(column)
    except TypeError:
        return [convert(value) for value in column]
    if len(distinct) == 1:
        return [convert(distinct.pop())] * len(column)
    known = {value: convert(value) for value in distinct}
    return [known[value] for value in column]


def fitted(name: str, column: Column) -> Column:
    """The column in the type of the vocabulary field; the very same list where nothing is to be changed."""
    kind = FIELDS[name]
    if kind is FieldType.TEXT:
        return _texts(column)
    if kind in (FieldType.INTEGER, FieldType.TIME) and not set(map(type, column)) <= _INTEGER_TYPES:
        return _converted_one(integer, column)
    return column


def _texts(column: Column) -> Column:
    clean = set(map(type, column)) <= _TEXT_TYPES and not any(map(column.count, NOTHING))
    return column if clean else _converted_one(text, column)


def filled(column: Column, other: Column) -> Column:
    """The one column, and the other's value where it has none: so a record does not depend on what its neighbours have."""
    if None not in column:
        return column
    return [second if first is None else first for first, second in zip(column, other, strict=True)]


def is_empty(column: Column) -> bool:
    return column.count(None) == len(column)


def chosen(columns: dict[str, Column], indexes: Sequence[int]) -> dict[str, Column]:
    """Some rows of all columns; a list that stands under two names stays one list."""
    done: dict[int, Column] = {}
    for column in columns.values():
        if id(column) not in done:
            done[id(column)] = [column[index] for index in indexes]
    return {name: done[id(column)] for name, column in columns.items()}
