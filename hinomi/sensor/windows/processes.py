"""Processes of a Windows host: found by identity or by the file they run, and ended by a plan.

Between the last look and the end of a process its number could be given anew: Windows has no hold on one from a command line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.windows.command import Cmdlet, asked, program, rows
from hinomi.sensor.windows.plan import Check, Host, Plan, Step, ask, carry_out

LEEWAY_MS = 1500
MOST_HASHED = 40  # paths on one command line
PROTECTED = frozenset(
    {"system", "registry", "smss.exe", "csrss.exe", "wininit.exe", "winlogon.exe", "services.exe", "lsass.exe"}
)
LISTING = asked(
    Cmdlet("Get-CimInstance", {"ClassName": "Win32_Process"}),
    of=("ProcessId", "ParentProcessId", "Name", "ExecutablePath", "CreationDate"),
)
_DATE = re.compile(r"/Date\((-?\d{1,15})")  # PowerShell 5 writes times so


@dataclass(frozen=True, slots=True)
class RunningProcess:
    pid: int
    started_ms: int
    name: str
    path: str

    def described(self) -> dict[str, Any]:
        return {"pid": self.pid, "started_ms": self.started_ms, "path": self.path, "name": self.name}


def running(output: str) -> list[RunningProcess]:
    return [
        RunningProcess(
            each["ProcessId"],
            _moment(each.get("CreationDate")),
            str(each.get("Name") or ""),
            str(each.get("ExecutablePath") or ""),
        )
        for each in rows(output)
        if type(each.get("ProcessId")) is int
    ]


def _moment(value: Any) -> int:
    """0 for what has no start (the idle process)."""
    found = _DATE.search(str(value.get("value") if isinstance(value, dict) else value))
    return int(found[1]) if found else 0


def find(host: Host, wish: Mapping[str, Any]) -> list[RunningProcess]:
    """By {pid, started_ms}, or by {path | sha256 | sha1}."""
    now = running(ask(host, LISTING, "list processes"))
    if "pid" in wish:
        return [each for each in now if _is_identity(each, wish)]
    if wish.get("path"):
        return [each for each in now if each.path.lower() == str(wish["path"]).lower()]
    kind = "sha256" if wish.get("sha256") else "sha1"
    hashes = _hashes(host, sorted({each.path for each in now if each.path}), kind)
    return [each for each in now if hashes.get(each.path.lower()) == str(wish.get(kind, "")).lower()]


def _is_identity(process: RunningProcess, wish: Mapping[str, Any]) -> bool:
    started = wish.get("started_ms")
    return process.pid == int(wish["pid"]) and (started is None or abs(process.started_ms - int(started)) <= LEEWAY_MS)


def _hashes(host: Host, paths: list[str], kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(paths), MOST_HASHED):
        command = asked(
            Cmdlet("Get-FileHash", {"LiteralPath": tuple(paths[start : start + MOST_HASHED]), "Algorithm": kind.upper(), "ErrorAction": "SilentlyContinue"}),
            of=("Path", "Hash"),
            timeout_s=300,
        )  # fmt: skip
        found |= {
            str(each["Path"]).lower(): str(each["Hash"]).lower()
            for each in rows(ask(host, command, "hash running files"))
        }
    return found


def why_protected(process: RunningProcess, own_pid: int) -> tuple[str, str] | None:
    """(English, Japanese), None when it may be ended."""
    if process.pid == own_pid:
        return "it is the sensor itself", "センサー自身です"
    if process.pid <= 4 or process.name.lower() in PROTECTED:
        return "Windows stops without it", "終了すると Windows が停止します"
    return None


def ending(targets: Iterable[RunningProcess]) -> Plan:
    """Each by its number, at once; children go on."""
    found = list(targets)
    steps = tuple(
        Step(f"end {each.name} ({each.pid})", program("taskkill.exe", "/F", "/PID", str(each.pid))) for each in found
    )
    known = {(each.pid, each.started_ms) for each in found}

    def left(output: str) -> str:
        return ", ".join(str(each.pid) for each in running(output) if (each.pid, each.started_ms) in known)

    return Plan("terminate_process", steps, (Check("none of them runs any more", LISTING, left),))


def terminate(host: Host, wish: Mapping[str, Any], own_pid: int) -> dict[str, Any]:
    found = find(host, wish)
    if not found:
        raise ActionFailed("not_found", "There is no such process (any more).", "該当するプロセスはありません。")
    refused = [{"pid": each.pid, "reason": why[0]} for each in found if (why := why_protected(each, own_pid))]
    targets = [each for each in found if why_protected(each, own_pid) is None]
    if not targets:
        reasons = "; ".join(f"{each['pid']}: {each['reason']}" for each in refused)
        raise ActionFailed(
            "refused", f"Only protected processes fit: {reasons}.", f"保護対象のプロセスのみが該当します: {reasons}"
        )
    carry_out(ending(targets), host)
    return {"killed": [each.described() for each in targets], "survived": [], "refused": refused, "children": "left"}
