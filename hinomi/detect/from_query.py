"""A query of the Search language as a filter: one condition language, whether one hunts or detects.

In: the tree of a query. Out: a Sigma rule in YAML on our own field names, which means the same. QueryError, with the
column, for the few things that only Search has: words without a field that are patterns, and `*`.
"""

import datetime as dt
import ipaddress
from collections.abc import Sequence
from typing import Any

import yaml

from hinomi.query.binding import All, Bound, How, Neither, Test, bind
from hinomi.query.binding import Any as AnyOf
from hinomi.query.fields import ACTIVITY
from hinomi.query.refusal import QueryError
from hinomi.query.tree import And, AnyField, Compare, Everything, Node, Not, Operator, Or
from hinomi.schema.activity import FieldType
from hinomi.schema.content import Severity

MAX_NESTING = 6  # brackets inside each other: a filter of more is for the Sigma editor, in named parts
LEVELS = {Severity.INFO: "informational"}
MAX_HIGHLIGHTS = 10

Selection = dict[str, Any] | list[str]


def filter_text(
    node: Node, *, title: str, risk: Severity, techniques: Sequence[str], day: dt.date, product: str = "windows"
) -> str:
    """The YAML of a filter that meets what the query finds among the activities of `product`."""
    parts = _Parts()
    condition = parts.condition(node, 1)
    fields = [_plain_name(key) for selection in parts.selections.values() for key in _keys(selection)]
    rule = {
        "title": title,
        "status": "experimental",
        "description": title,
        "date": day.isoformat(),
        "tags": [f"attack.{one.lower()}" for one in techniques],
        "logsource": {"product": product},
        "detection": {**parts.selections, "condition": condition},
        "level": LEVELS.get(risk, str(risk)),
        "hinomi": {"class": "behaviour", "highlights": _highlights(fields)},
    }
    return yaml.dump(rule, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)


def _highlights(fields: list[str]) -> list[str]:
    """The fields that the query names, then where it happened."""
    return [*dict.fromkeys([*fields, "endpointHostName"])][:MAX_HIGHLIGHTS]


def _keys(selection: Selection) -> list[str]:
    return list(selection) if isinstance(selection, dict) else []


def _plain_name(key: str) -> str:
    return key.partition("|")[0]


class _Dumper(yaml.SafeDumper):
    """A list stands indented under its key, as in files that people write."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  (its shape)
        super().increase_indent(flow, False)


class _Parts:
    """The named selections of a rule, as the tree is walked; equal ones are one."""

    def __init__(self) -> None:
        self.selections: dict[str, Selection] = {}

    def condition(self, node: Node, depth: int) -> str:
        """Sigma's condition over the selections."""
        if depth > MAX_NESTING:
            en = f"brackets are nested more than {MAX_NESTING} deep: write this filter in the Sigma editor"
            raise QueryError(en, f"かっこの入れ子が {MAX_NESTING} 段を超えています。Sigma エディタで書いてください。")
        match node:
            case And(children):
                return self._all(children, depth)
            case Or(children):
                return self._any(children, depth)
            case Not(child):
                inner = self.condition(child, depth + 1)
                return f"not {inner}" if " " not in inner else f"not ({inner})"
            case Everything():
                raise QueryError(
                    "a filter must not meet everything: leave * out",
                    "フィルタはすべてに一致できません。* を外してください。",
                )
        return self._name(_selection(node))

    def _all(self, children: Sequence[Node], depth: int) -> str:
        """Comparisons of different keys are one selection; a key that comes again begins another."""
        merged: dict[str, Any] = {}
        again: list[Selection] = []
        for child in children:
            found = _selection(child) if isinstance(child, Compare) else None
            if isinstance(found, dict) and not merged.keys() & found.keys():
                merged |= found
            elif found is not None:
                again.append(found)
        named = [self._name(one) for one in ([merged] if merged else []) + again]
        rest = [child for child in children if not isinstance(child, Compare)]
        return " and ".join(named + [_bracketed(self.condition(child, depth + 1)) for child in rest])

    def _any(self, children: Sequence[Node], depth: int) -> str:
        """Values of one key are one list."""
        lists: dict[str, list[Any]] = {}
        parts: list[str] = []
        for child in children:
            found = _selection(child) if isinstance(child, Compare) else None
            if isinstance(found, dict) and len(found) == 1:
                (key, value), *_ = found.items()
                lists.setdefault(key, []).append(value)
            else:
                parts.append(_bracketed(self.condition(child, depth + 1)))
        named = [self._name({key: values[0] if len(values) == 1 else values}) for key, values in lists.items()]
        return " or ".join(named + parts)

    def _name(self, selection: Selection) -> str:
        for name, known in self.selections.items():
            if known == selection:
                return name
        name = f"part{len(self.selections) + 1}"
        self.selections[name] = selection
        return name


