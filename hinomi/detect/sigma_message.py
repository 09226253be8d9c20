"""What is wrong with a Sigma rule, said in both languages with its line and what would be right.

In: a document, an error of pySigma. Out: a ContentError. pySigma says what is wrong, in English and without a place; where,
we find by asking it again piece by piece. Only the wording hangs on its messages: one that is not known is passed on as it is.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sigma.exceptions import SigmaError
from sigma.modifiers import modifier_mapping
from sigma.policy import SigmaPolicy
from sigma.rule.detection import SigmaDetection

from hinomi.detect.document import Document, nearest
from hinomi.errors import ContentError

Said = tuple[str, str]  # English, Japanese


def located(document: Document, error: Exception, policy: SigmaPolicy) -> ContentError:
    """The error at its place in the document."""
    english, japanese = said(str(error), document.data)
    return document.error(english, *_suspect(document.data, type(error).__name__, policy), ja=japanese)


def said(message: str, data: Mapping[str, Any]) -> Said:
    """A message of pySigma in our words; `data` is the rule, for names that are near."""
    for pattern, words in _WORDS:
        match = pattern.search(message)
        if match:
            return words(match, data)
    return message, f"Sigma ルールとして正しくありません: {message}"


# ---- words ----
def _modifier(match: re.Match[str], _data: Mapping[str, Any]) -> Said:
    near = nearest(match[1], modifier_mapping)
    return f"unknown modifier {match[1]!r}{near}", f"修飾子 {match[1]!r} はありません{_japanese(near)}"


def _wrong_type(match: re.Match[str], _data: Mapping[str, Any]) -> Said:
    names = [name for name, kind in modifier_mapping.items() if kind.__name__ == match[1]]
    name, value = min(names, key=len, default=match[1]), match[2]
    english, japanese = next((words for kind, words in _TAKES.items() if kind in match[1]), _TAKES["String"])
    if "SigmaNull" in value:
        value = "null"
    return (
        f"the modifier {name} takes {english}, not {value!r}",
        f"修飾子 {name} には{japanese}が必要です ({value!r} は使えません)",
    )


# What a modifier takes, by a part of pySigma's class name.
_NUMBER = ("a number: write it without quotes", "数値 (引用符なし)")
_TAKES: dict[str, Said] = {
    "Than": _NUMBER,
    "Timestamp": _NUMBER,
    "Exists": ("true or false", "true または false"),
    "String": ("text: put it in quotes", "テキスト (引用符付き)"),
}


def _regex(match: re.Match[str], _data: Mapping[str, Any]) -> Said:
    return match[0], f"正規表現 {match[1]!r} は使えません: {match[2]}"


def _selection(match: re.Match[str], data: Mapping[str, Any]) -> Said:
    names = [str(name) for name in _mapping(data.get("detection")) if name not in ("condition", "timeframe")]
    near = nearest(match[1], names) or f"; there are: {', '.join(names)}"
    return f"the condition names {match[1]!r}, which is no selection{near}", (
        f"条件にある {match[1]!r} という選択条件はありません{_japanese(near)}"
    )


def _pipe(_match: re.Match[str], _data: Mapping[str, Any]) -> Said:
    return (
        "a condition with | (count, near) is no longer Sigma: write a correlation (event_count, value_count, temporal)",
        "条件の | (count, near) は廃止されました。相関ルール (event_count、value_count、temporal) で書いてください",
    )


def _dashes(match: re.Match[str], _data: Mapping[str, Any]) -> Said:
    return match[0], "windash で展開できるダッシュは 1 つの値に 3 つまでです。値を分けてください"


def _wildcards(match: re.Match[str], _data: Mapping[str, Any]) -> Said:
    return match[0], "base64 と base64offset の値にワイルドカードは使えません"


_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Mapping[str, Any]], Said]], ...] = (
    (re.compile(r"Unknown modifier '(.*?)'"), _modifier),
    (re.compile(r"Modifier (Sigma\w+) incompatible to value type of '(.*)'", re.DOTALL), _wrong_type),
    (re.compile(r"Regular expression '(.*)' is invalid: (.*)", re.DOTALL), _regex),
    (re.compile(r"(?:Selector|Detection) '(.*?)' (?:doesn't match any|not defined in) detection"), _selection),
    (re.compile(r"pipe syntax in Sigma conditions"), _pipe),
    (re.compile(r"windash modifier expands at most three.*"), _dashes),
    (re.compile(r"Base64 encoding of strings with wildcards.*"), _wildcards),
)


def _japanese(near: str) -> str:
    return near.replace("; nearest: ", "。近い名前: ").replace("; there are: ", "。あるもの: ")


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


# ---- places ----
def _suspect(data: Mapping[str, Any], kind: str, policy: SigmaPolicy) -> tuple[str, ...]:
    """The key a pySigma error named `kind` is about: SigmaLevelError is about `level`."""
    for key in data:
        if key not in ("detection", "filter") and str(key).lower() in kind.lower():
            return (str(key),)
    part = "filter" if "filter" in data and "detection" not in data else "detection"
    detection = data.get(part)
    if not isinstance(detection, Mapping):
        return (part,)
    for name, definition in detection.items():
        if name not in ("condition", "rules") and not _is_sound(definition, policy):
            wrong_keys = [key for key, value in _mapping(definition).items() if not _is_sound({key: value}, policy)]
            return (part, str(name), *wrong_keys[:1])
    return (part, "condition")


def _is_sound(definition: Any, policy: SigmaPolicy) -> bool:
    try:
        SigmaDetection.from_definition(definition, policy=policy)
    except (SigmaError, TypeError, ValueError, AttributeError):
        return False
    return True
