"""The Search language (what a person types, and the header TMV1-Query): text to tree.

    objectCmd: (*reg*save* or "whoami /all") and not processUser: system dpt >= 80 T1003-002

Terms side by side must all hold. Grammar with examples: docs/reference/query.md. One pass over the text by hand, for
what a word is depends on where it stands; the stack is bounded by MAX_DEPTH.
"""

import re
from dataclasses import dataclass

from hinomi.query.refusal import QueryError
from hinomi.query.tree import (
    MAX_DEPTH,
    AnyField,
    Compare,
    Everything,
    Node,
    Operator,
    check_size,
    join_all,
    join_any,
    negate,
    too_deep,
)

MAX_LENGTH = 20_000  # characters: a pasted list of some hundred hashes

_BLANKS = re.compile(r"\s*")
_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\s*(>=|<=|[:<>])")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/(?=[\s)]|$)", re.DOTALL)
_WORD = re.compile(r'(?:\\[\\"():]|[^\s()"])+')
_ESCAPED = re.compile(r'\\([\\"])')
_WORD_ESCAPED = re.compile(r'\\([\\"():])')
_KEYWORD = re.compile(r"(and|or|not)(?=[\s()]|$)", re.IGNORECASE)
# What other languages write, and what it is here; "" where it is not a matter of another sign.
_FOREIGN = {
    "=": ":", "==": ":", "=>": ">=", "=<": "<=", "!=": "", "<>": "", "!": "not", "&&": "and", "||": "or", "&": "and", "|": "or",
}  # fmt: skip
_TERM = ("a field and a value, or a word", "フィールドと値、または語")
_RANGES = {">": Operator.GREATER, ">=": Operator.AT_LEAST, "<": Operator.LESS, "<=": Operator.AT_MOST}


def parse_query(text: str, *, quotes_exact: bool = True, max_length: int = MAX_LENGTH) -> Node:
    """The tree of a query. QueryError names the column and what would be right.

    `quotes_exact`: a quoted value must be the whole value of the field (Search). False, for TMV1-Query: it is matched
    as the field is (a part of it, or the whole), and * and ? in it may also be wildcards.
    """
    if len(text) > max_length:
        raise QueryError(
            f"the query has {len(text)} characters; at most {max_length}",
            f"クエリが {len(text)} 文字あります。最大 {max_length} 文字です。",
        )
    if not text.strip():
        raise QueryError(
            "the query is empty; write * for everything", "クエリが空です。すべてを探すには * と書いてください。", 1
        )
    reader = _Reader(text, quotes_exact)
    node = reader.read_any(None, 1)
    if reader.position < len(text):
        raise reader.refuse("this closing bracket opens nowhere", "対応する開きかっこがありません")
    return check_size(node)


@dataclass(slots=True)
class _Field:
    """The field that the values of a bracket belong to."""

    name: str
    at: int


