"""Records of wtmp and btmp, the way utmpdump writes them from text."""

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry import accounting
from hinomi.sensor.telemetry.accounting import SIZE, Sessions

pytestmark = pytest.mark.skipif(not shutil.which("utmpdump"), reason="needs utmpdump")


def record(kind: int, pid: int, user: str, line: str, host: str = "", address: str = "0.0.0.0") -> bytes:
    text = (
        f"[{kind}] [{pid:05}] [ts/3] [{user:<8}] [{line:<12}] [{host:<20}] [{address:<15}] "
        "[2026-11-23T03:00:00,123456+00:00]\n"
    )
    return subprocess.run(["utmpdump", "-r"], input=text.encode(), capture_output=True, check=True).stdout


def test_a_session_and_its_end() -> None:
    sessions = Sessions()
    begun = sessions.of_wtmp(record(7, 812, "taro", "pts/3", "pc-9", "198.51.100.9"))
    assert begun == ("login", {
        "target_user": "taro", "src": "198.51.100.9", "from_host": "pc-9", "tty": "pts/3", "type": "network",
        "result": "success", "pid": 812, "_time_ms": 1795402800123,
    })  # fmt: skip
    ended = sessions.of_wtmp(record(8, 812, "", "pts/3"))
    assert ended is not None
    assert (ended[0], ended[1]["target_user"]) == ("logout", "taro")
    assert sessions.of_wtmp(record(8, 812, "", "pts/3")) is None


def test_a_refusal() -> None:
    told = accounting.of_btmp(record(6, 900, "root", "ssh:notty", "198.51.100.9", "198.51.100.9"))
    assert told is not None
    assert (
        told[1].items()
        >= {"target_user": "root", "src": "198.51.100.9", "service": "sshd", "result": "failure"}.items()
    )


def test_a_boot_is_no_login() -> None:
    assert Sessions().of_wtmp(record(2, 0, "reboot", "~", "6.1.0")) is None


@given(st.binary(min_size=SIZE, max_size=SIZE))
def test_any_record_is_read_without_harm(content: bytes) -> None:
    Sessions().of_wtmp(content)
    accounting.of_btmp(content)
