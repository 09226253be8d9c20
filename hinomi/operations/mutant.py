"""What is broken in a mutation check. In: a filter's detection or a model. Out: each small break, one at a time.

A break is called noticed when one of the content's own tests comes out otherwise. One that no test notices is a part of
the content that nothing proves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from hinomi.detect.condition import NEVER
from hinomi.detect.written import Group, Inverse, Leaf, Part, Path, Reference, Written
from hinomi.schema.content import Model, Rule, Text


class Kind(StrEnum):
    VALUE_DROPPED = "value dropped"
    VALUE_NEVER = "value replaced"
    LINE_DROPPED = "line dropped"
    LINE_NEGATED = "line negated"
    MAP_DROPPED = "alternative dropped"
    SELECTION_DROPPED = "selection dropped"
    EXCLUSION_DROPPED = "exclusion dropped"
    ALL_WEAKENED = "all weakened to any"
    THRESHOLD_UP = "threshold raised"
    THRESHOLD_DOWN = "threshold lowered"
    WINDOW_HALVED = "window halved"
    FILTER_DROPPED = "filter of a rule dropped"
    RULE_DROPPED = "rule dropped"
    DISTINCT_DROPPED = "distinct dropped"
    GROUP_DROPPED = "entity of a rule dropped"
    ORDER_REVERSED = "order reversed"


KINDS: dict[Kind, Text] = {
    Kind.VALUE_DROPPED: Text("a value taken out of a list", "リストから値を一つ除く"),
    Kind.VALUE_NEVER: Text("a value replaced by one that never matches", "値を決して一致しないものに替える"),
    Kind.LINE_DROPPED: Text("a field taken out of a selection", "選択からフィールドを一つ除く"),
    Kind.LINE_NEGATED: Text("a field turned into its opposite", "フィールドの条件を否定する"),
    Kind.MAP_DROPPED: Text("an alternative of a selection taken out", "選択の代替条件を一つ除く"),
    Kind.SELECTION_DROPPED: Text("a selection taken out of the condition", "条件から選択を一つ除く"),
    Kind.EXCLUSION_DROPPED: Text("an exclusion taken out of the condition", "条件から除外を一つ除く"),
    Kind.ALL_WEAKENED: Text("all weakened to any", "「すべて」を「いずれか」に弱める"),
    Kind.THRESHOLD_UP: Text("the threshold one higher", "しきい値を一つ上げる"),
    Kind.THRESHOLD_DOWN: Text("the threshold one lower", "しきい値を一つ下げる"),
    Kind.WINDOW_HALVED: Text("the window half as long", "時間枠を半分にする"),
    Kind.FILTER_DROPPED: Text("a filter taken out of a rule", "ルールからフィルタを一つ除く"),
    Kind.RULE_DROPPED: Text("a rule taken out of the model", "検知モデルからルールを一つ除く"),
    Kind.DISTINCT_DROPPED: Text("detections counted, not distinct values", "異なる値でなく検知の数を数える"),
    Kind.GROUP_DROPPED: Text("an entity taken out of group_by", "group_by から対象を一つ除く"),
    Kind.ORDER_REVERSED: Text("the order of a sequence reversed", "順序を逆にする"),
}


@dataclass(frozen=True, slots=True)
class FilterMutant:
    """The detection with one break. `selection`: the one that is broken; None when the condition is."""

    kind: Kind
    path: Path
    shown: str  # what was broken: a value, a field, the name of a selection
    selection: str | None
    broken: Part


@dataclass(frozen=True, slots=True)
class ModelMutant:
    kind: Kind
    path: Path  # below the document: ("rules", 0, "window")
    shown: str
    broken: Model


# ---- filters ----
def filter_mutants(found: Written) -> Iterator[FilterMutant]:
    """Every break of every selection and of the condition."""
    for name, part in found.selections.items():
        for kind, path, shown, broken in _breaks(part):
            yield FilterMutant(kind, path, shown, name, broken)
    for kind, path, shown, broken in _condition_breaks(found.condition, excludes=False):
        yield FilterMutant(kind, path, shown, None, broken)


_Break = tuple[Kind, Path, str, Part]


def _breaks(part: Part) -> Iterator[_Break]:
    if not isinstance(part, Group):
        return
    if part.role == "line":
        yield from _line_breaks(part)
        return
    if len(part.parts) > 1:
        kind = Kind.LINE_DROPPED if part.role == "map" else Kind.MAP_DROPPED
        for index, one in enumerate(part.parts):
            yield kind, _path(one), _shown(one), _without(part, index)
    for index, one in enumerate(part.parts):
        for kind, path, shown, broken in _breaks(one):
            yield kind, path, shown, _with(part, index, broken)


def _line_breaks(line: Group) -> Iterator[_Break]:
    if len(line.parts) > 1:
        for index, one in enumerate(line.parts):
            yield Kind.VALUE_DROPPED, _path(one), _shown(one), _without(line, index)
        if line.is_all:
            yield Kind.ALL_WEAKENED, line.path, _shown(line), replace(line, is_all=False)
    else:
        (only,) = line.parts
        yield Kind.VALUE_NEVER, line.path, _shown(only), replace(line, parts=(Leaf(NEVER, line.path),))
    yield Kind.LINE_NEGATED, line.path, _shown(line), Inverse(line, line.path)


def _condition_breaks(part: Part, *, excludes: bool) -> Iterator[_Break]:
    """`excludes`: the part stands under a `not`, so that what it names is filtered out."""
    if isinstance(part, Inverse):
        for kind, path, shown, broken in _condition_breaks(part.part, excludes=not excludes):
            yield kind, path, shown, Inverse(broken, part.path)
    if not isinstance(part, Group):
        return
    for index, one in enumerate(part.parts):
        out = excludes or isinstance(one, Inverse)
        kind = Kind.EXCLUSION_DROPPED if out else Kind.SELECTION_DROPPED
        yield kind, part.path, _shown(one), _without(part, index)
        for inner, path, shown, broken in _condition_breaks(one, excludes=excludes):
            yield inner, path, shown, _with(part, index, broken)
    if part.is_all:
        yield Kind.ALL_WEAKENED, part.path, _shown(part), replace(part, is_all=False)


def _without(group: Group, index: int) -> Group:
    return replace(group, parts=group.parts[:index] + group.parts[index + 1 :])


def _with(group: Group, index: int, part: Part) -> Group:
    return replace(group, parts=(*group.parts[:index], part, *group.parts[index + 1 :]))


def _path(part: Part) -> Path:
    return part.path


def _shown(part: Part) -> str:
    """What a person reads: the value, the field, or the selection's name."""
    if isinstance(part, Leaf):
        return str(part.node)
    if isinstance(part, Reference):
        return part.name
    if isinstance(part, Inverse):
        return f"not {_shown(part.part)}"
    if part.role == "line":
        return part.field or "keywords"
    word = " and " if part.is_all else " or "
    return "(" + word.join(_shown(one) for one in part.parts) + ")"