class _Reader:
    def __init__(self, text: str, quotes_exact: bool) -> None:
        self.text = text
        self.position = 0
        self.quotes_exact = quotes_exact
        self._skip()

    def refuse(self, en: str, ja: str) -> QueryError:
        return QueryError(en, ja, self.position + 1)

    def read_any(self, field: _Field | None, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise too_deep().at(self.position + 1)
        found = [self._read_all(field, depth)]
        while self._take_keyword("or"):
            found.append(self._read_all(field, depth))
        return join_any(found)

    def _read_all(self, field: _Field | None, depth: int) -> Node:
        found = [self._read_not(field, depth)]
        while self._take_keyword("and") or self._at_term():
            found.append(self._read_not(field, depth))
        return join_all(found)

    def _read_not(self, field: _Field | None, depth: int) -> Node:
        negated = False
        while self._take_keyword("not"):
            negated = not negated
        node = self._read_term(field, depth)
        return negate(node) if negated else node

    def _read_term(self, field: _Field | None, depth: int) -> Node:
        if not self._at_term():
            raise self._expected("a value", "値") if field else self._expected(*_TERM)
        if self._take("("):
            node = self.read_any(field, depth + 1)
            if not self._take(")"):
                raise self.refuse("expected a closing bracket ) here", "ここに閉じかっこ ) が必要です")
            return node
        if field:
            return self._read_value(field)
        named = _FIELD.match(self.text, self.position)
        if not named:
            return self._read_bare()
        owner = _Field(named.group(1), self.position + 1)
        self._move(named.end())
        if named.group(2) == ":":
            return self._read_values(owner, depth)
        return self._read_range(owner, _RANGES[named.group(2)])

    def _read_values(self, field: _Field, depth: int) -> Node:
        if self._take("("):
            node = self.read_any(field, depth + 1)
            if not self._take(")"):
                told = f"expected a closing bracket ) after the values of {field.name!r}"
                raise self.refuse(told, f"{field.name!r} の値の後に閉じかっこ ) が必要です")
            return node
        return self._read_value(field)

    def _read_range(self, field: _Field, operator: Operator) -> Node:
        if self.text[self.position - 1 : self.position + 1] == "<>":
            self.position -= 1
            raise self._foreign("<>")
        at = self.position + 1
        quoted = self._quoted()
        value = quoted if quoted is not None else self._word()
        if not value:
            raise self._expected(f"a number or a time after {field.name!r}", f"{field.name!r} の後に数値または時刻")
        return Compare(field.name, operator, value, field.at, at)

    def _read_value(self, field: _Field) -> Node:
        at = self.position + 1
        pattern = _REGEX.match(self.text, self.position)
        if pattern:
            self._move(pattern.end())
            return Compare(field.name, Operator.REGEX, pattern.group(1).replace("\\/", "/"), field.at, at)
        quoted = self._quoted()
        if quoted is not None:
            return self._quoted_value(field, quoted, at)
        raw = self._raw_word()
        if raw is None:
            found = self._found()
            raise self.refuse(
                f"expected a value after {field.name!r}, found {found or 'the end'}; write for example {field.name}: *",
                f"{field.name!r} の後に値が必要です (ここは {found or '末尾'})。例: {field.name}: *",
            )
        if set(raw) == {"*"}:
            return Compare(field.name, Operator.EXISTS, "", field.at)
        return Compare(field.name, _word_operator(raw), _unescape(raw), field.at, at)

    def _quoted_value(self, field: _Field, value: str, at: int) -> Node:
        if self.quotes_exact:
            return Compare(field.name, Operator.EQUALS, value, field.at, at)
        plain = Compare(field.name, Operator.TERM, value, field.at, at)
        if value and set(value) == {"*"}:
            return Compare(field.name, Operator.EXISTS, "", field.at)
        if "*" in value or "?" in value:
            return join_any([Compare(field.name, Operator.LIKE, value, field.at, at), plain])
        return plain

    def _read_bare(self) -> Node:
        at = self.position + 1
        quoted = self._quoted()
        if quoted is not None:
            if not quoted:
                raise QueryError("nothing stands between the quotes", "引用符の間に何もありません", at)
            return AnyField(Operator.TERM, quoted, at)
        raw = self._raw_word()
        if raw is None:
            raise self._expected(*_TERM)
        if raw in _FOREIGN:
            self.position = at - 1
            raise self._foreign(raw)
        if set(raw) == {"*"}:
            return Everything()
        return AnyField(_word_operator(raw), _unescape(raw), at)

    # the text itself

    def _skip(self) -> None:
        found = _BLANKS.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def _move(self, position: int) -> None:
        self.position = position
        self._skip()

    def _take(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.position):
            return False
        self._move(self.position + len(sign))
        return True

    def _take_keyword(self, word: str) -> bool:
        found = _KEYWORD.match(self.text, self.position)
        if not found or found.group(1).lower() != word:
            return False
        self._move(found.end())
        return True

    def _at_term(self) -> bool:
        """Something that can begin a term stands here: not the end, a closing bracket, `and` or `or`."""
        if self.position >= len(self.text) or self.text[self.position] == ")":
            return False
        found = _KEYWORD.match(self.text, self.position)
        return not found or found.group(1).lower() == "not"

    def _quoted(self) -> str | None:
        if not self.text.startswith('"', self.position):
            return None
        found = _QUOTED.match(self.text, self.position)
        if not found:
            raise self.refuse(
                'this quotation mark is not closed; write \\" for one inside a value, \\\\ for a backslash at its end',
                '引用符が閉じていません。値の中の引用符は \\"、末尾の \\ は \\\\ と書きます',
            )
        self._move(found.end())
        return _ESCAPED.sub(r"\1", found.group(1))

    def _raw_word(self) -> str | None:
        found = _WORD.match(self.text, self.position)
        if not found:
            return None
        self._move(found.end())
        return found.group()

    def _word(self) -> str:
        return _unescape(self._raw_word() or "")

    def _expected(self, en: str, ja: str) -> QueryError:
        found = self._found()
        return self.refuse(f"expected {en}, found {found or 'the end'}", f"{ja}が必要です (ここは {found or '末尾'})")

    def _foreign(self, sign: str) -> QueryError:
        near = _FOREIGN[sign]
        hint, hint_ja = f"nearest: {near!r}", f"近いもの: {near!r}"
        if not near:
            hint, hint_ja = "write for example not dpt: 80", "例: not dpt: 80"
        return QueryError(
            f"unknown operator {sign!r}; {hint}; to look for the sign itself, put it in quotes",
            f"演算子 {sign!r} はありません。{hint_ja}。記号そのものを探すには引用符で囲んでください",
            self.position + 1,
            near,
        )

    def _found(self) -> str:
        """What stands here, quoted; "" at the end."""
        return repr(self.text[self.position : self.position + 20]) if self.position < len(self.text) else ""


def _word_operator(raw: str) -> Operator:
    return Operator.LIKE if "*" in raw or "?" in raw else Operator.TERM


def _unescape(raw: str) -> str:
    return _WORD_ESCAPED.sub(r"\1", raw)
