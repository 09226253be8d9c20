"""Can a filter or a correlation ever match? In: it, and what the sources write. Out: why it never can, or None."""

from collections.abc import Mapping
from dataclasses import dataclass

from hinomi.detect.condition import NEVER
from hinomi.detect.expression import holds, names_of
from hinomi.detect.measure import keeps
from hinomi.detect.needs import source_named
from hinomi.schema.content import CHAINED, Filter, LogSource, Model, Text


@dataclass(frozen=True, slots=True)
class Written:
    """What the sources of one product write."""

    categories: frozenset[str]
    services: frozenset[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The parts of log sources that some source writes activities of, by product."""

    of: Mapping[str, Written]

    @property
    def products(self) -> frozenset[str]:
        return frozenset(self.of)

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(name for one in self.of.values() for name in one.categories)

    @property
    def services(self) -> frozenset[str]:
        return frozenset(name for one in self.of.values() for name in one.services)

    def writes(self, source: LogSource) -> bool:
        """Does one product write what each part of the log source names?"""
        return any(
            source.product in (None, product)
            and (source.category is None or source.category in one.categories)
            and (source.service is None or source.service in one.services)
            for product, one in self.of.items()
        )


def why_never(found: Filter, coverage: Coverage) -> Text | None:
    """The reason why no activity of these sources can meet the filter; None where one may."""
    source = found.logsource
    if not coverage.writes(source):
        name = source_named(source)
        return Text(f"needs source {name.en}", f"ソース「{name.ja}」が必要です")
    if found.sigma.condition == NEVER:
        from hinomi.detect.placeholders import unresolved  # asks for pySigma's rule, which is slow to import

        names = ", ".join(f"%{name}%" for name in unresolved(found.sigma.rule))
        if names:
            return Text(f"its placeholders have no value: {names}", f"プレースホルダーに値がありません: {names}")
        return Text("its condition is never true", "条件が成立することがありません")
    return None


def why_never_met(model: Model, reasons: Mapping[str, Text | None]) -> Text | None:
    """The same of a correlation. `reasons`: why each filter, and each CHAINED model, never matches; None where one may."""
    for rule in model.rules:
        names = [*rule.filters, *(CHAINED + name for name in rule.models)]
        able = {name for name in names if reasons.get(name) is None}
        if rule.expression is not None:
            needed = set(names_of(rule.expression))
            is_possible = any(holds(rule.expression, seen) for seen in (able & needed, *({one} for one in able)))
        elif rule.type in ("temporal", "temporal_ordered"):
            is_possible = any(keeps(rule.condition, count) for count in range(1, len(able) + 1))
        else:
            is_possible = bool(able)
        if is_possible:
            return None
    unable = [one for one in dict.fromkeys(names) if reasons.get(one) is not None]
    told = [reason for one in unable if (reason := reasons[one]) is not None]
    english = "; ".join(dict.fromkeys(one.en for one in told))
    japanese = "、".join(dict.fromkeys(one.ja for one in told))
    return Text(f"its rules never match: {english}", f"元のルールが一致し得ません: {japanese}")
