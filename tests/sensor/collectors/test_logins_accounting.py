"""Logins from wtmp and btmp of the test's own, written as the C library lays them out."""

import struct
from pathlib import Path

from hinomi.sensor.collectors.logins_accounting import LoginsAccounting
from hinomi.wire.policy import SensorPolicy
from tests.sensor.collectors.heard import Heard

LAYOUT = struct.Struct("=h2xi32s4s32s256shhiii16s20x")


def record(kind: int, user: bytes) -> bytes:
    return LAYOUT.pack(kind, 77, b"pts/3", b"ts/3", user, b"", 0, 0, 0, 1_795_402_800, 0, b"")


def test_sessions_and_refusals(tmp_path: Path) -> None:
    wtmp, btmp, heard = tmp_path / "wtmp", tmp_path / "btmp", Heard()
    made = LoginsAccounting(str(tmp_path))
    assert "not there" in str(made.probe())
    wtmp.write_bytes(record(7, b"before"))
    btmp.write_bytes(b"")
    made.start(heard.emit, SensorPolicy())
    with wtmp.open("ab") as file:
        file.write(record(7, b"taro") + record(8, b""))
    with btmp.open("ab") as file:
        file.write(record(6, b"root"))
    try:
        told = heard.wait("login", 2)
        (over,) = heard.wait("logout", 1)
    finally:
        made.stop()
    assert sorted((data["target_user"], data["result"]) for data in told) == [("root", "failure"), ("taro", "success")]
    assert over["target_user"] == "taro"