# ---- models ----
def model_mutants(model: Model) -> Iterator[ModelMutant]:
    """Every break of every rule."""
    for index, rule in enumerate(model.rules):
        place: Path = ("rules", index)
        if len(model.rules) > 1:
            yield ModelMutant(Kind.RULE_DROPPED, place, rule.id, _rules(model, index))
        for kind, key, shown, broken in _rule_breaks(rule):
            yield ModelMutant(kind, (*place, key), shown, _rules(model, index, broken))


_ORDERED = ("sequence", "temporal_ordered")


def _rules(model: Model, index: int, *instead: Rule) -> Model:
    return replace(model, rules=(*model.rules[:index], *instead, *model.rules[index + 1 :]))


def _rule_breaks(rule: Rule) -> Iterator[tuple[Kind, str, str, Rule]]:
    if len(rule.filters) > 1:
        for index, name in enumerate(rule.filters):
            left = rule.filters[:index] + rule.filters[index + 1 :]
            yield Kind.FILTER_DROPPED, "filters", f"{rule.id}: {name}", replace(rule, filters=left)
    if len(rule.group_by) > 1:
        for index, name in enumerate(rule.group_by):
            left = rule.group_by[:index] + rule.group_by[index + 1 :]
            yield Kind.GROUP_DROPPED, "group_by", f"{rule.id}: {name}", replace(rule, group_by=left)
    if rule.window_s:
        shown = f"{rule.id}: {rule.window_s} s"
        yield Kind.WINDOW_HALVED, "window", shown, replace(rule, window_s=rule.window_s // 2)
    if rule.stages:
        yield Kind.ORDER_REVERSED, "filters", rule.id, replace(rule, stages=rule.stages[::-1])
    elif rule.type in _ORDERED:
        broken = replace(rule, filters=rule.filters[::-1], order=rule.order[::-1])
        yield Kind.ORDER_REVERSED, "filters", rule.id, broken
    for index, bound in enumerate(rule.condition):
        for kind, step in ((Kind.THRESHOLD_UP, 1), (Kind.THRESHOLD_DOWN, -1)):
            moved = bound._replace(number=bound.number + step)
            condition = (*rule.condition[:index], moved, *rule.condition[index + 1 :])
            shown = f"{rule.id}: {bound.operator} {bound.number:g}"
            yield kind, "condition", shown, replace(rule, condition=condition)
    if rule.threshold > 1:
        shown = f"{rule.id}: {rule.threshold}"
        yield Kind.THRESHOLD_UP, "threshold", shown, replace(rule, threshold=rule.threshold + 1)
        yield Kind.THRESHOLD_DOWN, "threshold", shown, replace(rule, threshold=rule.threshold - 1)
    if rule.distinct:
        yield Kind.DISTINCT_DROPPED, "distinct", f"{rule.id}: {rule.distinct}", replace(rule, distinct=None)
