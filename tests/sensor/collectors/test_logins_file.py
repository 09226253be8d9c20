"""Logins from a log file of the test's own."""

from pathlib import Path

import pytest

from hinomi.sensor.collectors.logins_file import LoginsFile
from hinomi.wire.policy import SensorPolicy
from tests.sensor.collectors.heard import Heard

LINE = "2026-11-23T03:00:00.123456+00:00 web-1 sshd[812]: {} password for taro from 10.0.0.9 port 5 ssh2\n"


def test_lines_become_logins(tmp_path: Path) -> None:
    path, heard = tmp_path / "auth.log", Heard()
    path.write_text(LINE.format("Accepted"))
    made = LoginsFile([str(path), str(tmp_path / "secure")])
    assert made.probe() is None
    made.start(heard.emit, SensorPolicy())
    with path.open("a") as file:
        file.write(LINE.format("Failed"))
    try:
        (data,) = heard.wait("login", 1)
    finally:
        made.stop()
    assert (data["result"], data["pid"], data["src"]) == ("failure", 812, "10.0.0.9")


def test_without_a_file_it_says_so(tmp_path: Path) -> None:
    assert "none of these" in (LoginsFile([str(tmp_path / "no")]).probe() or pytest.fail("it would start"))
