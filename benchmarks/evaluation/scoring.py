"""Detections and alerts of one recording, by the shipped content and by the SigmaHQ rules, in one reading."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hinomi.attack.crosswalk import same_technique
from hinomi.detect.condition import NEVER, assuming
from hinomi.detect.content import load_content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.log_source import fits, known_of_kind
from hinomi.detect.sigma_content import load_sigma
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import Filter, Model
from hinomi.schema.detection import Detection
from hinomi.schema.record import RecordBatch

RISKS = ("info", "low", "medium", "high", "critical")
SIGMA_FOLDERS = ("rules", "rules-emerging-threats", "rules-threat-hunting")


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept of a detection."""

    filter: str
    risk: str
    techniques: tuple[str, ...]
    uuid: str
    source: str  # log source of its activity
    by: str  # shipped | sigma


@dataclass(frozen=True, slots=True)
class Alert:
    model: str
    severity: str
    uuids: tuple[str, ...]  # of the evidence


@dataclass
class Outcome:
    """What one recording gave. `sources`: events per log source; `kinds`: per kind, second readings too."""

    name: str
    labels: tuple[str, ...] = ()
    events: int = 0
    found: list[Found] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)
    kinds: Counter[ActivityKind] = field(default_factory=Counter)

    def detections(self, by: Sequence[str], least: str = "info") -> Iterable[Found]:
        rank = RISKS.index(least)
        return (one for one in self.found if one.by in by and RISKS.index(one.risk) >= rank)

    def hit(self, by: Sequence[str], least: str = "info", label: str = "", source: str = "") -> bool:
        """Is a detection of a labelled technique there (of this label, on an event of this log source)?"""
        labels = (label,) if label else self.labels
        carried = {
            technique
            for one in self.detections(by, least)
            if source in ("", one.source)
            for technique in one.techniques
        }
        return any(same_technique(wanted, technique) for wanted in labels for technique in carried)


class Scorer:
    """Shipped content, and the SigmaHQ rules where they are at hand (`sigma`: the folder that holds them)."""

    def __init__(self, content: Path, sigma: Path | None) -> None:
        shipped, errors = load_content(content)
        if errors:
            raise SystemExit("\n".join(str(error) for error in errors))
        self.filters: tuple[Filter, ...] = shipped.filters
        self.models: tuple[Model, ...] = shipped.models
        self._severity = {model.id: str(model.severity) for model in self.models}
        self._engines = {"shipped": Engine(self.filters)}
        if sigma is not None:
            imported, _ = load_sigma([sigma / folder for folder in SIGMA_FOLDERS])
            self._engines["sigma"] = Engine(
                tuple(one for one in imported if one.logsource.product in (None, "windows"))
            )
        self._normaliser = Normaliser()
        self._meets: dict[ActivityKind, frozenset[str]] = {}

    def score(self, name: str, batches: Iterable[RecordBatch], labels: tuple[str, ...] = ()) -> Outcome:
        """Read the batches as one recording; windows of models start anew."""
        outcome = Outcome(name, labels)
        correlator = Correlator(self.models)
        for batch in batches:
            activities = self._normaliser.normalise(batch, 0).activities
            source_of = _counted(outcome, activities, len(batch.records))
            for by, engine in self._engines.items():
                detections = engine.observe_all(activities)
                outcome.found += [_kept(one, by, source_of) for one in detections]
                if by == "shipped":
                    self._alert(outcome, correlator, detections)
        return outcome

    def score_file(self, name: str, path: Path, labels: tuple[str, ...] = ()) -> Outcome:
        return self.score(name, read_paths([path]), labels)

    def could_meet(self, kinds: Counter[ActivityKind]) -> Counter[str]:
        """For each shipped filter the events of a kind (channel and number) that it can meet at all."""
        events: Counter[str] = Counter()
        for kind, count in kinds.items():
            for name in self._meeting(kind):
                events[name] += count
        return events

    def _meeting(self, kind: ActivityKind) -> frozenset[str]:
        if kind not in self._meets:
            self._meets[kind] = frozenset(
                one.id
                for one in self.filters
                if fits(one.logsource, kind)
                and assuming(one.sigma.condition, lambda predicate: known_of_kind(predicate, kind)) != NEVER
            )
        return self._meets[kind]

    def _alert(self, outcome: Outcome, correlator: Correlator, detections: Sequence[Detection]) -> None:
        outcome.alerts += [
            Alert(match.model_id, self._severity[match.model_id], tuple(one.uuid for one in match.detections))
            for match in correlator.observe(detections)
            if match.is_new
        ]


def _counted(outcome: Outcome, activities: Iterable[ActivityBatch], records: int) -> dict[str, str]:
    """Count events; uuid -> log source."""
    outcome.events += records
    source_of: dict[str, str] = {}
    for batch in activities:
        outcome.kinds[batch.kind] += batch.length
        if not batch.projected:
            source = "+".join(sorted(batch.kind.services)) or batch.kind.channel or "other"
            outcome.sources[source] += batch.length
            source_of |= dict.fromkeys(batch.fields["uuid"], source)
    return source_of


def _kept(detection: Detection, by: str, source_of: dict[str, str]) -> Found:
    source = source_of.get(detection.uuid, "other")
    return Found(detection.filter_id, str(detection.risk), detection.techniques, detection.uuid, source, by)
