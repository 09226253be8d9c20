"""What a whole audit event says in the sensor's words: (kind, data) of docs/reference/sensor-telemetry.md."""

from typing import Any

from hinomi.sensor.telemetry import audit_events as audit
from hinomi.sensor.telemetry import dns_askers
from hinomi.sensor.telemetry.audit_events import AuditEvent, Fields
from hinomi.sensor.telemetry.audit_rules import (
    ACCEPT_CALLS,
    CONNECT_CALLS,
    EXEC_CALLS,
    KEY_BEGINS,
    MODULE_LOADS,
    MODULE_REMOVALS,
)
from hinomi.sensor.telemetry.processes import Exec, ProcessTable

_UNDER_WAY = -115  # EINPROGRESS: a connection that does not wait
_OUR_KEYS = f'"{KEY_BEGINS}'.encode()  # of whichever sensor: the kernel names the rule that stands first

Said = tuple[str, dict[str, Any]]


def meaning(event: AuditEvent, table: ProcessTable, watch: tuple[str, ...]) -> Said | None:
    """None for what is not ours or not wanted."""
    fields = audit.fields_of(event.body(audit.SYSCALL))
    arch = _hex(fields.get(b"arch"))
    call = (arch, audit.number_of(fields.get(b"syscall")))
    if not fields.get(b"key", b"").startswith(_OUR_KEYS):
        return None
    if call in EXEC_CALLS and "process" in watch:
        seen = exec_of(event, fields)
        return ("process_start", table.started(seen)) if seen is not None else None
    if "network" in watch and (call in CONNECT_CALLS or call in ACCEPT_CALLS):
        return _connection(event, fields, table, inbound=call in ACCEPT_CALLS)
    if "module" in watch and (call in MODULE_LOADS or call in MODULE_REMOVALS):
        return _module(event, fields, table, loaded=call in MODULE_LOADS)
    return None


def exec_of(event: AuditEvent, fields: Fields) -> Exec | None:
    pid = audit.number_of(fields.get(b"pid"))
    if not pid:
        return None
    exe = audit.text_of(fields.get(b"exe"))
    return Exec(
        pid=pid,
        ppid=audit.number_of(fields.get(b"ppid")) or 0,
        at_ms=event.time_ms,
        exe=exe.removesuffix(" (deleted)") if exe else None,
        argv=audit.arguments_of(event.bodies(audit.EXECVE)),
        uid=audit.number_of(fields.get(b"euid")),
        cwd=audit.text_of(audit.fields_of(event.body(audit.CWD)).get(b"cwd")),
        auid=audit.number_of(fields.get(b"auid")),
        session=audit.number_of(fields.get(b"ses")),
        tty=_terminal(fields.get(b"tty")),
    )


def _connection(event: AuditEvent, fields: Fields, table: ProcessTable, *, inbound: bool) -> Said | None:
    result = audit.number_of(fields.get(b"exit"))
    worked = result is not None and (result >= 0 or (result == _UNDER_WAY and not inbound))
    far = audit.address_of(audit.fields_of(event.body(audit.SOCKADDR)).get(b"saddr", b"").rstrip(b"\0"))
    if far is None or far[1] == 0:  # port 0: a datagram socket asking for its own address
        return None
    data = _actor(event, fields, table) | {"direction": "inbound" if inbound else "outbound"}
    data |= {"src": far[0], "spt": far[1]} if inbound else {"dst": far[0], "dpt": far[1]}
    if far[1] == dns_askers.PORT and not inbound and "pid" in data:
        dns_askers.the_askers().connected(event.time_ms, far[0], data["pid"])
    if not worked:
        data["error"] = -(result or 0)
    return "connection", data


def _module(event: AuditEvent, fields: Fields, table: ProcessTable, *, loaded: bool) -> Said | None:
    name = audit.text_of(audit.fields_of(event.body(audit.KERN_MODULE)).get(b"name", b"").rstrip(b"\0"))
    if fields.get(b"success") != b"yes":
        return None
    data = _actor(event, fields, table) | {"action": "load" if loaded else "remove"}
    return "module_load", data | ({"name": name} if name else {})


def _actor(event: AuditEvent, fields: Fields, table: ProcessTable) -> dict[str, Any]:
    """Who did it: as remembered, else as the event alone says."""
    pid = audit.number_of(fields.get(b"pid"))
    known = table.of(pid, event.time_ms)
    if known is not None:
        data = known.as_actor()
    else:
        uid = audit.number_of(fields.get(b"euid"))
        exe = audit.text_of(fields.get(b"exe"))
        told = {"pid": pid, "exe": exe, "uid": uid, "user": table.users.name(uid)}
        data = {name: value for name, value in told.items() if value is not None}
    return data | {"_time_ms": event.time_ms}


def _terminal(value: bytes | None) -> str | None:
    return value.decode(errors="replace") if value and value != b"(none)" else None


def _hex(value: bytes | None) -> int | None:
    try:
        return int(value, 16) if value and len(value) < 17 else None
    except ValueError:
        return None
