"""`hinomi detect` with Sigma: the worked example of docs/how-to/import-sigma.md, in any order of the records."""

import random
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.sigma_content import load_rules
from hinomi.errors import InputError
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.canonical import record
from hinomi.operations.file_detection import detect_files
from hinomi.schema.record import RecordBatch

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "import-sigma.md"
OUTER, INNER = "8c1b2d0e-9d3f-4b7a-8e55-1f2a3b4c5d6e", "3f1f7a52-63b5-4c0e-8a39-93a7d6f0c5aa"


def logon(number: int, at_s: float, event_id: int = 4625, user: str = "taro", address: str = "10.0.0.7") -> bytes:
    values = {"EventID": event_id, "TargetUserName": user, "IpAddress": address, "LogonType": 3}
    return record(values, offset=timedelta(seconds=at_s), number=number)


ATTACK = [
    *(logon(number, number * 10) for number in range(8)),
    logon(8, 90, event_id=4624),
    *(logon(20 + number, 100 + number, address="10.9.9.9", user="jiro") for number in range(9)),
    logon(40, 120, event_id=4624, user="jiro"),
]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block is not None
    path = tmp_path / "brute_force.yml"
    path.write_text(block[1])
    return path


def detect(folder: Path, records: Sequence[bytes], rules: Path, **more: Any) -> list[dict[str, Any]]:
    file = folder / "records.jsonl"
    file.write_bytes(b"\n".join(records))
    problems: list[str] = []
    found = list(detect_files([file], [rules], folder, problems.append, **more))
    assert problems == []
    return found


def test_the_example_finds_the_brute_force_and_nothing_else(tmp_path: Path, rules: Path) -> None:
    found = detect(tmp_path, ATTACK, rules)
    logons = [row for row in found if row["rule_title"] == "Logon"]
    assert logons == [], "under a correlation that does not generate"
    (alert,) = found
    assert (alert["rule_id"], alert["rule_title"], alert["level"]) == (OUTER, "Brute Force That Succeeded", "high")
    assert alert["time"] == "2026-01-15T03:01:30.000Z", "of the logon that completed it"
    assert Path(alert["file"]).name == "records.jsonl"
    assert alert["events"] == 9
    assert alert["suppressed"] == 0


def test_the_order_of_the_records_changes_nothing(tmp_path: Path, rules: Path) -> None:
    expected = [{**row, "record": None} for row in detect(tmp_path, ATTACK, rules)]
    for seed in range(5):
        shuffled = random.Random(seed).sample(ATTACK, len(ATTACK))
        assert [{**row, "record": None} for row in detect(tmp_path, shuffled, rules)] == expected
    assert [{**row, "record": None} for row in detect(tmp_path, ATTACK[::-1], rules)] == expected


def test_a_stream_in_small_batches_says_the_same_as_the_file(tmp_path: Path, rules: Path) -> None:
    """The pipeline's way: batch by batch, the state written down and taken up again after each."""
    content, _ = load_rules([rules])
    engine, normaliser = Engine(content.filters), Normaliser()
    state, alerts = Correlator(content.models).snapshot(), {}
    for start in range(0, len(ATTACK), 4):
        raws = ATTACK[start : start + 4]
        count = len(raws)
        batch = RecordBatch("stream", ["s"], raws, [0] * count, list(range(count)), [0] * count)
        correlator = Correlator(content.models)
        correlator.restore(state)
        for match in correlator.observe(engine.observe_all(normaliser.normalise(batch, 0).activities)):
            assert match.last is not None
            alerts.setdefault(match.fingerprint, (match.model_id, match.last.event_time_ms))
        state = correlator.snapshot()
    found = detect(tmp_path, ATTACK, rules)
    assert sorted(alerts.values()) == [(row["rule_id"], 1_768_446_090_000) for row in found]


def test_placeholders_are_read_for_one_run(tmp_path: Path) -> None:
    rule = tmp_path / "rule.yml"
    rule.write_text(
        "title: t\nlogsource: {product: windows}\nlevel: low\n"
        "detection: {s: {TargetUserName|expand: '%users%'}, condition: s}\n"
    )
    assert detect(tmp_path, ATTACK[:2], rule) == []
    values = tmp_path / "values.yaml"
    values.write_text("users: [t*o]\n")
    assert len(detect(tmp_path, ATTACK[:2], rule, placeholders=values)) == 2


def test_no_usable_rule_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("title: t\n")
    with pytest.raises(InputError, match="no usable rule"):
        list(detect_files([], [tmp_path / "x.yml"], tmp_path, lambda _: None))


def test_every_row_is_json(tmp_path: Path, rules: Path) -> None:
    assert all(orjson.dumps(row) for row in detect(tmp_path, ATTACK, rules))
