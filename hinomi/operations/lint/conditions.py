"""Rules on the condition: what can never be, what always is, what is too little, what nobody asks."""

from collections.abc import Iterator

from hinomi.detect.condition import And, Constant, Node, Or, predicates_of
from hinomi.detect.implication import always_holds, barred, never_holds
from hinomi.detect.predicate import Operator, Predicate
from hinomi.detect.written import names_in, wanted_in
from hinomi.operations.lint.advice import Advice, FilterSubject, leaves

LITTLE = 4  # characters of text that must at least stand in a met activity
_TEXTS = (Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH, Operator.EQUALS)


def unused_selection(subject: FilterSubject) -> Iterator[Advice]:
    """A selection that the condition does not name."""
    used = names_in(subject.written.condition)
    for name in subject.written.selections:
        if name not in used:
            yield subject.advice(
                "unused-selection",
                (name,),
                f"the condition does not use the selection {name!r}",
                f"選択 {name!r} は条件で使われていません",
            )


def never_true(subject: FilterSubject) -> Iterator[Advice]:
    """A condition that no activity can meet."""
    if never_holds(subject.condition):
        yield subject.advice(
            "never-true",
            ("condition",),
            "no activity can meet this condition",
            "この条件を満たすアクティビティはありません",
        )


def always_true(subject: FilterSubject) -> Iterator[Advice]:
    """A condition that every activity meets."""
    if always_holds(subject.condition):
        yield subject.advice(
            "always-true",
            ("condition",),
            "every activity of the log source meets this condition",
            "ログソースの全アクティビティがこの条件を満たします",
        )


def barred_value(subject: FilterSubject) -> Iterator[Advice]:
    """A value that the condition's own exclusion takes away again."""
    found, looked_for = barred(subject.condition), wanted_in(subject.written.condition)
    for name, part in subject.written.selections.items():
        for leaf in leaves(part) if name in looked_for else ():
            if isinstance(leaf.node, Predicate) and leaf.node in found:
                yield subject.advice(
                    "barred-value",
                    leaf.path,
                    f"{leaf.node.value!r} can never count: an exclusion of the condition matches it too",
                    f"{leaf.node.value!r} は常に除外条件にも一致するため、検知につながりません",
                )


def too_broad(subject: FilterSubject) -> Iterator[Advice]:
    """A few letters are enough to meet the condition."""
    if strength(subject.condition) < LITTLE:
        yield subject.advice(
            "too-broad",
            ("condition",),
            f"fewer than {LITTLE} characters of text are enough to meet this condition: ask for more",
            f"{LITTLE} 文字未満の文字列だけで条件が成立します。条件を加えてください",
        )


def strength(node: Node) -> int:
    """How many characters (or what is as good as so many) an activity must at least show."""
    if isinstance(node, Predicate):
        return _letters(node) if node.operator in _TEXTS else _WORTH
    if isinstance(node, And):
        return sum(strength(part) for part in node.parts)
    if isinstance(node, Or):
        return min(strength(part) for part in node.parts)
    if isinstance(node, Constant):
        return 0 if node.value else _WORTH
    return 0 if any(True for _ in predicates_of(node.part)) else _WORTH


def _letters(one: Predicate) -> int:
    """Letters of other scripts and signs that nobody types are rare; so is a text at a fixed place."""
    text = str(one.value)
    return len(text) + sum(3 for letter in text if not letter.isascii()) + (one.operator is not Operator.CONTAINS) * 2


_WORTH = 4  # an event's number, a network, a pattern


def duplicate_condition(subject: FilterSubject) -> Iterator[Advice]:
    """The same condition over the same log source as another filter."""
    first = subject.known.conditions.get((subject.found.logsource, subject.condition), subject.found.id)
    if first != subject.found.id:
        yield subject.advice(
            "duplicate-condition",
            ("condition",),
            f"the filter {first!r} has the same condition: keep one of them",
            f"フィルタ {first!r} と条件が同じです。どちらか一つにしてください",
        )


RULES = (unused_selection, never_true, always_true, barred_value, too_broad, duplicate_condition)
