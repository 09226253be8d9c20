"""A detection: one activity met one filter (Observed Attack Technique)."""

from dataclasses import dataclass, field
from typing import Any

from hinomi.schema.content import Severity


@dataclass(frozen=True, slots=True)
class Detection:
    """`id` is the same for the same activity and filter on any machine. `activity` is the row's vocabulary fields."""

    id: str
    filter_id: str
    filter_version: str
    risk: Severity
    techniques: tuple[str, ...]
    tactics: tuple[str, ...]
    uuid: str  # of the activity
    event_time_ms: int
    endpoint_guid: str
    endpoint_name: str
    highlights: tuple[tuple[str, Any], ...]  # (field, value), at most 10, in the filter's order
    activity: dict[str, Any] = field(compare=False, repr=False)
    position: int = field(default=0, compare=False)  # of the record in its batch
    values: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what the filter `carries`


@dataclass(frozen=True, slots=True)
class ModelMatch:
    """A model was met: what `workbench` makes an alert of, or joins to the alert that stands.

    `fingerprint` is the alert's: equal for the same data and content on any machine. `is_new` is False when the evidence
    belongs to an alert raised before (suppression window). `was`: the fingerprint that the alert had until now, where an
    event that came late turns out to be its first.
    """

    fingerprint: str
    is_new: bool
    model_id: str
    rule_id: str
    entity_key: tuple[str, ...]  # the values of the rule's group_by
    event_time_ms: int  # of the newest detection in the evidence
    detections: tuple[Detection, ...]  # evidence that the alert does not have yet, oldest first; often all there is
    was: str = ""
    suppressed: int = 0  # how often the model was met again so far and only joined this alert
    last: Detection | None = field(default=None, compare=False, repr=False)  # the detection that completed the match
