"""Sigma filters: conditions that are added to rules, to leave out what is usual here. In: a document. Out: a SigmaFilter.

A rule that a filter names is met where the rule AND the filter's condition are: an exclusion is written
`condition: not selection`. Source: Sigma filters specification 2.0 and pySigma, which joins them so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sigma.exceptions import SigmaError
from sigma.rule import SigmaDetections, SigmaLogSource

from hinomi.detect.condition import Node, all_of
from hinomi.detect.document import Document
from hinomi.detect.parsed import Parsed
from hinomi.detect.sigma_condition import condition_of_detections
from hinomi.detect.sigma_message import located
from hinomi.detect.sigma_rule import POLICY, condition_errors, joined_version, version_of
from hinomi.errors import ContentError
from hinomi.schema.content import Filter, LogSource


@dataclass(frozen=True, slots=True)
class SigmaFilter:
    """`rules`: names and ids of the rules it is added to; None for any of its log source."""

    document: Document
    rules: tuple[str, ...] | None
    logsource: LogSource
    condition: Node
    version: str

    def fits(self, found: Filter, names: Sequence[str]) -> bool:
        """Is it added to this rule, which goes by these names? Each part of the log source must be the rule's."""
        mine, theirs = self.logsource, found.logsource
        return (self.rules is None or bool(set(self.rules) & set(names))) and all(
            own is None or own == other
            for own, other in (
                (mine.product, theirs.product),
                (mine.category, theirs.category),
                (mine.service, theirs.service),
            )
        )

    def applied(self, found: Filter) -> Filter:
        """The rule with the condition added; another version, for it finds something else."""
        parsed: Parsed = found.sigma
        condition = all_of([parsed.condition, self.condition])
        version = joined_version([found.version, self.version])
        return replace(found, sigma=replace(parsed, condition=condition), version=version)


def read_sigma_filter(document: Document) -> tuple[SigmaFilter | None, list[ContentError]]:
    """The filter of one document, or what is wrong with it."""
    part: Any = document.data.get("filter")
    if not isinstance(part, dict):
        return None, [document.error("filter is no mapping", "filter", ja="filter がマッピングではありません")]
    errors = _shape_errors(document, part) or condition_errors(document, "filter")
    if errors:
        return None, errors
    try:
        source = SigmaLogSource.from_dict(document.data["logsource"])
        selections = {name: value for name, value in part.items() if name != "rules"}
        condition = condition_of_detections(SigmaDetections.from_dict(selections, policy=POLICY))
    except SigmaError as error:
        return None, [located(document, error, POLICY)]
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        return None, [
            document.error(f"not a Sigma filter: {error}", "filter", ja=f"Sigma フィルタではありません: {error}")
        ]
    rules = part["rules"]
    named = None if rules in ("any", []) else (rules,) if isinstance(rules, str) else tuple(str(one) for one in rules)
    return SigmaFilter(
        document, named, LogSource(source.product, source.category, source.service), condition, version_of(document)
    ), []


def _shape_errors(document: Document, part: dict[str, Any]) -> list[ContentError]:
    errors = []
    if not isinstance(part.get("rules"), str | list):
        errors.append(
            document.error(
                "filter.rules is missing: a list of rule ids and names, or any",
                "filter",
                "rules",
                ja="filter.rules がありません。ルールの ID か名前のリスト、または any を書いてください",
            )
        )
    if not isinstance(part.get("condition"), str):
        errors.append(
            document.error("filter.condition is missing", "filter", "condition", ja="filter.condition がありません")
        )
    if not isinstance(document.data.get("logsource"), dict):
        errors.append(
            document.error(
                "logsource is missing: product, category or service of the rules",
                "logsource",
                ja="logsource がありません。対象ルールの product、category、service を書いてください",
            )
        )
    return errors
