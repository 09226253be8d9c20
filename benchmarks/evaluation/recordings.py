"""Which recordings are scored: lines of the manifest, as the evaluation page defines them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinomi.attack.crosswalk import NO_TECHNIQUES, current_technique

LABORATORY = "OTRF/Security-Datasets"  # recordings of whole machines: an attack and what surrounds it


@dataclass(frozen=True, slots=True)
class Recording:
    """`labels`: techniques in ATT&CK v19; `other_labels`: what is no id of an enterprise technique."""

    name: str
    path: Path
    source: str
    labels: tuple[str, ...] = ()
    other_labels: tuple[str, ...] = ()
    readable: bool = True


class Recordings:
    """The shared recordings below `shared`/data."""

    def __init__(self, shared: Path) -> None:
        self._data = shared / "data"
        lines = (self._data / "manifest.jsonl").read_text().splitlines()
        self._lines: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def attacks(self) -> list[Recording]:
        """Malicious and mixed Windows recordings with a label, regression cases left out."""
        return [one for one in self._malicious("windows/") if one.labels or one.other_labels]

    def unlabelled(self) -> list[Recording]:
        """Malicious Windows recordings whose technique nobody states: good for the share with an alert only."""
        return [one for one in self._malicious("windows/") if not one.labels and not one.other_labels]

    def laboratories(self) -> list[Recording]:
        found = [*self._malicious("windows/"), *self._malicious("scenarios/")]
        return [one for one in found if one.source.startswith(LABORATORY) and one.readable]

    def benign(self) -> list[Recording]:
        return [self._recording(line) for line in self._lines if line["layer"] == "benign"]

    def _malicious(self, folder: str) -> Iterator[Recording]:
        for line in self._lines:
            if (
                line["layer"] == "windows"
                and line["path"].startswith(folder)
                and line["label"].startswith(("malicious", "mixed"))
                and "SigmaHQ" not in line["source"]
            ):
                yield self._recording(line)

    def _recording(self, line: dict[str, Any]) -> Recording:
        sound = [label for label in line["techniques"] if label not in NO_TECHNIQUES]
        return Recording(
            name=line["path"],
            path=self._data / line["path"],
            source=line["source"],
            labels=tuple(dict.fromkeys(current_technique(label) for label in sound)),
            other_labels=tuple(label for label in line["techniques"] if label in NO_TECHNIQUES),
            readable="pcap" not in line["format"],  # network captures belong to another layer's reader
        )
