"""Canonical events: the record a filter's log source means when its test gives only values.

In: the values of a test. Out: a record in the shape of evtx_dump, as the EVTX reader writes it; of a Linux log source, or with
`Product: linux` among the values, one of our sensor (canonical_linux.py).
Source of providers, channels and numbers: the manifests of Windows, Sysmon's documentation, Sigma's log-source taxonomy.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from hinomi.operations import canonical_linux
from hinomi.schema.content import LogSource, Text

COMPUTER = "PC-1"
START = datetime(2026, 1, 15, 3, 0, 0, tzinfo=UTC)


class Writer(NamedTuple):
    provider: str
    channel: str
    event_id: int | None = None


def _sysmon(event_id: int | None = None) -> Writer:
    return Writer("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", event_id)


def _powershell(event_id: int | None = None) -> Writer:
    return Writer("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational", event_id)


def _classic(event_id: int | None = None) -> Writer:
    return Writer("PowerShell", "Windows PowerShell", event_id)


def _operational(provider: str) -> Writer:
    return Writer(provider, f"{provider}/Operational")


CATEGORIES: dict[str, Writer] = {
    "process_creation": _sysmon(1),
    "file_change": _sysmon(2),
    "network_connection": _sysmon(3),
    "sysmon_status": _sysmon(4),
    "process_termination": _sysmon(5),
    "driver_load": _sysmon(6),
    "image_load": _sysmon(7),
    "create_remote_thread": _sysmon(8),
    "raw_access_thread": _sysmon(9),
    "process_access": _sysmon(10),
    "file_event": _sysmon(11),
    "registry_add": _sysmon(12),
    "registry_delete": _sysmon(12),
    "registry_event": _sysmon(12),
    "registry_set": _sysmon(13),
    "registry_rename": _sysmon(14),
    "create_stream_hash": _sysmon(15),
    "pipe_created": _sysmon(17),
    "wmi_event": _sysmon(19),
    "dns_query": _sysmon(22),
    "file_delete": _sysmon(23),
    "clipboard_change": _sysmon(24),
    "process_tampering": _sysmon(25),
    "file_executable_detected": _sysmon(29),
    "sysmon_error": _sysmon(255),
    "ps_module": _powershell(4103),
    "ps_script": _powershell(4104),
    "ps_classic_start": _classic(400),
    "ps_classic_provider_start": _classic(600),
    "ps_classic_script": _classic(800),
}

# What a rename of a key, an addition and a deletion look like in Sysmon 12: the value that tells them apart.
CATEGORY_VALUES: dict[str, dict[str, str]] = {
    "registry_add": {"EventType": "CreateKey"},
    "registry_delete": {"EventType": "DeleteValue"},
}

SERVICES: dict[str, Writer] = {
    "security": Writer("Microsoft-Windows-Security-Auditing", "Security"),
    "system": Writer("Service Control Manager", "System"),
    "application": Writer("Application", "Application"),
    "sysmon": _sysmon(),
    "powershell": _powershell(),
    "powershell-classic": _classic(),
    "windefend": _operational("Microsoft-Windows-Windows Defender"),
    "taskscheduler": _operational("Microsoft-Windows-TaskScheduler"),
    "wmi": _operational("Microsoft-Windows-WMI-Activity"),
    "bits-client": _operational("Microsoft-Windows-Bits-Client"),
    "ntlm": _operational("Microsoft-Windows-NTLM"),
    "terminalservices-localsessionmanager": _operational("Microsoft-Windows-TerminalServices-LocalSessionManager"),
    "codeintegrity-operational": _operational("Microsoft-Windows-CodeIntegrity"),
    "firewall-as": Writer(
        "Microsoft-Windows-Windows Firewall With Advanced Security",
        "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
    ),
    "applocker": Writer("Microsoft-Windows-AppLocker", "Microsoft-Windows-AppLocker/EXE and DLL"),
    "dns-client": Writer("Microsoft-Windows-DNS-Client", "Microsoft-Windows-DNS Client Events/Operational"),
    "dns-server": Writer("Microsoft-Windows-DNS-Server-Service", "DNS Server"),
    "driver-framework": Writer(
        "Microsoft-Windows-DriverFrameworks-UserMode", "Microsoft-Windows-DriverFrameworks-UserMode/Operational"
    ),
    "printservice-admin": Writer("Microsoft-Windows-PrintService", "Microsoft-Windows-PrintService/Admin"),
    "printservice-operational": _operational("Microsoft-Windows-PrintService"),
    "shell-core": _operational("Microsoft-Windows-Shell-Core"),
    "openssh": Writer("OpenSSH", "OpenSSH/Operational"),
    "msexchange-management": Writer("MSExchange CmdletLogs", "MSExchange Management"),
    "appxdeployment-server": Writer(
        "Microsoft-Windows-AppXDeployment-Server", "Microsoft-Windows-AppXDeploymentServer/Operational"
    ),
    "ldap": Writer("Microsoft-Windows-LDAP-Client", "Microsoft-Windows-LDAP-Client/Debug"),
    "smbclient-security": Writer("Microsoft-Windows-SMBClient", "Microsoft-Windows-SmbClient/Security"),
    "smbclient-connectivity": Writer("Microsoft-Windows-SMBClient", "Microsoft-Windows-SmbClient/Connectivity"),
    "security-mitigations": Writer(
        "Microsoft-Windows-Security-Mitigations", "Microsoft-Windows-Security-Mitigations/KernelMode"
    ),
}

# Channels by provider, for records that name only their provider; and the other way round.
_CHANNELS = {writer.provider: writer.channel for writer in (*CATEGORIES.values(), *SERVICES.values())}
_PROVIDERS = {writer.channel: writer.provider for writer in (*CATEGORIES.values(), *SERVICES.values())}
_RESERVED = ("EventID", "Channel", "Provider", "Computer")


class NoEvent(ValueError):
    """The values do not say which event they belong to; in both languages."""

    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.text = Text(en, ja)


def record(
    values: dict[str, Any],
    logsource: LogSource | None = None,
    *,
    computer: str | None = None,
    offset: timedelta = timedelta(),
    number: int = 1,
) -> bytes:
    """One record as JSON bytes. `Product` and `Kind` (Linux) say whose it is. `EventID`, `Channel`, `Provider`, `Computer` go where the log keeps them, the rest is EventData.

    Raises NoEvent when neither the values nor the log source tell the event's number.
    """
    if is_linux(values, logsource):
        kind = canonical_linux.kind_of(values, logsource.category if logsource else None)
        if kind is None:
            raise NoEvent(canonical_linux.NO_KIND.en, canonical_linux.NO_KIND.ja)
        return canonical_linux.record(values, kind, START + offset, computer=computer, number=number)
    writer = _writer(values, logsource or LogSource())
    moment = (START + offset).isoformat(timespec="microseconds").replace("+00:00", "Z")
    extra = CATEGORY_VALUES.get((logsource and logsource.category) or "", {})
    data = extra | {name: value for name, value in values.items() if name not in _RESERVED}
    system = {
        "Provider": {"#attributes": {"Name": writer.provider}},
        "EventID": writer.event_id,
        "Level": 4,
        "TimeCreated": {"#attributes": {"SystemTime": moment}},
        "EventRecordID": number,
        "Channel": writer.channel,
        "Computer": computer or values.get("Computer") or COMPUTER,
    }
    return orjson.dumps({"Event": {"System": system, "EventData": data}}, default=str)


def is_linux(values: dict[str, Any], logsource: LogSource | None) -> bool:
    product = values.get("Product") or (logsource.product if logsource else None)
    return product == "linux" or "Kind" in values


def filled(value: Any, n: int) -> Any:
    """A value of a repeated record: `{n}` stands for the number of the repetition."""
    return value.replace("{n}", str(n)) if isinstance(value, str) else value


def _writer(values: dict[str, Any], logsource: LogSource) -> Writer:
    usual = CATEGORIES.get(logsource.category or "") or SERVICES.get(logsource.service or "") or Writer("", "")
    channel, provider = values.get("Channel"), values.get("Provider")
    event_id = values.get("EventID", usual.event_id)
    if event_id is None:
        raise NoEvent(
            "the test gives no EventID, and its log source has no event of its own",
            "テストに EventID がなく、ログソースにも決まったイベントがありません",
        )
    if not channel and not provider and not usual.channel:
        usual = usual_writer(int(event_id))
    return Writer(
        provider or _PROVIDERS.get(channel or "") or usual.provider,
        channel or _CHANNELS.get(provider or "") or usual.channel,
        int(event_id),
    )


def usual_writer(event_id: int) -> Writer:
    """Whose event a bare number is: Sysmon has the small ones, Security those from 4608; the rest must say."""
    if event_id < 30 or event_id == 255:
        return _sysmon(event_id)
    if event_id in (4103, 4104):
        return _powershell(event_id)
    if event_id in (1102, 4608) or 4608 <= event_id < 6500:
        return SERVICES["security"]._replace(event_id=event_id)
    if event_id in (7045, 7036, 7040):
        return SERVICES["system"]._replace(event_id=event_id)
    raise NoEvent(
        f"event {event_id} needs its Channel or Provider",
        f"イベント {event_id} には Channel または Provider が必要です",
    )
