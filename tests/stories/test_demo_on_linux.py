"""The demonstration's Linux script, really run under the sensor's ears: kernel, collector, record, filter, model, alert."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from hinomi.operations.simulation import read_simulations
from hinomi.operations.simulations import ScriptBuilder, find
from hinomi.sensor.collectors.audit_netlink import AuditNetlink
from hinomi.sensor.record import write_record
from hinomi.sensor.telemetry.audit_link import EQUAL, UID
from hinomi.settings import shipped_content
from hinomi.wire.policy import SensorPolicy
from tests.sensor.audit_lock import audit_lock
from tests.stories.conftest import Server, run, run_json

PERSON = "games"  # an account of every distribution that nobody works as: the rules hear it alone
SCRIPT = "T1003_Demo_Script.sh"
HIGHLIGHTS = {"objectCmd", "endpointHostName", "parentCmd", "processCmd", "processFilePath"}
DEMO = "Demo - Credential Dumping via Registry"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place that the person can read; pytest's own folders are root's."""
    made = Path(tempfile.mkdtemp(prefix="hinomi-demo-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def records_of_a_run(folder: Path, scenario: int, marker: str) -> list[bytes]:
    """What the sensor writes while the person runs the script; heard to the end that `marker` sets."""
    simulation = find(read_simulations(shipped_content() / "simulations"), "t1003_demo")
    script = folder / SCRIPT
    script.write_bytes(ScriptBuilder("acme", b"x" * 32).texts(simulation, scenario)[SCRIPT])
    script.chmod(stat.S_IRUSR | stat.S_IROTH | stat.S_IXUSR | stat.S_IXOTH)
    said: list[tuple[str, dict[str, Any]]] = []
    done = Event()

    def emit(kind: str, data: Any) -> None:
        said.append((kind, dict(data)))
        if kind == "process_start" and marker in data["argv"]:
            done.set()

    person = pwd.getpwnam(PERSON)
    collector = AuditNetlink(only=((UID, EQUAL, person.pw_uid),))
    why = collector.probe()
    if why:
        pytest.skip(why)
    with audit_lock():
        collector.start(emit, SensorPolicy())
        try:
            for line in (["/bin/sh", str(script)], ["/bin/true", marker]):
                subprocess.run(
                    line, check=True, cwd=folder, user=person.pw_uid, group=person.pw_gid, extra_groups=[], timeout=30
                )
            assert done.wait(60)
        finally:
            collector.stop()
    guid = str(uuid.uuid4())
    return [
        write_record(guid, "0" * 16, number, data.pop("_time_ms", 0) or 0, "web-1", ["192.0.2.7"], kind, data)
        for number, (kind, data) in enumerate(said)
        if kind == "process_start"
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="audit rules need root")
@pytest.mark.parametrize("scenario", [1, 2])
def test_the_script_raises_the_alert(folder: Path, data: Path, scenario: int) -> None:
    recording = folder / "sensor.jsonl"
    recording.write_bytes(b"\n".join(records_of_a_run(folder, scenario, uuid.uuid4().hex)) + b"\n")
    report = run_json("import", recording, data=data)
    assert report["dead_letters"] == {}
    (alert,) = run_json("alerts", data=data)
    assert (alert["model"]["en"], alert["score"], alert["severity"]) == (DEMO, 66, "high")
    assert alert["impactScope"]["counts"] == {"host": 1, "account": 1} | dict.fromkeys(
        ("emailAddress", "container", "cloudIdentity"), 0
    )
    server = Server(data)
    try:
        token = run("token", "create", "--role", "analyst", "--name", "t", data=data).stdout.strip()
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
            told = client.get(f"/v3.0/workbench/alerts/{alert['id']}").raise_for_status().json()
            profile = client.get(f"/console/api/workbench/alerts/{alert['id']}/profile").raise_for_status().json()
    finally:
        assert server.stop() == 0
    assert {one["field"] for one in told["indicators"]} >= HIGHLIGHTS
    scripts = [one["label"] for one in profile["nodes"] if one["kind"] == "script"]
    assert str(folder / SCRIPT) in scripts  # beside those of whoever runs the tests, the ancestors
