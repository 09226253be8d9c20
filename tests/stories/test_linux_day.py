"""An ordinary day of Linux hosts: not one detection of high risk, and not one alert."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hinomi.operations.canonical_linux import record
from tests.stories.conftest import run, run_json

DAY = Path(__file__).resolve().parents[2] / "benchmarks" / "ordinary" / "linux_day.txt"
START = datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_an_ordinary_day_is_quiet(data: Path, tmp_path: Path) -> None:
    lines = [line.split("\t") for line in DAY.read_text().splitlines() if not line.startswith("#")]
    records = [
        record(
            {"Image": program, "CommandLine": command, "ParentImage": parent},
            "process_start",
            START + timedelta(seconds=60 * round_ + 2 * number),
            computer=f"linux-{round_ % 4}",
            number=len(lines) * round_ + number,
        )
        for round_ in range(8)
        for number, (program, command, parent) in enumerate(lines)
    ]
    recording = tmp_path / "day.jsonl"
    recording.write_bytes(b"\n".join(records) + b"\n")
    report = run_json("import", recording, data=data)
    assert (report["read"], report["kept"], report["dead_letters"]) == (len(records), len(records), {})
    assert report["alerts"] == 0
    found = [json.loads(line) for line in run("detect", recording, "--json").stdout.splitlines()]
    assert {one["rule_id"] for one in found if one["level"] in ("high", "critical")} == set()
    assert found  # what is low or informational is still told: the filters did look
