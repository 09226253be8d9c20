"""Made telemetry with the repetition of the real thing: few hosts, programs and users, many events about them.

All names and values are invented. `batches(n)` yields ActivityBatches of about `size` activities with one spool entry each.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from hinomi.schema.activity import ActivityBatch, ActivityKind

START_MS = 1_767_225_600_000  # 2026-01-01
DAY_MS = 86_400_000

_PROGRAMS = [f"C:\\Program Files\\Maker {n % 17}\\Product {n}\\bin\\program{n}.exe" for n in range(60)] + [
    f"C:\\Windows\\System32\\{name}.exe"
    for name in (
        "svchost",
        "cmd",
        "powershell",
        "reg",
        "rundll32",
        "conhost",
        "taskhostw",
        "lsass",
        "services",
        "wmiprvse",
    )
]
_KEYS = [f"HKLM\\SOFTWARE\\Maker {n % 29}\\Settings\\Branch {n}" for n in range(900)]
_LIBRARIES = [f"C:\\Windows\\System32\\library{n}.dll" for n in range(400)]
_DOMAINS = [f"host{n}.service{n % 40}.example.com" for n in range(700)]

# share of an endpoint's telemetry, vocabulary ids, Sysmon event id
_KINDS = (
    ("process", 0.05, 1, 2, 1),
    ("file", 0.20, 2, 101, 11),
    ("registry", 0.27, 5, 402, 13),
    ("library", 0.25, 1, 4, 7),
    ("network", 0.12, 3, 204, 3),
    ("dns", 0.06, 4, 301, 22),
    ("logon", 0.05, 6, 505, 4624),
)


@dataclass(slots=True)
class _Process:
    hash_id: int
    program: str
    command: str
    pid: int
    creator: "_Process | None"  # its own creator is forgotten once it has started another

    def __post_init__(self) -> None:
        if self.creator is not None:
            self.creator = replace(self.creator, creator=None)


class Telemetry:
    """Deterministic for a seed. Event time runs on through `days` over the whole of `total` activities."""

    def __init__(self, total: int, *, hosts: int = 200, days: int = 5, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._step_ms = max(1, days * DAY_MS // total)
        self._now = START_MS
        self._hosts = [f"PC-{n:04d}" for n in range(hosts)]
        self._guids = {host: str(uuid.uuid5(uuid.NAMESPACE_DNS, host.lower())) for host in self._hosts}
        self._running: dict[str, list[_Process]] = {host: [] for host in self._hosts}
        self._number = 0

    def batches(self, total: int, size: int = 5000) -> Iterator[tuple[int, list[ActivityBatch]]]:
        """(spool sequence, batches of one entry)."""
        for sequence in range(1, -(-total // size) + 1):
            yield sequence, self._entry(min(size, total - (sequence - 1) * size))

    def _entry(self, size: int) -> list[ActivityBatch]:
        names, weights = [kind[0] for kind in _KINDS], [kind[1] for kind in _KINDS]
        rows: dict[str, list[dict[str, Any]]] = {}
        for name in self._random.choices(names, weights, k=size):
            rows.setdefault(name, []).append(self._row(name))
        return [_batch(name, found) for name, found in rows.items()]

    def _row(self, kind: str) -> dict[str, Any]:
        chance = self._random
        self._now += chance.randrange(2 * self._step_ms + 1)
        self._number += 1
        host = self._hosts[int(len(self._hosts) * chance.random() ** 2)]
        user = f"user{int(40 * chance.random() ** 2)}"
        _, _, event_id, sub_id, windows_id = next(entry for entry in _KINDS if entry[0] == kind)
        actor = self._actor(host)
        row = {
            "uuid": str(uuid.UUID(int=chance.getrandbits(128))),
            "eventTime": self._now,
            "logReceivedTime": self._now + 1500,
            "eventId": event_id,
            "eventSubId": sub_id,
            "productCode": "sysmon",
            "pname": "Sysmon",
            "endpointGuid": self._guids[host],
            "endpointHostName": host,
            "endpointIp": [f"10.1.{len(host)}.{int(host[3:]) % 250}"],
            "osName": "Windows",
            "processFilePath": actor.program,
            "processName": actor.program.rpartition("\\")[2],
            "processCmd": actor.command,
            "processPid": actor.pid,
            "processHashId": actor.hash_id,
            "processUser": user,
            "processUserDomain": "EXAMPLE",
            "winEventId": windows_id,
            "channel": "Microsoft-Windows-Sysmon/Operational",
            "providerName": "Microsoft-Windows-Sysmon",
            "providerGUID": "5770385F-C22A-43E0-BF4C-06F5698FFBD9",
            "winEventRecordId": self._number,
            "recordSource": "file",
            "recordFile": f"{host}/sysmon-{self._number // 100_000}.evtx",
            "recordNumber": self._number,
        }
        row |= self._process(host, user, actor) if kind == "process" else getattr(self, f"_{kind}")(host, user)
        row["rawDataStr"] = _record(row, windows_id)
        return row

    def _actor(self, host: str) -> "_Process":
        running = self._running[host]
        if not running or self._random.random() < 0.002:
            self._remember(host, self._started(None))
        return self._random.choice(running)

    def _remember(self, host: str, started: "_Process") -> None:
        """Thirty run at a time; the first five of a host, as its services, until it ends."""
        running = self._running[host]
        running.append(started)
        del running[5:-25]

    def _started(self, creator: "_Process | None") -> "_Process":
        program = _PROGRAMS[int(len(_PROGRAMS) * self._random.random() ** 2)]
        command = f'"{program}" --mode {self._random.randrange(40)} --token {self._random.randrange(4000)}'
        return _Process(self._random.getrandbits(62), program, command, self._random.randrange(4, 30_000, 4), creator)

    def _process(self, host: str, user: str, actor: "_Process") -> dict[str, Any]:
        started = self._started(actor)
        self._remember(host, started)
        command = started.command
        if self._random.random() < 0.0005:
            command = f"reg.exe save hklm\\sam C:\\temp\\{self._random.randrange(100)}.hiv"
        digest = uuid.uuid5(uuid.NAMESPACE_OID, started.program).hex
        row = {
            "objectFilePath": started.program,
            "objectName": started.program.rpartition("\\")[2],
            "objectCmd": command,
            "objectPid": started.pid,
            "objectProcessHashId": started.hash_id,
            "objectUser": user,
            "objectUserDomain": "EXAMPLE",
            "objectFileHashSha256": digest * 2,
            "objectFileHashMd5": digest,
            "objectFileImphash": digest[::-1],
            "objectIntegrityLevel": 8192,
        }
        if actor.creator is None:
            return row
        # as the pipeline fills it in (normalise/ancestry.py)
        return row | {
            "parentFilePath": actor.creator.program,
            "parentCmd": actor.creator.command,
            "parentPid": actor.creator.pid,
            "parentHashId": actor.creator.hash_id,
        }

    def _file(self, _host: str, user: str) -> dict[str, Any]:
        name = f"document{self._random.randrange(20_000)}.tmp"
        return {"objectFilePath": f"C:\\Users\\{user}\\AppData\\Local\\Temp\\{name}", "objectName": name}

    def _registry(self, _host: str, _user: str) -> dict[str, Any]:
        return {
            "objectRegistryKeyHandle": self._random.choice(_KEYS),
            "objectRegistryValue": f"Value{self._random.randrange(60)}",
            "objectRegistryData": f"DWORD (0x{self._random.randrange(4096):08x})",
        }

    def _library(self, _host: str, _user: str) -> dict[str, Any]:
        library = self._random.choice(_LIBRARIES)
        digest = uuid.uuid5(uuid.NAMESPACE_OID, library).hex
        return {
            "objectFilePath": library,
            "objectName": library.rpartition("\\")[2],
            "objectFileHashSha256": digest * 2,
            "objectFileHashMd5": digest,
            "objectSigner": ["Microsoft Windows"],
            "objectSignerValid": ["true"],
        }

    def _network(self, _host: str, _user: str) -> dict[str, Any]:
        target = f"203.0.{self._random.randrange(40)}.{self._random.randrange(250)}"
        spt = self._random.randrange(49152, 65535)
        return {
            "src": "10.1.7.9",
            "spt": spt,
            "dst": target,
            "dpt": self._random.choice((443, 80, 53, 445)),
            "proto": "tcp",
        }

    def _dns(self, _host: str, _user: str) -> dict[str, Any]:
        answers = [f"198.51.100.{self._random.randrange(250)}" for _ in range(2)]
        return {"hostName": self._random.choice(_DOMAINS), "objectIps": answers}

    def _logon(self, _host: str, user: str) -> dict[str, Any]:
        return {
            "eventDataLogonType": self._random.choice(("2", "3", "5", "10")),
            "eventDataTargetUserName": user,
            "eventDataTargetDomainName": "EXAMPLE",
            "eventDataIpAddress": f"10.1.7.{self._random.randrange(200)}",
            "logonUser": [user],
        }


def _batch(name: str, rows: list[dict[str, Any]]) -> ActivityBatch:
    kind = ActivityKind("windows", frozenset({name}), frozenset({"sysmon"}), "sysmon", None)
    names = dict.fromkeys(key for row in rows for key in row)
    return ActivityBatch(kind, len(rows), {key: [row.get(key) for row in rows] for key in names})


_LEFT_OUT = ("uuid", "eventTime", "logReceivedTime", "recordSource", "recordFile")


def _record(row: dict[str, Any], windows_id: int) -> str:
    """About what a reader delivers of such an event: the same values under the record's own names."""
    data = {name[0].upper() + name[1:]: str(value) for name, value in row.items() if name not in _LEFT_OUT}
    system = {
        "Provider": {
            "#attributes": {"Name": "Microsoft-Windows-Sysmon", "Guid": "5770385F-C22A-43E0-BF4C-06F5698FFBD9"}
        },
        "EventID": windows_id,
        "Version": 5,
        "Level": 4,
        "Keywords": "0x8000000000000000",
        "TimeCreated": {"#attributes": {"SystemTime": str(row["eventTime"])}},
        "EventRecordID": row["recordNumber"],
        "Execution": {"#attributes": {"ProcessID": 3140, "ThreadID": 4712}},
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Computer": row["endpointHostName"],
        "Security": {"#attributes": {"UserID": "S-1-5-18"}},
    }
    return orjson.dumps({"Event": {"System": system, "EventData": data}}).decode()
