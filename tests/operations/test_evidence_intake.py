"""A real collection of this machine, sent as a sensor sends it, becomes a report by itself."""

import hashlib
import os
from pathlib import Path

from hinomi.app.house import House
from hinomi.response import store
from hinomi.schema.principal import COMMAND_LINE
from hinomi.schema.task import Target, TargetKind
from hinomi.sensor.evidence.budget import Budget
from hinomi.sensor.evidence.collection import Options, collect
from hinomi.wire.inventory import HostFacts
from tests.api.house import running

GUID = "5f0c3f0e-4444-4000-8000-000000000001"
PASSWORD = "as-the-sensor-makes-it"


def evidence(house: House, data: bytes) -> str:
    """The task, as it is when the sensor has sent what it collected."""
    tasks, files = house.response.tasks, house.forensics.files
    facts = HostFacts(os.uname().nodename, actions=("collect_evidence",))
    house.inventory.seen(GUID, at_ms=1_780_000_000_000, connected=True, facts=facts)
    task = tasks.ask(COMMAND_LINE, "collect_evidence", Target(TargetKind.ENDPOINT, GUID), {})
    tasks.handed_out(task.id)
    with house.database.read() as connection:
        command = store.find(connection, task.id).command_id
    sha256 = hashlib.sha256(data).hexdigest()
    files.begin(command, sensor=GUID, name="evidence.zip")
    files.append(command, 0, data)
    files.finish(command, sha256)
    tasks.finished(command, GUID, {"upload_sha256": sha256, "password": PASSWORD})
    return task.id


def test_evidence_of_a_sensor_is_a_report_of_its_endpoint(tmp_path: Path) -> None:
    collect(tmp_path / "e.zip", PASSWORD, Budget(60), Options(places=(), files=False))
    with running(tmp_path / "house") as at:
        house = at.house
        task = evidence(house, (tmp_path / "e.zip").read_bytes())
        for work in house.response.rounds:
            work()
        (report,) = house.forensics.kit_reports.all()
        assert (report.endpoint, report.host, report.name) == (GUID, os.uname().nodename, f"task-{task}.zip")
        assert report.activities > 0
        for work in house.response.rounds:
            work()
        assert len(house.forensics.kit_reports.all()) == 1, "once"


def test_what_is_no_collection_stays_a_file(tmp_path: Path) -> None:
    with running(tmp_path) as at:
        task = evidence(at.house, b"PK\x03\x04 nothing")
        for work in at.house.response.rounds:
            work()
        assert at.house.forensics.kit_reports.all() == []
        assert at.house.forensics.files.of_task(task).is_kept
