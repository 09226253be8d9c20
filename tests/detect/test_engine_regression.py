"""The regression recordings of the Sigma community: each was made to set off one rule, and says how often it must."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hinomi.detect.engine import Engine
from hinomi.detect.sigma_content import load_sigma
from hinomi.ingest.protocols.file import read_paths
from hinomi.normalise.normaliser import Normaliser

CASES = 141  # recordings of Windows event logs that the cases name
REQUIRED = 132


def cases(folder: Path) -> list[tuple[Path, str, int]]:
    """(recording, rule id, detections at least) of every EVTX case."""
    found = []
    for info in sorted(folder.rglob("info.yml")):
        case: dict[str, Any] = yaml.safe_load(info.read_text())
        for test in case.get("regression_tests_info") or []:
            if test["type"] == "evtx":
                recording = info.parent / Path(test["path"]).name
                found.append((recording, case["rule_metadata"][0]["id"], int(test.get("match_count", 1))))
    return found


@pytest.mark.shared_data
def test_official_rules_find_their_recordings(shared_data: Path) -> None:
    sigma = shared_data / "sigma"
    filters, errors = load_sigma([sigma / "rules", sigma / "rules-emerging-threats", sigma / "rules-threat-hunting"])
    assert not errors
    engine, normaliser = Engine(filters), Normaliser()
    all_cases = cases(sigma / "regression_data")
    assert len(all_cases) == CASES
    passed, exact, failed = 0, 0, []
    for recording, rule_id, at_least in all_cases:
        found: set[str] = set()
        if recording.exists():
            for records in read_paths([recording]):
                for batch in normaliser.normalise(records, 0).activities:
                    found |= {one.id for one in engine.observe(batch) if one.filter_id == rule_id}
        passed += len(found) >= at_least
        exact += len(found) == at_least
        if len(found) < at_least:
            failed.append(f"{recording.parent.name}: {len(found)} of {at_least}")
    print(f"{passed} of {CASES} pass, {exact} exactly")  # noqa: T201
    assert passed >= REQUIRED, failed
