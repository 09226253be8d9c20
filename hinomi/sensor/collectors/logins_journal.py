"""Logins from the journal: what sshd, su, sudo, login and PAM wrote, as `journalctl` follows it.

Only what was written by root counts: anybody may write a line in sshd's name, and nobody but root as root.
"""

import shutil
import subprocess
from threading import Thread
from typing import Any

import orjson

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import logins
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.wire.policy import SensorPolicy

_FIELDS = "MESSAGE,SYSLOG_IDENTIFIER,_PID,_UID,_SOURCE_REALTIME_TIMESTAMP"
_AUTH, _AUTHPRIV = "SYSLOG_FACILITY=4", "SYSLOG_FACILITY=10"
_LONGEST_LINE = 64 << 10


class LoginsJournal:
    """`more`: further words for journalctl, for tests that read a journal of their own."""

    name = "logins_journal"
    kinds: tuple[str, ...] = ("login",)

    def __init__(self, table: ProcessTable | None = None, more: tuple[str, ...] = ()) -> None:
        self._table = table or the_table()
        self._more = more
        self._child: subprocess.Popen[bytes] | None = None
        self._thread: Thread | None = None
        self._seen = 0
        self._trouble: str | None = None
        self._is_stopping = False

    def probe(self) -> str | None:
        program = shutil.which("journalctl")
        if program is None:
            return "no journalctl on this host"
        words = [program, "--quiet", "--lines=1", "--output=json", *self._more]
        try:
            done = subprocess.run(words, capture_output=True, timeout=20, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"journalctl does not answer: {error}"
        return None if done.stdout.strip() else "the journal of this host is empty"

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        del policy  # what it leaves out is left out behind us
        self._emit = emit
        words = ["journalctl", "--follow", "--lines=0", "--output=json", f"--output-fields={_FIELDS}", *self._more]
        self._child = subprocess.Popen(  # noqa: S603
            [*words, _AUTH, _AUTHPRIV], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._thread = Thread(target=self._read, name="journal", daemon=True)
        self._thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        """Nothing of it is set in the system."""

    def stop(self) -> None:
        self._is_stopping = True
        if self._child is not None:
            self._child.terminate()
            self._child.wait(10)
        if self._thread is not None:
            self._thread.join(5)
        if self._child is not None and self._child.stdout is not None:
            self._child.stdout.close()
        self._child = self._thread = None

    def health(self) -> dict[str, Any]:
        return {"seen": self._seen, "lost": 0, "trouble": self._trouble}

    def _read(self) -> None:
        assert self._child is not None  # noqa: S101 - set before the thread was made
        assert self._child.stdout is not None  # noqa: S101
        while line := self._child.stdout.readline(_LONGEST_LINE):
            found = of_entry(line)
            if found is not None:
                self._tell(*found)
        if not self._is_stopping:
            self._trouble = "journalctl has ended"

    def _tell(self, pid: int | None, said: logins.Said) -> None:
        actor = self._table.of(pid)
        told = actor.as_actor() if actor is not None else ({"pid": pid} if pid else {})
        self._seen += 1
        self._emit(said[0], told | said[1])


def of_entry(line: bytes) -> tuple[int | None, logins.Said] | None:
    """One entry of the journal as JSON; (pid of the writer, what was said)."""
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(entry, dict) or entry.get("_UID") != "0":
        return None
    program, message, pid, micros = (
        entry.get(name) for name in ("SYSLOG_IDENTIFIER", "MESSAGE", "_PID", "_SOURCE_REALTIME_TIMESTAMP")
    )
    if not isinstance(program, str) or not isinstance(message, str):
        return None
    said = logins.of_log(program, message)
    if said is None:
        return None
    if isinstance(micros, str) and micros.isdecimal() and len(micros) < 18:
        said[1]["_time_ms"] = int(micros) // 1000
    return (int(pid) if isinstance(pid, str) and pid.isdecimal() and len(pid) < 11 else None), said
