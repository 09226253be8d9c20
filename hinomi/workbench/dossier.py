"""The dossier of one alert while its evidence grows. In: met models. Out: what has to be kept. It does no I/O.

A detection counts once, whatever how often and in which order it comes. Of many, the MAX_KEPT earliest keep their facts
(highlights, graph); the rest are counted, up to MAX_COUNTED. Beyond that only times and impact scope still grow.
"""

import bisect
import hashlib
from dataclasses import dataclass, field
from typing import Any

from hinomi.schema.content import Filter, Model, Rule, Severity, Text
from hinomi.schema.detection import Detection
from hinomi.schema.entity import EntityType
from hinomi.workbench.exhibit import Exhibit
from hinomi.workbench.scope import Scope

MAX_KEPT = 100
MAX_COUNTED = 10_000
MAX_VALUES = 2000

Story = dict[str, Any]  # plain JSON: texts, rules and filters as they were when the alert was raised
EvidenceKey = tuple[str, str, str]  # (activity uuid, rule id, detection id)
_Place = tuple[int, str, str, str]  # (event time, detection id, rule id, activity uuid): the order of evidence


@dataclass(slots=True)
class Dossier:
    id: str
    severity: Severity
    story: Story
    scope: Scope = field(default_factory=Scope)
    first_ms: int = 0
    last_ms: int = 0
    event_count: int = 0
    counted: int = 0
    kept: list[_Place] = field(default_factory=list)  # sorted
    known: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # uuid -> (rule, detection); of asked uuids
    # what this run brought
    rows: dict[EvidenceKey, dict[str, Any]] = field(default_factory=dict)
    stripped: list[EvidenceKey] = field(default_factory=list)  # rows in the database that lose their facts
    values: dict[str, None] = field(default_factory=dict)
    is_touched: bool = False  # anything new at all
    is_grown: bool = False  # who was touched, when, or by which filters: what a person decides on

    def add(self, rule: Rule, found: Filter | None, exhibit: Exhibit) -> bool:
        """True when times or impact scope changed, so that the alert may now belong to an incident."""
        detection = exhibit.detection
        ids = self.known.setdefault(detection.uuid, set())
        if (rule.id, detection.id) in ids:
            return False
        self.is_touched = True
        widened = self._widen(exhibit)
        grown = self._tell(rule, found, detection)
        self.is_grown = self.is_grown or widened or grown
        if self.counted < MAX_COUNTED:
            self.event_count += not ids
            self.counted += 1
            self._keep(rule, exhibit)
        ids.add((rule.id, detection.id))
        return widened

    def _widen(self, exhibit: Exhibit) -> bool:
        at_ms = exhibit.detection.event_time_ms
        reach = (self.first_ms, self.last_ms)
        is_first = not self.counted
        self.first_ms = at_ms if is_first else min(self.first_ms, at_ms)
        self.last_ms = at_ms if is_first else max(self.last_ms, at_ms)
        changed = [self.scope.add(entity, at_ms) for entity in exhibit.entities]
        return any(changed) or reach != (self.first_ms, self.last_ms)

    def _tell(self, rule: Rule, found: Filter | None, detection: Detection) -> bool:
        rules = self.story["rules"]
        if rule.id not in rules:
            rules[rule.id] = {"name": _pair(rule.name), "type": rule.type, "filters": {}}
        filters = rules[rule.id]["filters"]
        if detection.filter_id in filters:
            return False
        filters[detection.filter_id] = filter_to_json(found, detection)
        return True

    def _keep(self, rule: Rule, exhibit: Exhibit) -> None:
        detection = exhibit.detection
        key = (detection.uuid, rule.id, detection.id)
        row: dict[str, Any] = {"filter_id": detection.filter_id, "event_ms": detection.event_time_ms, "body": None}
        self.rows[key] = row
        place = (detection.event_time_ms, detection.id, rule.id, detection.uuid)
        if len(self.kept) >= MAX_KEPT and place > self.kept[-1]:
            return
        row["body"] = body = exhibit.body
        bisect.insort(self.kept, place)
        if len(self.values) < MAX_VALUES:
            self.values |= dict.fromkeys(value for _, _, value, _ in body["fields"] if value)
        if len(self.kept) > MAX_KEPT:
            self._strip(self.kept.pop())

    def _strip(self, place: _Place) -> None:
        _, detection_id, rule_id, uuid = place
        key = (uuid, rule_id, detection_id)
        if key in self.rows:
            self.rows[key]["body"] = None
        else:
            self.stripped.append(key)

    def techniques(self) -> list[str]:
        return self._gather("techniques")

    def tactics(self) -> list[str]:
        return self._gather("tactics")

    def _gather(self, name: str) -> list[str]:
        filters = (one for rule in self.story["rules"].values() for one in rule["filters"].values())
        return sorted({value for one in filters for value in one[name]})


def new_story(model: Model) -> Story:
    return {"description": _pair(model.description), "version": model.version, "rules": {}}


def filter_to_json(found: Filter | None, detection: Detection) -> Story:
    """A filter as it is now. One that is no longer in the content is told by its id and what the detection says."""
    own = Text(detection.filter_id, detection.filter_id)
    return {
        "title": _pair(found.title if found else own),
        "description": _pair(found.description if found else own),
        "class": found.technique_class if found else "behaviour",
        "techniques": list(detection.techniques),
        "tactics": list(detection.tactics),
        "risk": str(detection.risk),
        "version": detection.filter_version,
    }


def folded(identity: str, scope: Scope) -> str:
    """What the text search of a list looks into: id, endpoints with guid and addresses, accounts, mailboxes."""
    parts = [identity]
    for (kind, key), sighting in scope.ordered():
        parts += [key, *sighting.ips] if kind is EntityType.HOST else []
        parts.append(sighting.name)
    return fold(" ".join(dict.fromkeys(parts)))[:32_768]


def fold(text: str) -> str:
    """Text as it is compared: lower case, and the yen sign of Japanese keyboards is the backslash it stands for."""
    return text.replace("¥", "\\").replace("￥", "\\").lower()


def value_key(value: str) -> str:
    """How a highlight's value is found again, letters' case and yen sign aside."""
    return hashlib.sha256(fold(value).encode(errors="replace")).hexdigest()[:32]


def _pair(text: Text) -> list[str]:
    return [text.en, text.ja]
