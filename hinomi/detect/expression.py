"""Boolean expressions over names: `many_failures and (logon or not reset)`, the extended condition of Sigma correlations.

    parse("a and not b")  ->  ("and", ("a", ("not", ("b",))))
`not` binds closest, then `and`, then `or`.
"""

import re
from collections.abc import Callable, Collection

from hinomi.schema.content import Expression

MAX_DEPTH = 50
_TOKEN = re.compile(r"\s*([()]|[\w.-]+)")


class NoExpression(ValueError):
    """What is wrong with the text; `ja` is the same in Japanese."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.ja = ja


def parse(text: str) -> Expression:
    """The expression. Raises NoExpression."""
    parser = _Parser(_tokens(text))
    found = parser.joined("or")
    if parser.next is not None:
        raise NoExpression(f"{parser.next!r} is too much in the expression", f"式の中の {parser.next!r} が余分です")
    return found


def names_of(expression: Expression) -> tuple[str, ...]:
    """Every name, in the order of the text, once each."""
    if isinstance(expression, str):
        return (expression,)
    return tuple(dict.fromkeys(name for part in expression[1] for name in names_of(part)))


def positive_names(expression: Expression) -> tuple[str, ...]:
    """The names outside any `not`, in the order of the text."""
    if isinstance(expression, str):
        return (expression,)
    if expression[0] == "not":
        return ()
    return tuple(dict.fromkeys(name for part in expression[1] for name in positive_names(part)))


def holds(expression: Expression, seen: Collection[str]) -> bool:
    """Is it true when exactly these names are?"""
    if isinstance(expression, str):
        return expression in seen
    kind, parts = expression
    if kind == "not":
        return not holds(parts[0], seen)
    verdicts = (holds(part, seen) for part in parts)
    return all(verdicts) if kind == "and" else any(verdicts)


def renamed(expression: Expression, name_of: Callable[[str], str]) -> Expression:
    if isinstance(expression, str):
        return name_of(expression)
    return expression[0], tuple(renamed(part, name_of) for part in expression[1])


def has_not(expression: Expression) -> bool:
    return not isinstance(expression, str) and (expression[0] == "not" or any(has_not(part) for part in expression[1]))


def has_or(expression: Expression) -> bool:
    return not isinstance(expression, str) and (expression[0] == "or" or any(has_or(part) for part in expression[1]))


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            wrong = text[place:].strip()[0]
            raise NoExpression(f"{wrong!r} has no place in the expression", f"式に {wrong!r} は使えません")
        tokens.append(match[1])
        place = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._place, self._depth = tokens, 0, 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def joined(self, word: str) -> Expression:
        parts = [self._operand(word)]
        while (self.next or "").lower() == word:
            self._place += 1
            parts.append(self._operand(word))
        return parts[0] if len(parts) == 1 else (word, tuple(parts))

    def _operand(self, word: str) -> Expression:
        return self.joined("and") if word == "or" else self._single()

    def _single(self) -> Expression:
        word = self.next
        self._place += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NoExpression(f"more than {MAX_DEPTH} levels", f"入れ子が {MAX_DEPTH} 段を超えています")
        try:
            if word is None or word == ")" or word.lower() in ("and", "or"):
                where = "the end" if word is None else repr(word)
                raise NoExpression(f"a name is missing before {where}", f"{word or '末尾'} の前に名前がありません")
            if word.lower() == "not":
                return "not", (self._single(),)
            return self._bracket() if word == "(" else word
        finally:
            self._depth -= 1

    def _bracket(self) -> Expression:
        found = self.joined("or")
        if self.next != ")":
            raise NoExpression("a bracket is not closed", "括弧が閉じていません")
        self._place += 1
        return found
