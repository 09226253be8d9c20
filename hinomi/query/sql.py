"""Tree to a ClickHouse WHERE. Values travel as parameters ({p0:String}); identifiers come from the field table alone.

A missing value (NULL, or an empty text or list) meets no test, and `not` of that is true: never SQL's third truth.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any as AnyValue

from hinomi.query import binding
from hinomi.query.binding import Bound, How, Test, bind
from hinomi.query.fields import Fields
from hinomi.query.tree import Node
from hinomi.schema.activity import FieldType

_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
# Letters that are the small form of others than their own capital (U+0130, U+212A), and all outside ASCII: `_weaker` asks for none.
_UNSURE = {How.LIKE: re.compile(r"[^\x00-\x7f]|[ik*?]"), How.CONTAINS: re.compile(r"[^\x00-\x7f]|[ik]")}
_LEAST_LETTERS = 3  # in a row that are worth looking for
_LIKE_ESCAPES = _ESCAPES | str.maketrans({"*": "%", "?": "_"})
# Tests of which many are one, and how many: multiSearchAny takes no more needles.
_LISTED = {How.EQUALS: 1 << 20, How.CONTAINS: 255}
_ORDER = {How.GREATER: ">", How.AT_LEAST: ">=", How.LESS: "<", How.AT_MOST: "<="}


def to_sql(node: Node, fields: Fields) -> tuple[str, dict[str, AnyValue]]:
    """A WHERE expression of type UInt8 and its parameters. InputError as in `binding.bind`."""
    writer = _Writer()
    return writer.write(bind(node, fields)), writer.parameters


@dataclass(slots=True)
class _Writer:
    parameters: dict[str, AnyValue] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def write(self, node: Bound) -> str:
        match node:
            case binding.All(children):
                return self._join(children, " AND ", "1")
            case binding.Any(children):
                return self._any(children)
            case binding.Neither(child):
                return f"NOT {self.write(child)}"
            case Test():
                return f"ifNull({self._test(node)}, 0)"

    def _any(self, children: tuple[Bound, ...]) -> str:
        """Many values of one field are one test: a pasted list of hashes is looked up, not compared one by one."""
        lists: dict[tuple[str, How], list[Test]] = {}
        rest: list[Bound] = []
        for child in children:
            if isinstance(child, Test) and child.how in _LISTED and child.column.type is FieldType.TEXT:
                lists.setdefault((child.column.sql, child.how), []).append(child)
            else:
                rest.append(child)
        parts = [self._one_of(sql, how, tests) for (sql, how), tests in lists.items()]
        return self._joined([*parts, *(self.write(child) for child in rest)], " OR ", "0")

    def _one_of(self, text: str, how: How, tests: list[Test]) -> str:
        if len(tests) == 1 or len(tests) > _LISTED[how]:
            return self._joined([self.write(test) for test in tests], " OR ", "0")
        values = self._parameter([str(test.value) for test in tests], "Array(String)")
        if how is How.EQUALS:
            return f"ifNull(lowerUTF8({text}) IN {values}, 0)"
        return f"ifNull(multiSearchAny(lowerUTF8({text}), {values}), 0)"

    def _join(self, children: tuple[Bound, ...], between: str, empty: str) -> str:
        return self._joined([self.write(child) for child in children], between, empty)

    @staticmethod
    def _joined(parts: list[str], between: str, empty: str) -> str:
        return f"({between.join(parts)})" if parts else f"({empty})"

    def _parameter(self, value: AnyValue, kind: str) -> str:
        # a bare word stands in a test of every text field: it is sent once
        name = self._names.setdefault((kind, repr(value)), f"p{len(self.parameters)}")
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"

    def _test(self, test: Test) -> str:
        expression, kind = test.column.sql, test.column.type
        if test.how is How.EXISTS:
            return (
                f"notEmpty({expression})" if kind in (FieldType.TEXT, FieldType.TEXTS) else f"isNotNull({expression})"
            )
        if test.how is How.SUBSET:
            listed = expression if kind is FieldType.TEXTS else f"[{expression}]"
            return (
                f"hasAll(arrayMap(x -> lowerUTF8(x), {listed}), {self._parameter(list(_texts(test)), 'Array(String)')})"
            )
        if kind is FieldType.TEXTS:
            member = self._text_test("x", test)
            return f"arrayExists(x -> ifNull({member}, 0), {expression})"
        if kind is FieldType.TEXT:
            return self._text_test(expression, test)
        if isinstance(test.value, str):  # a pattern over a number reads its digits
            return self._text_test(f"toString({expression})", test)
        return f"{expression} {_ORDER.get(test.how, '=')} {self._parameter(int(test.value or 0), 'Int64')}"  # type: ignore[arg-type]

    def _text_test(self, text: str, test: Test) -> str:
        if test.how is How.NETWORK:
            first, last = (self._parameter(edge, "String") for edge in _texts(test))
            return f"(toIPv6OrNull({text}) >= toIPv6({first}) AND toIPv6OrNull({text}) <= toIPv6({last}))"
        if test.how in _ORDER:
            number = f"if(match({text}, '^-?[0-9]{{1,18}}$'), toInt64OrNull({text}), NULL)"
            return f"{number} {_ORDER[test.how]} {self._parameter(test.value, 'Int64')}"
        value = str(test.value)
        exact = _TEXT_TESTS[test.how](text, self._parameter(_prepare(test.how, value), "String"))
        return self._maybe(test, exact) if test.column.repeats else exact

    def _maybe(self, test: Test, exact: str) -> str:
        """To fold a dictionary makes another one: what cannot meet the test is left out before, by a pattern that is weaker."""
        pattern = _weaker(test.how, str(test.value))
        return f"{test.column.sql} ILIKE {self._parameter(pattern, 'String')} AND {exact}" if pattern else exact


def _texts(test: Test) -> tuple[str, ...]:
    return test.value if isinstance(test.value, tuple) else ()


def _prepare(how: How, value: str) -> str:
    return value.translate(_LIKE_ESCAPES) if how is How.LIKE else value


def _weaker(how: How, value: str) -> str:
    """An ILIKE pattern that every text meets which meets the test; empty where it would leave out little or nothing."""
    if how not in _UNSURE:
        return ""
    sure = [part.translate(_ESCAPES) for part in _UNSURE[how].split(value) if part]
    return f"%{'%'.join(sure)}%" if max(map(len, sure), default=0) >= _LEAST_LETTERS else ""


_TEXT_TESTS: dict[How, Callable[[str, str], str]] = {
    How.EQUALS: lambda text, value: f"lowerUTF8({text}) = {value}",
    How.CONTAINS: lambda text, value: f"position(lowerUTF8({text}), {value}) > 0",
    How.STARTS: lambda text, value: f"startsWith(lowerUTF8({text}), {value})",
    How.LIKE: lambda text, value: f"lowerUTF8({text}) LIKE {value}",
    How.REGEX: lambda text, value: f"match({text}, {value})",
}
