"""Values for placeholders: `%admins%` in a rule (modifier `expand`) stands for each value of the list `admins`.

In: a YAML file `name: [values]`, a parsed rule. Out: the rule's values with every known placeholder filled in. Values are
texts as in a rule: `*` and `?` are wildcards unless escaped. A placeholder without a list stays: it never matches.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sigma import types
from sigma.exceptions import SigmaPlaceholderError
from sigma.rule import SigmaRule

from hinomi.detect.document import Document, read_documents
from hinomi.errors import ContentError

Placeholders = Mapping[str, tuple[str, ...]]
MAX_VALUES = 10_000  # of one list; each becomes a value of its own in every rule that names it


def read_placeholders(path: Path) -> tuple[Placeholders, list[ContentError]]:
    """The lists of one file; what is no list of texts is an error with its line, and the other lists hold."""
    documents, errors = read_documents(path, path.name)
    found: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for name, values in document.data.items():
            texts = _texts(values)
            if texts is None:
                errors.append(
                    document.error(
                        f"the placeholder {name!r} needs a text or a list of at most {MAX_VALUES} texts",
                        str(name),
                        ja=f"プレースホルダー {name!r} にはテキストか、最大 {MAX_VALUES} 件のテキストのリストが必要です",
                    )
                )
            else:
                found[str(name)] = texts
    return found, errors


def _texts(values: Any) -> tuple[str, ...] | None:
    members = values if isinstance(values, list) else [values]
    is_sound = len(members) <= MAX_VALUES and all(isinstance(one, str | int | float) for one in members)
    return tuple(str(one) for one in members) if is_sound else None


def fill(rule: SigmaRule, values: Placeholders) -> None:
    """Put the values into the rule. Raises SigmaError where a filled value is none (a broken regular expression)."""
    for item in items_of(rule):
        if any(_names(value) for value in item.value):
            item.value = [_filled(value, values) for value in item.value]


def unresolved(rule: SigmaRule) -> list[str]:
    """Names of placeholders that nobody gave a value: such a value never matches."""
    return list(dict.fromkeys(name for item in items_of(rule) for value in item.value for name in _names(value)))


def items_of(rule: SigmaRule) -> Iterator[Any]:
    """Every detection item of the rule, however deep."""
    for detection in rule.detection.detections.values():
        yield from _items(detection)


def _items(detection: Any) -> Iterator[Any]:
    for item in detection.detection_items:
        if hasattr(item, "detection_items"):
            yield from _items(item)
        else:
            yield item


def _names(value: Any) -> list[str]:
    if isinstance(value, types.SigmaExpansion):
        return [name for one in value.values for name in _names(one)]
    text = value.regexp if isinstance(value, types.SigmaRegularExpression) else value
    parts = text.s if isinstance(text, types.SigmaString) else ()
    return [part.name for part in parts if isinstance(part, types.Placeholder)]


def _filled(value: Any, values: Placeholders) -> Any:
    """The value with its placeholders filled: one for each combination, of which any is enough."""
    if isinstance(value, types.SigmaExpansion):
        return types.SigmaExpansion([_filled(one, values) for one in value.values])
    if not set(_names(value)) & set(values):
        return value

    is_regex = isinstance(value, types.SigmaRegularExpression)
    texts = _combined((value.regexp if is_regex else value).s, values)
    if is_regex:
        return types.SigmaExpansion(
            [types.SigmaRegularExpression(str(one), value.flags, policy=value.policy) for one in texts]
        )
    if isinstance(value, types.SigmaCasedString):
        texts = [types.SigmaCasedString.from_sigma_string(one) for one in texts]
    return types.SigmaExpansion(list(texts))


def _combined(parts: Iterable[Any], values: Placeholders) -> list[types.SigmaString]:
    """Each combination of values as one text; parts that are no known placeholder stay as they are."""
    rows: list[tuple[Any, ...]] = [()]
    for part in parts:
        choices = values.get(part.name) if isinstance(part, types.Placeholder) else None
        fillings = [(part,)] if choices is None else [tuple(types.SigmaString(text).s) for text in choices]
        if len(rows) * len(fillings) > MAX_VALUES:
            raise SigmaPlaceholderError(f"the placeholders of one value make more than {MAX_VALUES} combinations")
        rows = [row + filling for row in rows for filling in fillings]
    return [_string(row) for row in rows]


def _string(parts: tuple[Any, ...]) -> types.SigmaString:
    made = types.SigmaString()
    made.s = list(parts)
    return made


def errors_of(document: Document, rule: SigmaRule) -> list[ContentError]:
    """For content that must be whole: each placeholder without a value is an error."""
    return [
        document.error(
            f"the placeholder %{name}% has no value: it would never match",
            "detection",
            ja=f"プレースホルダー %{name}% に値がなく、一致することがありません",
        )
        for name in unresolved(rule)
    ]
