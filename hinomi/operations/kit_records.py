"""A collection as records for the pipeline: processes, connections, logins, what starts by itself, suspicious and recent files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from hinomi.normalise.shapes.kit_record import VERSION
from hinomi.operations.kit_words import reason_text
from hinomi.schema.record import RecordBatch

Rows = Mapping[str, Sequence[Mapping[str, Any]]]  # part -> its rows, as the host wrote them
_PART_OF = {"autoruns": "autorun", "services": "service", "tasks": "task"}
_LATEST_MS = 4_102_444_800_000  # the year 2100
_MOST_TEXT = 8000


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose records they are. `endpoint`: GUID; `collected_ms`: the time of what has none of its own."""

    report: str
    endpoint: str
    host: str
    ips: tuple[str, ...]
    collected_ms: int


def kit_batch(origin: Origin, rows: Rows, file: str) -> RecordBatch:
    """The same report gives the same bytes, so a second import adds nothing."""
    batch = RecordBatch(source="collector_kit", files=[file])
    seen: dict[bytes, int] = {}
    for number, (kind, time_ms, data) in enumerate(_records(origin, rows), 1):
        record = {
            "hinomi_kit": VERSION,
            "report": origin.report,
            "endpoint": origin.endpoint,
            "time": time_ms,
            "host": origin.host,
            "ips": list(origin.ips),
            "kind": kind,
            "data": data,
        }
        packed = orjson.dumps(record, default=str)
        batch.records.append(packed)
        batch.file_of.append(0)
        batch.numbers.append(number)
        batch.occurrences.append(seen.get(packed, 0))
        seen[packed] = seen.get(packed, 0) + 1
    return batch


def _records(origin: Origin, rows: Rows) -> Iterator[tuple[str, int, dict[str, Any]]]:
    now = origin.collected_ms
    yield from _processes(rows.get("processes", ()), now)
    for row in rows.get("connections", ()):
        if row.get("src") is not None:
            yield ("listen" if row.get("state") == "listen" else "connection"), now, _plain(row)
    for row in rows.get("logins", ()):
        if row.get("user") and row.get("time"):
            result = "failure" if row.get("list") == "failed" else "success"
            yield "login", _moment(row["time"], now), _plain(row) | {"result": result}
    for part, kind in _PART_OF.items():
        for row in rows.get(part, ()):
            runs = row.get("runs", row.get("commands", row.get("line", "")))
            told = "; ".join(map(str, runs)) if isinstance(runs, list) else str(runs)
            yield (
                kind,
                now,
                _plain(row) | {"runs": told[:_MOST_TEXT], "text": f"{kind}: {row.get('path', '')}"[:_MOST_TEXT]},
            )
    suspicious = {str(row.get("path")) for row in rows.get("suspicious", ())}
    for row in rows.get("suspicious", ()):
        reasons = ", ".join(reason_text(code).en for code in codes_of(row))
        yield "suspicious", _moment(row.get("changed"), now), _plain(row) | {"text": reasons[:_MOST_TEXT]}
    for row in rows.get("recent_files", ()):
        if str(row.get("path")) not in suspicious:
            yield "file", _moment(row.get("changed", row.get("modified")), now), _plain(row)


def _processes(rows: Sequence[Mapping[str, Any]], now: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """With what is known of the parent, as an activity tells it."""
    by_pid = {row.get("pid"): row for row in rows}
    for row in rows:
        if not row.get("exe") and not row.get("cmd"):
            continue  # a thread of the kernel
        parent = by_pid.get(row.get("ppid"), {})
        told = {
            "parent_exe": _path(str(parent.get("exe") or "")),
            "parent_cmd": parent.get("cmd"),
            "parent_start": parent.get("start"),
        }
        told["text"] = ", ".join(map(str, row["flags"])) if isinstance(row.get("flags"), list) else ""
        yield (
            "process",
            _moment(row.get("start"), now),
            _plain(row) | {name: value for name, value in told.items() if value},
        )


def codes_of(row: Mapping[str, Any]) -> list[str]:
    """The reasons of a suspicious file; the shell's collection tells one, as `reason`."""
    found = row.get("reasons")
    if isinstance(found, str):
        return [found]
    return [str(code)[:60] for code in found[:30]] if isinstance(found, list) else [str(row.get("reason", ""))[:60]]


def _moment(value: Any, now: int) -> int:
    """A host's clock may say anything: what cannot be is the moment of the collection."""
    return value if type(value) is int and 0 < value < _LATEST_MS else now


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a record holds them; long ones cut."""
    return {
        str(name)[:60]: value[:_MOST_TEXT] if isinstance(value, str) else value
        for name, value in list(row.items())[:60]
        if not isinstance(value, dict)
    } | {name: _path(row[name]) for name in ("exe",) if isinstance(row.get(name), str)}


def _path(exe: str) -> str:
    """Linux marks the path of a running program whose file is gone; what was there is told by its flags."""
    return exe.removesuffix(" (deleted)")[:_MOST_TEXT]
