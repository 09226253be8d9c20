"""Why an alert stands on one side of a time travel alone, where that can be told. In: a pair. Out: reasons.

Told is what is seen: a model that is off, a filter that says something else, an exception that hides, an alert that
holds the same activity already. What cannot be told is said to be so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hinomi.detect.content import Content
from hinomi.detect.exceptions import TermsError, matcher
from hinomi.detect.store import Level
from hinomi.detect.text_store import Key
from hinomi.lake.lake import Lake
from hinomi.operations.book import Page
from hinomi.operations.time_pairs import Group, Pair, Travel
from hinomi.operations.time_travel import Would
from hinomi.schema.content import Text
from hinomi.schema.detection import Detection
from hinomi.schema.exception import DetectionException
from hinomi.workbench.raised import Held, Raised, RaisedAlerts

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is stable; `about` names what it is about (alert, filter, rule, exception, by, at)."""

    code: str
    text: Text
    about: tuple[tuple[str, Any], ...] = ()


def _reason(code: str, en: str, ja: str, **about: Any) -> Reason:
    return Reason(code, Text(en, ja), tuple(about.items()))


_UNKNOWN = _reason(
    "unknown",
    "No reason can be told: the window's edges, or content that changed without a trace.",
    "理由を特定できません (期間の端、または記録の残らないコンテンツの変更)。",
)
_OTHER_BEGINNING = _reason(
    "otherBeginning",
    "The same evidence, but it would begin at another event: a changed rule, or an alert that stood before the window.",
    "証拠は同じですが、始まりのイベントが異なります (ルールの変更、または期間の前から続くアラート)。",
)


