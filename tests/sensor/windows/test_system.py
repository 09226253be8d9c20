"""The sensor's modules where there is no POSIX: imported as Windows would, in a process of its own without what Windows lacks."""

import json
import subprocess
import sys
from pathlib import Path

from hinomi.sensor.windows.system import WindowsSystem
from hinomi.wire.inventory import read_facts, write_facts
from tests.sensor.windows.model_host import ModelHost

# What Windows has, loaded first; then what it lacks goes: POSIX modules and functions, and the name of the system.
_AS_WINDOWS = """
import asyncio, ctypes, http.client, json, logging, os, pathlib, platform, signal, socket, sqlite3, ssl, subprocess, sys, tempfile, threading, time, types
import cryptography.x509, orjson, psutil, pyzipper, websockets.sync.client, zstandard
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
for name in ("fcntl", "pwd", "grp", "resource", "termios", "pty", "tty", "syslog"):
    sys.modules[name] = None
for name in ("pread", "fdatasync", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "getuid", "geteuid", "sysconf", "pidfd_open", "pipe2", "fork"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("CLOCK_BOOTTIME", "clock_gettime_ns", "clock_gettime"):
    if hasattr(time, name):
        delattr(time, name)
sys.modules["msvcrt"] = types.SimpleNamespace(locking=lambda *_: None, LK_NBLCK=2)
sys.platform = "win32"
from pathlib import Path
from hinomi.sensor import agent, program, system
from hinomi.sensor.recorder import Recorder
from hinomi.sensor.spool import SensorSpool
here = system.here()
folder = Path(sys.argv[1])
spool = SensorSpool(folder / "spool", 1 << 20)
for number in range(3):
    spool.append(b"batch %d" % number, 1)
spool.close()
again = SensorSpool(folder / "spool", 1 << 20)
taken = [again.take().payload.decode() for _ in range(3)]
factories = here.collectors(folder)
print(json.dumps({
    "system": type(here).__name__, "actions": len(here.actions), "taken": taken,
    "collectors": [each().name for each in factories], "probe": factories[0]().probe(),
    "facts": here.facts(folder).os_platform, "steady": agent._steady_ms() > 0,
}))
"""


def test_the_sensor_can_be_imported_and_keeps_its_spool_without_posix(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_WINDOWS, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert (told["system"], told["facts"], told["steady"]) == ("WindowsSystem", "windows", True)
    assert told["taken"] == ["batch 0", "batch 1", "batch 2"]
    assert told["collectors"] == ["windows_event_log"]
    assert told["probe"].startswith("no Windows event log on this host")
    assert told["actions"] > 20


def test_what_a_host_says_of_itself_goes_over_the_wire_with_what_was_never_run(tmp_path: Path) -> None:
    system = WindowsSystem(ModelHost())
    facts = read_facts(write_facts(system.facts(tmp_path)))
    assert (facts.os_platform, facts.isolation) == ("windows", "off")
    assert "isolate_endpoint" in system.untested
    assert "remote_shell" not in system.untested


def test_a_block_list_is_looked_at_and_nothing_is_asked_of_a_host_that_has_none(tmp_path: Path) -> None:
    host = ModelHost()
    system = WindowsSystem(host)
    assert system.reassert_block_list(tmp_path, 0) is None
    assert system.reassert_isolation(tmp_path, (("203.0.113.5", 8421),), 0) is None
    assert host.seen == []
