"""Processes by looking through the real /proc."""

import subprocess
import sys

from hinomi.sensor.collectors.processes_polling import ProcessesPolling
from hinomi.wire.policy import SensorPolicy
from tests.sensor.collectors.heard import Heard
from tests.sensor.collectors.test_processes_connector import of


def test_a_process_that_stays_is_told_and_its_end() -> None:
    heard, made = Heard(), ProcessesPolling()
    assert made.probe() is None
    made.start(heard.emit, SensorPolicy())
    try:
        child = subprocess.Popen([sys.executable, "-c", "input()", "mine"], stdin=subprocess.PIPE)
        data = of(heard, "process_start", child.pid)
        assert data["argv"][-1] == "mine"
        child.communicate(b"\n", timeout=30)
        assert of(heard, "process_end", child.pid)["start"] == data["start"]
    finally:
        made.stop()
    assert "missed" in made.health()["note"]
