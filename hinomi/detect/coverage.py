"""Can a filter ever match? In: a filter, what the sources write. Out: why it never can, or None."""

from dataclasses import dataclass

from hinomi.detect.condition import NEVER
from hinomi.detect.placeholders import unresolved
from hinomi.schema.content import Filter, Text


@dataclass(frozen=True, slots=True)
class Coverage:
    """The parts of log sources that some source writes activities of."""

    products: frozenset[str]
    categories: frozenset[str]
    services: frozenset[str]


def why_never(found: Filter, coverage: Coverage) -> Text | None:
    """The reason why no activity of these sources can meet the filter; None where one may."""
    source = found.logsource
    for part, known, japanese in (
        (source.product, coverage.products, "製品"),
        (source.category, coverage.categories, "カテゴリ"),
        (source.service, coverage.services, "サービス"),
    ):
        if part is not None and part not in known:
            return Text(f"no source writes activities of {part}", f"{japanese} {part} を書き出すソースがありません")
    if found.sigma.condition == NEVER:
        names = ", ".join(f"%{name}%" for name in unresolved(found.sigma.rule))
        return Text(f"its placeholders have no value: {names}", f"プレースホルダーに値がありません: {names}")
    return None
