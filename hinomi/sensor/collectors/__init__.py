"""The collectors, one file each: where the sensor learns what happens on this host.

`COLLECTORS` is in order of preference: for each kind of activity the first that can run here is started, the others stay away
and say why (sensor/watch.py chooses). A collector emits `(kind, data)`; kinds and `data` are those of docs/reference/wire.md.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hinomi.wire.policy import SensorPolicy

# May be called from any thread, never blocks long and never raises: what there is no room for is counted as lost.
# `data` is kept as it is: do not change it afterwards.
Emit = Callable[[str, Mapping[str, Any]], None]


class Collector(Protocol):
    """`name` is the file's name; `kinds`: which of wire.policy.KINDS it brings.

    Started and stopped once. `data` may hold `_time_ms`: when it happened, as far as the source knows (taken out, becomes `time`),
    and `_on_disk`: called when it lies in the spool (for sources that can be read again from a place).
    """

    name: str
    kinds: tuple[str, ...]

    def probe(self) -> str | None:
        """Why it cannot run here, None when it can. Tries what it needs, does not look at versions; leaves nothing behind."""
        ...

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        """Begin, in threads of its own; `policy.watch` holds only what it is to watch. OSError when it cannot after all: the next one in the order takes its place."""
        ...

    def apply(self, policy: SensorPolicy) -> None:
        """Follow another policy without a gap."""
        ...

    def stop(self) -> None:
        """End its threads and take back what it set in the system (rules, marks); harmless when called twice."""
        ...

    def health(self) -> dict[str, Any]:
        """Small numbers: lost (by the system or here), seen, and whatever tells that it is well; `trouble`: text or None.

        `note`: what people must know of it even when it is well (what it cannot see).
        """
        ...


def _audit_netlink() -> Collector:
    from hinomi.sensor.collectors.audit_netlink import AuditNetlink

    return AuditNetlink()


def _files_fanotify() -> Collector:
    from hinomi.sensor.collectors.files_fanotify import FilesFanotify

    return FilesFanotify()


def _processes_ebpf() -> Collector:
    from hinomi.sensor.collectors.processes_ebpf import ProcessesEbpf

    return ProcessesEbpf()


def _processes_connector() -> Collector:
    from hinomi.sensor.collectors.processes_connector import ProcessesConnector

    return ProcessesConnector()


def _processes_polling() -> Collector:
    from hinomi.sensor.collectors.processes_polling import ProcessesPolling

    return ProcessesPolling()


def _connections_polling() -> Collector:
    from hinomi.sensor.collectors.connections_polling import ConnectionsPolling

    return ConnectionsPolling()


def _dns_packets() -> Collector:
    from hinomi.sensor.collectors.dns_packets import DnsPackets

    return DnsPackets()


def _logins_audit() -> Collector:
    from hinomi.sensor.collectors.logins_audit import LoginsAudit

    return LoginsAudit()


def _logins_journal() -> Collector:
    from hinomi.sensor.collectors.logins_journal import LoginsJournal

    return LoginsJournal()


def _logins_file() -> Collector:
    from hinomi.sensor.collectors.logins_file import LoginsFile

    return LoginsFile()


def _logins_accounting() -> Collector:
    from hinomi.sensor.collectors.logins_accounting import LoginsAccounting

    return LoginsAccounting()


# A factory takes no arguments and does nothing yet; `probe` and `start` do. What is not asked for is not even imported.
COLLECTORS: tuple[Callable[[], Collector], ...] = (
    _processes_ebpf,
    _audit_netlink,
    _processes_connector,
    _processes_polling,
    _connections_polling,
    _files_fanotify,
    _dns_packets,
    _logins_audit,
    _logins_journal,
    _logins_file,
    _logins_accounting,
)