class Reasons:
    """Of the pairs of one travel. `page`: the book as it stands; `exceptions`: all of them, whether at work or not."""

    def __init__(
        self,
        found: Travel,
        page: Page,
        lake: Lake,
        raised: RaisedAlerts,
        exceptions: Sequence[DetectionException],
        now_ms: int,
    ) -> None:
        self._found, self._page, self._lake, self._raised = found, page, lake, raised
        self._content: Content = found.route.content
        self._exceptions, self._now_ms = exceptions, now_ms

    def of(self, pair: Pair) -> list[Reason]:
        """None for an alert that is the same on both sides; at least one otherwise."""
        if pair.raised and pair.would:
            return [] if pair.raised.fingerprint == pair.would.fingerprint else [_OTHER_BEGINNING]
        if pair.group is Group.ONLY_THEN and pair.raised is not None:
            return list(dict.fromkeys(self._gone(pair.raised))) or [_UNKNOWN]
        if pair.group is Group.ONLY_NOW and pair.would is not None:
            return list(dict.fromkeys(self._new(pair.would))) or [_UNKNOWN]
        return []

    # ---- raised then, and not now -----------------------------------------------------------------------------------
    def _gone(self, one: Raised) -> Iterator[Reason]:
        model = self._content.model.get(one.model_id)
        if model is None:
            yield _reason("modelGone", "The model is gone.", "検知モデルがなくなりました。")
            return
        if not model.enabled:
            yield _reason(
                "modelOff",
                "The model is off now.",
                "検知モデルが現在無効です。",
                **self._switched(Level.MODEL, model.id),
            )
            return
        yield from self._tried(one.model_id)
        held, versions = self._raised.evidence(one.id), self._raised.versions(one.id)
        yield from self._rules_off(one.model_id, held)
        yield from self._filters_changed(versions.filters)
        yield from self._hidden(held)
        yield from self._records_gone(held)
        other = self._same_evidence(one.model_id, {each.uuid for each in held})
        if other is not None:
            yield _reason(
                "otherAlert",
                "Its evidence would stand in another alert of the same model.",
                "同じ検知モデルの別のアラートの証拠になります。",
                fingerprint=other.fingerprint,
            )
        if versions.model and versions.model != model.version:
            yield _reason(
                "modelChanged",
                "The model, or a filter of it, has changed since.",
                "検知モデルまたはそのフィルタが、その後変更されました。",
                **self._edited(("model", model.id)),
            )

    def _rules_off(self, model_id: str, held: Iterable[Held]) -> Iterator[Reason]:
        rules = {rule.id: rule for rule in self._content.model[model_id].rules}
        for rule_id in dict.fromkeys(one.rule_id for one in held):
            if rule_id not in rules:
                yield _reason("ruleGone", "The rule is gone.", "ルールがなくなりました。", rule=rule_id)
            elif not rules[rule_id].enabled:
                switched = self._switched(Level.RULE, f"{model_id}/{rule_id}")
                yield _reason("ruleOff", "The rule is off now.", "ルールが現在無効です。", rule=rule_id, **switched)

    def _filters_changed(self, then: Mapping[str, str]) -> Iterator[Reason]:
        for id_, version in then.items():
            found = self._content.filter.get(id_)
            if found is None:
                yield _reason("filterGone", "The filter is gone.", "フィルタがなくなりました。", filter=id_)
            elif not found.enabled:
                switched = self._switched(Level.FILTER, id_)
                yield _reason("filterOff", "The filter is off now.", "フィルタが現在無効です。", filter=id_, **switched)
            elif found.version != version:
                yield _filter_changed(id_, **self._edited(("filter", id_)))

    def _hidden(self, held: Iterable[Held]) -> Iterator[Reason]:
        for one in held:
            detection = self._found.seen.hidden.get(one.detection_id)
            for exception in self._hiding(detection, active=True) if detection else ():
                yield _reason(
                    "exception",
                    "An exception hides its evidence now.",
                    "現在は例外が証拠を非表示にしています。",
                    exception=exception.id,
                    by=exception.created_by,
                    at=exception.created_ms,
                )

    def _records_gone(self, held: Sequence[Held]) -> Iterator[Reason]:
        there = self._lake.known([one.uuid for one in held], [one.event_ms for one in held])
        if any(one.uuid not in there for one in held):
            yield _reason(
                "recordsGone",
                "Records of its evidence are no longer in the lake.",
                "証拠のレコードがレイクに残っていません。",
            )

    def _same_evidence(self, model_id: str, uuids: set[str]) -> Would | None:
        return next((one for one in self._would_of.get(model_id, ()) if one.events & uuids), None)

    @cached_property
    def _would_of(self) -> dict[str, list[Would]]:
        found: dict[str, list[Would]] = {}
        for one in self._found.seen.would.values():
            found.setdefault(one.model_id, []).append(one)
        return found

    # ---- would be raised now, and was not ---------------------------------------------------------------------------
    def _new(self, one: Would) -> Iterator[Reason]:
        yield from self._tried(one.model_id)
        uuids = [each.uuid for each in one.evidence]
        for alert_id in self._raised.holders(one.model_id, uuids, one.first_ms - DAY_MS, one.last_ms + DAY_MS):
            yield _reason(
                "joined",
                "Its evidence joined an alert that stood then.",
                "証拠は当時すでにあったアラートに加えられています。",
                alert=alert_id,
            )
        yield from self._undetected(one.evidence)
        arrived_ms = max((int(each.activity.get("logReceivedTime") or 0) for each in one.evidence), default=0)
        yield from self._changed_since(one.model_id, arrived_ms)

    def _undetected(self, evidence: Sequence[Detection]) -> Iterator[Reason]:
        """Detections that the lake does not hold were not made then, or were hidden."""
        known = self._lake.known_detections([one.id for one in evidence], [one.event_time_ms for one in evidence])
        for one in evidence:
            if one.id in known:
                continue
            hidden_now = self._hiding(one, active=True)
            for exception in hidden_now:
                yield _reason(
                    "exception",
                    "An exception hides its evidence.",
                    "例外が証拠を非表示にしています。",
                    exception=exception.id,
                    by=exception.created_by,
                    at=exception.created_ms,
                )
            hiding = hidden_now or self._hiding(one, active=False)
            for exception in hiding if not hidden_now else ():
                yield _reason(
                    "exceptionThen",
                    "An exception that is no longer at work may have hidden it then.",
                    "現在は働いていない例外が、当時は非表示にしていた可能性があります。",
                    exception=exception.id,
                    by=exception.created_by,
                    at=exception.created_ms,
                )
            if not hiding:
                yield _reason(
                    "notDetected",
                    "The filter did not fire then: it was not there, was off, or said something else.",
                    "当時フィルタは反応していません (未導入、無効、または内容が異なる)。",
                    filter=one.filter_id,
                    **self._edited(("filter", one.filter_id)),
                )

    def _changed_since(self, model_id: str, arrived_ms: int) -> Iterator[Reason]:
        switched, edited = self._switched(Level.MODEL, model_id), self._edited(("model", model_id))
        if switched.get("at", 0) > arrived_ms:
            yield _reason(
                "switchedSince",
                "The model was switched after that.",
                "その後に検知モデルの有効・無効が切り替えられました。",
                **switched,
            )
        if edited.get("at", 0) > arrived_ms:
            yield _reason(
                "modelChanged", "The model was edited after that.", "その後に検知モデルが編集されました。", **edited
            )

    def _tried(self, model_id: str) -> Iterator[Reason]:
        """A text that is not in effect speaks for itself."""
        drafts, model = self._found.route.drafts, self._content.model.get(model_id)
        names = {name for rule in model.rules for name in rule.filters} if model else set()
        if ("model", model_id) in drafts or any(("filter", name) in drafts for name in names):
            yield _reason(
                "draft",
                "The text or version that was tried is another than the one in effect.",
                "試したテキスト・バージョンは現在有効なコンテンツと異なります。",
            )

    # ---- what the book tells ----------------------------------------------------------------------------------------
    def _switched(self, level: Level, id_: str) -> dict[str, Any]:
        switch = self._page.switches.get((level, id_))
        return {"by": switch.changed_by, "at": switch.changed_ms} if switch else {}

    def _edited(self, key: Key) -> dict[str, Any]:
        piece = self._page.pieces.get(key)
        kept = piece.kept if piece else None
        return {"by": kept.changed_by, "at": kept.changed_ms} if kept else {}

    def _hiding(self, detection: Detection, *, active: bool) -> list[DetectionException]:
        """Exceptions that meet the detection, of those that are at work, or of those that are not."""
        found = []
        for one in self._exceptions:
            if one.is_active(self._now_ms) is not active:
                continue
            try:
                found += [one] if matcher(one.terms)(detection) else []
            except TermsError:  # terms that this version cannot read hide nothing
                continue
        return found


def _filter_changed(id_: str, **about: Any) -> Reason:
    return _reason(
        "filterChanged", "The filter has changed since.", "フィルタがその後変更されました。", filter=id_, **about
    )