def _bracketed(condition: str) -> str:
    return f"({condition})" if " or " in condition or " and " in condition else condition


def _selection(node: Node) -> Selection:
    """One comparison as a selection of its own."""
    if isinstance(node, AnyField):
        if node.operator is not Operator.TERM:
            en, ja = (
                "give this pattern a field: objectCmd: *word*",
                "このパターンにはフィールドが必要です。例: objectCmd: *word*",
            )
            raise QueryError(en, ja, node.at)
        return [_literal(node.value)]
    assert isinstance(node, Compare)  # noqa: S101  (the other nodes are walked above)
    return _of_test(bind(node, ACTIVITY), node)


def _of_test(bound: Bound, node: Compare) -> dict[str, Any]:
    """`binding` has looked up the field and typed the value; here it becomes Sigma's word for it."""
    match bound:
        case Neither(Test(name)):
            return {f"{name}|exists": False}
        case AnyOf((Test(name, _, How.NETWORK), _)):
            return {f"{name}|cidr": str(ipaddress.ip_network(str(node.value), strict=False))}
        case Test(name, column, how, value):
            return _pair(name, how, value, node, is_number=column.type not in (FieldType.TEXT, FieldType.TEXTS))
        case All() | AnyOf() | Neither():
            pass
    raise QueryError("this comparison has no counterpart in filters", "この比較はフィルタでは書けません", node.at)


def _pair(name: str, how: How, value: Any, node: Compare, *, is_number: bool) -> dict[str, Any]:
    written = node.value.replace("¥", "\\") if isinstance(node.value, str) else ""
    match how:
        case How.EXISTS:
            return {f"{name}|exists": True}
        case How.REGEX:
            return {f"{name}|re|i|s": node.value}
        case How.LIKE:
            return {name: _pattern(written)}
        case How.CONTAINS:
            return {f"{name}|contains": _literal(written)}
        case How.EQUALS:
            return {name: value if is_number else _literal(written)}
        case How.GREATER | How.AT_LEAST | How.LESS | How.AT_MOST:
            return {f"{name}|{_RANGES[how]}": value}
    raise QueryError("this comparison has no counterpart in filters", "この比較はフィルタでは書けません", node.at)


_RANGES = {How.GREATER: "gt", How.AT_LEAST: "gte", How.LESS: "lt", How.AT_MOST: "lte"}


def _literal(text: str) -> str:
    """Sigma reads * and ? as wildcards, and a backslash before them or another backslash as an escape."""
    written = ""
    for at, sign in enumerate(text):
        following = text[at + 1 : at + 2]
        escapes = sign in "*?" or (sign == "\\" and following in ("\\", "*", "?", ""))
        written += f"\\{sign}" if escapes else sign
    return written


def _pattern(text: str) -> str:
    """A pattern of Search: * and ? stay wildcards, a backslash before one is itself."""
    written = ""
    for at, sign in enumerate(text):
        doubled = sign == "\\" and text[at + 1 : at + 2] in ("\\", "*", "?", "")
        written += "\\\\" if doubled else sign
    return written
