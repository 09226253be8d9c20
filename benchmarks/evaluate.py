"""Recall on labelled recordings and false alarms on ordinary ones, as the evaluation page defines them.

    python benchmarks/evaluate.py [--shared ../shared] [--misses] [--json] [--write]

Without ../shared only the ordinary work of our own is measured; without its SigmaHQ rules only the shipped content.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evaluation.background import separate
from evaluation.false_alarms import false_alarms
from evaluation.measured_file import write_measured
from evaluation.recall import CONTENTS, recall, share
from evaluation.recordings import Recording, Recordings
from evaluation.scoring import Outcome, Scorer
from evaluation.tables import print_report
from ordinary.work import ordinary_batches

from hinomi.ingest.protocols.file import read_paths
from hinomi.settings import shipped_content

HERE = Path(__file__).resolve().parent


class Evaluation:
    """Scores sets of recordings, and remembers what `--write` needs: hits and events by filter."""

    def __init__(self, shared: Path, content: Path) -> None:
        sigma = shared / "data/sigma"
        self.has_sigma, self.has_shared = sigma.is_dir(), (shared / "data/manifest.jsonl").is_file()
        if not self.has_sigma:
            told(f"no SigmaHQ rules at {sigma}: the shipped content alone is measured")
        self.scorer = Scorer(content, sigma if self.has_sigma else None)
        self.recordings = Recordings(shared) if self.has_shared else None
        self.hits: dict[str, Counter[str]] = {}
        self.events: dict[str, Counter[str]] = {}
        self.misses: list[str] = []

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = {"false_alarms": {}}
        if self.recordings is not None:
            report |= self._attacks(self.recordings)
            report["false_alarms"] |= self._benign(self.recordings) | self._background(self.recordings)
        else:
            told("no shared recordings: the ordinary work of our own is measured alone")
        report["false_alarms"] |= self._own()
        return report

    def _attacks(self, recordings: Recordings) -> dict[str, Any]:
        attacks = recordings.attacks()
        outcomes = self._scored(attacks, "attacks")
        unlabelled = self._scored(recordings.unlabelled(), "attacks without a technique")
        contents = CONTENTS if self.has_sigma else ["shipped"]
        return {
            "recall": recall(attacks, outcomes, list(contents)),
            "misses": [_miss(one) for one in outcomes if one.labels and not one.hit(("shipped",))],
            "unlabelled": share(sum(bool(one.alerts) for one in unlabelled), len(unlabelled)),
        }

    def _benign(self, recordings: Recordings) -> dict[str, Any]:
        outcomes = self._scored(recordings.benign(), "benign")
        self._remember("benign", outcomes)
        return {"benign": false_alarms(outcomes, sum(one.events for one in outcomes))}

    def _own(self) -> dict[str, Any]:
        outcomes = [self.scorer.score(name, batches) for name, batches in ordinary_batches()]
        self._remember("own", outcomes)
        return {"own": false_alarms(outcomes, sum(one.events for one in outcomes))}

    def _background(self, recordings: Recordings) -> dict[str, Any]:
        outcomes, explained, rest = [], set[str](), 0
        for number, one in enumerate(laboratories := recordings.laboratories(), 1):
            progress("background", number, len(laboratories))
            outcomes.append(self.scorer.score_file(one.name, one.path, one.labels))
            found = separate(outcomes[-1], read_paths([one.path]))
            explained |= found.uuids
            rest += found.rest
        self._remember("background", outcomes, explained)
        return {"background": false_alarms(outcomes, rest, explained)}

    def _scored(self, recordings: list[Recording], what: str) -> list[Outcome]:
        outcomes = []
        for number, one in enumerate(recordings, 1):
            progress(what, number, len(recordings))
            outcomes.append(
                self.scorer.score_file(one.name, one.path, one.labels)
                if one.readable
                else Outcome(one.name, one.labels)
            )
        return outcomes

    def _remember(self, name: str, outcomes: Iterable[Outcome], explained: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        kinds = sum((one.kinds for one in outcomes), Counter())
        self.events[name] = self.scorer.could_meet(kinds)
        self.hits[name] = Counter(
            found.filter for one in outcomes for found in one.detections(("shipped",)) if found.uuid not in explained
        )


def _miss(outcome: Outcome) -> str:
    common = Counter(one.filter for one in outcome.detections(("shipped",))).most_common(3)
    return f"{','.join(outcome.labels)} {outcome.name} {dict(common)}"


def told(text: str) -> None:
    print(text, file=sys.stderr)


def progress(what: str, number: int, whole: int) -> None:
    if number % 25 == 0 or number == whole:
        told(f"{what}: {number} of {whole}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    parser.add_argument("--misses", action="store_true", help="list the recordings without a hit")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--write", action="store_true", help="write content/measured.yml")
    chosen = parser.parse_args()
    content = shipped_content()
    evaluation = Evaluation(chosen.shared, content)
    if chosen.write and not evaluation.has_shared:
        raise SystemExit("content/measured.yml is written from all sets: ../shared is needed")
    report = evaluation.report()
    if chosen.json:
        print(json.dumps(report, indent=1))
    else:
        print_report(report, chosen.misses)
    if chosen.write:
        told(f"written: {write_measured(content, evaluation.hits, evaluation.events)}")


if __name__ == "__main__":
    main()
