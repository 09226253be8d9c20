"""Recall on labelled recordings and false alarms on benign ones, as the evaluation page defines them.

    python benchmarks/evaluate.py [--shared ../shared] [--rules DIR ...] [--misses]

A recording is a manifest line of the Windows layer with a technique label, regression cases left out. It is hit when a
detection carries the labelled technique, its parent or a sub-technique, after the crosswalk on both sides.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from hinomi.attack.crosswalk import same_technique
from hinomi.detect.content import load_content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.file_detection import load_filters
from hinomi.schema.detection import Detection
from hinomi.settings import shipped_content

# labels that are no enterprise techniques
NO_TECHNIQUE = {"T0000", "T1452", "T1700", "T2089", "T4871", "T8000", "T1577", "T1189.001"}
ORDER = ("info", "low", "medium", "high", "critical")


@dataclass
class Outcome:
    """What one recording gave."""

    path: str
    labels: list[str]
    events: int = 0
    risks: Counter[str] = field(default_factory=Counter)
    techniques: dict[str, str] = field(default_factory=dict)  # technique -> highest risk that carried it
    filters: Counter[str] = field(default_factory=Counter)
    alerts: list[tuple[str, str]] = field(default_factory=list)

    def hit(self, least: str = "info") -> bool:
        carried = [t for t, risk in self.techniques.items() if ORDER.index(risk) >= ORDER.index(least)]
        return any(same_technique(label, technique) for label in self.labels for technique in carried)


class Evaluation:
    def __init__(self, rules: list[Path]) -> None:
        self.filters = load_filters(rules, shipped_content(), lambda text: print("content:", text, file=sys.stderr))
        self.models = () if rules else load_content(shipped_content())[0].models
        self.engine = Engine(self.filters)
        self.normaliser = Normaliser()

    def run(self, path: Path, labels: list[str]) -> Outcome:
        outcome = Outcome(str(path), [label for label in labels if label not in NO_TECHNIQUE])
        correlator = Correlator(self.models)
        severity = {model.id: str(model.severity) for model in self.models}
        for batch in read_paths([path]):
            outcome.events += len(batch.records)
            ordered = self.engine.observe_all(self.normaliser.normalise(batch, 0).activities)
            for detection in ordered:
                self._count(outcome, detection)
            outcome.alerts += [
                (match.model_id, severity[match.model_id]) for match in correlator.observe(ordered) if match.is_new
            ]
        return outcome

    def _count(self, outcome: Outcome, detection: Detection) -> None:
        risk = str(detection.risk)
        outcome.risks[risk] += 1
        outcome.filters[detection.filter_id] += 1
        for technique in detection.techniques:
            held = outcome.techniques.get(technique, "info")
            outcome.techniques[technique] = max(held, risk, key=ORDER.index)


def manifest(shared: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (shared / "data/manifest.jsonl").read_text().splitlines()]


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {100 * part / whole:.1f} %" if whole else "none"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--rules", type=Path, action="append", default=[])
    parser.add_argument("--misses", action="store_true", help="list the recordings without a hit")
    chosen = parser.parse_args()
    evaluation = Evaluation(chosen.rules)
    lines = manifest(chosen.shared)
    labelled = [
        line
        for line in lines
        if line["layer"] == "windows"
        and str(line["label"]).startswith(("malicious", "mixed"))
        and set(line["techniques"]) - NO_TECHNIQUE  # type: ignore[call-overload]
        and "SigmaHQ" not in str(line["source"])
        and "pcap" not in str(line["format"])
    ]
    outcomes = [
        evaluation.run(chosen.shared / "data" / str(line["path"]), list(line["techniques"])) for line in labelled
    ]  # type: ignore[call-overload]
    print_recall(outcomes, chosen.misses)
    benign = [line for line in lines if line["layer"] == "benign"]
    print_benign([evaluation.run(chosen.shared / "data" / str(line["path"]), []) for line in benign])


def print_recall(outcomes: list[Outcome], misses: bool) -> None:
    whole = len(outcomes)
    print(f"labelled recordings: {whole}, events: {sum(o.events for o in outcomes)}")
    print("hit by a detection of the labelled technique:", share(sum(o.hit() for o in outcomes), whole))
    for least in ("medium", "high"):
        print(f"  at {least} and above:", share(sum(o.hit(least) for o in outcomes), whole))
    print("with any detection:", share(sum(bool(o.risks) for o in outcomes), whole))
    print("with an alert:", share(sum(bool(o.alerts) for o in outcomes), whole))
    per: dict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        for label in outcome.labels:
            per[label].append(any(same_technique(label, t) for t in outcome.techniques))
    print("techniques hit at least once:", share(sum(any(v) for v in per.values()), len(per)))
    if misses:
        for outcome in outcomes:
            if not outcome.hit():
                print(
                    "  miss",
                    ",".join(outcome.labels),
                    outcome.path.split("/data/")[-1],
                    dict(outcome.filters.most_common(3)),
                )


def print_benign(outcomes: list[Outcome]) -> None:
    events = sum(o.events for o in outcomes)
    risks: Counter[str] = Counter()
    filters: Counter[str] = Counter()
    alerts: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        risks.update(outcome.risks)
        filters.update(outcome.filters)
        alerts.update(outcome.alerts)
    print(
        f"benign: {len(outcomes)} recordings, {events} events, detections {dict(risks)}, filters {dict(filters.most_common(8))}"
    )
    print("  alerts:", {f"{model} ({severity})": count for (model, severity), count in alerts.items()} or "none")
    print(
        "  alerts of High or Critical:",
        sum(c for (_, severity), c in alerts.items() if severity in ("high", "critical")),
    )


if __name__ == "__main__":
    main()
