"""What a line of a story means: from a line to the records that Windows, Sysmon and PowerShell write of it."""

import hashlib
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .words import Words

Values = dict[str, Any]

_SYSMON = "Microsoft-Windows-Sysmon/Operational"
_SYSTEM32 = "C:\\Windows\\System32\\"
_ELSEWHERE = {
    "explorer.exe": "C:\\Windows\\explorer.exe",
    "powershell.exe": _SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe",
    "powershell_ise.exe": _SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell_ise.exe",
    "wmic.exe": _SYSTEM32 + "wbem\\WMIC.exe",
    "wmiprvse.exe": _SYSTEM32 + "wbem\\WmiPrvSE.exe",
    "trustedinstaller.exe": "C:\\Windows\\servicing\\TrustedInstaller.exe",
    "git.exe": "C:\\Program Files\\Git\\cmd\\git.exe",
    "node.exe": "C:\\Program Files\\nodejs\\node.exe",
    "python.exe": "C:\\Program Files\\Python312\\python.exe",
    "dotnet.exe": "C:\\Program Files\\dotnet\\dotnet.exe",
    "sqlcmd.exe": "C:\\Program Files\\Microsoft SQL Server\\Client SDK\\ODBC\\170\\Tools\\Binn\\SQLCMD.EXE",
    "ssh.exe": _SYSTEM32 + "OpenSSH\\ssh.exe",
    "ngen.exe": "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\ngen.exe",
    "csc.exe": "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe",
    "tiworker.exe": "C:\\Windows\\WinSxS\\amd64_microsoft-windows-servicingstack\\TiWorker.exe",
    "system": "System",
}
_ACCOUNTS = {
    "system": ("NT AUTHORITY", "SYSTEM", "System", "S-1-5-18", "0x3e7"),
    "network": ("NT AUTHORITY", "NETWORK SERVICE", "System", "S-1-5-20", "0x3e4"),
    "local": ("NT AUTHORITY", "LOCAL SERVICE", "System", "S-1-5-19", "0x3e5"),
}


@dataclass(slots=True)
class Setting:
    """One run of a group: where, and as whom."""

    words: Words
    host: str
    account: str
    name: str
    known: dict[str, str]
    guids: dict[str, tuple[str, int]] = field(default_factory=dict)  # program -> (ProcessGuid, pid) of this run

    def __post_init__(self) -> None:
        self.known |= {"host": self.host, "name": self.name}

    def fill(self, value: Any) -> Any:
        return self.words.fill(value, self.known) if isinstance(value, str) else value

    def process(self, program: str) -> tuple[str, int]:
        made = (f"{{{self.words.guid()}}}", self.words.chance.randrange(400, 30_000, 4))
        return self.guids.setdefault(program, made)

    @property
    def identity(self) -> tuple[str, str, str, str, str]:
        """Domain, name, integrity level, SID, logon id."""
        if self.account in _ACCOUNTS:
            return _ACCOUNTS[self.account]
        number = sum(self.name.encode())
        level = "High" if self.account == "admin" else "Medium"
        return (
            "CORP",
            self.name,
            level,
            f"S-1-5-21-111111111-222222222-333333333-{1000 + number}",
            f"0x{number * 977:x}",
        )

    @property
    def has_sysmon(self) -> bool:
        """One host in four audits process starts instead."""
        return sum(self.host.encode()) % 4 != 0


def program_of(command: str) -> str:
    """The program a command line starts: a path as it is, a bare name where Windows keeps it."""
    first = command[1 : command.index('"', 1)] if command.startswith('"') else command.split(maxsplit=1)[0]
    if "\\" in first:
        return first
    name = first if "." in first or first == "System" else first + ".exe"
    return _ELSEWHERE.get(name.lower(), _SYSTEM32 + name)


def image_of(program: str) -> str:
    """A program named alone: a path as it is, blanks and all; a bare name where Windows keeps it."""
    return program if "\\" in program else program_of(program)


def process(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """A started process; the group's `parent` started it."""
    command, parent = setting.fill(line), setting.fill(group.get("parent", "explorer.exe"))
    image, parent_image = program_of(command), program_of(parent)
    domain, name, level, sid, logon = setting.identity
    parent_guid, parent_pid = setting.process(parent_image)
    guid, pid = f"{{{setting.words.guid()}}}", setting.words.chance.randrange(400, 30_000, 4)
    if not setting.has_sysmon:
        yield {
            "EventID": 4688, "SubjectUserSid": sid, "SubjectUserName": name, "SubjectDomainName": domain,
            "SubjectLogonId": logon, "NewProcessId": hex(pid), "NewProcessName": image, "TokenElevationType": "%%1936",
            "ProcessId": hex(parent_pid), "CommandLine": command, "TargetUserSid": "S-1-0-0", "TargetUserName": "-",
            "TargetDomainName": "-", "TargetLogonId": "0x0", "ParentProcessName": parent_image,
            "MandatoryLabel": "S-1-16-8192" if level == "Medium" else "S-1-16-16384",
        }  # fmt: skip
        return
    yield {
        "EventID": 1, "Channel": _SYSMON, "ProcessGuid": guid, "ProcessId": pid, "Image": image,
        "FileVersion": "10.0.19041.1", "Description": image.rpartition("\\")[2], "Company": group.get("company", "-"),
        "Product": "-", "OriginalFileName": image.rpartition("\\")[2], "CommandLine": command,
        "CurrentDirectory": group.get("folder", "C:\\Windows\\system32\\"), "User": f"{domain}\\{name}",
        "LogonId": logon, "TerminalSessionId": 0 if level == "System" else 1, "IntegrityLevel": level,
        "Hashes": _hashes(image), "ParentProcessGuid": parent_guid, "ParentProcessId": parent_pid,
        "ParentImage": parent_image, "ParentCommandLine": parent, "ParentUser": f"{domain}\\{name}",
    }  # fmt: skip


def script(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """A PowerShell script block; `path` is the script's file."""
    text = setting.fill(line)
    yield {
        "EventID": 4104, "Channel": "Microsoft-Windows-PowerShell/Operational", "MessageNumber": 1, "MessageTotal": 1,
        "ScriptBlockText": text, "ScriptBlockId": setting.words.guid(), "Path": setting.fill(group.get("path", "")),
    }  # fmt: skip


def module(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """A PowerShell command as module logging writes it: `Command: name=value; name=value`."""
    command, _, parameters = setting.fill(line).partition(":")
    domain, name, *_ = setting.identity
    bound = [part.strip().split("=", 1) for part in parameters.split(";") if "=" in part]
    payload = f'CommandInvocation({command}): "{command}"\n' + "".join(
        f'ParameterBinding({command}): name="{key}"; value="{value}"\n' for key, value in bound
    )
    context = (
        f"        Severity = Informational\n        Host Name = ConsoleHost\n        Host Application = "
        f"{setting.fill(group.get('host', 'powershell.exe'))}\n        Command Name = {command}\n"
        f"        Command Type = Cmdlet\n        User = {domain}\\{name}\n"
    )
    yield {
        "EventID": 4103, "Channel": "Microsoft-Windows-PowerShell/Operational",
        "ContextInfo": context, "UserData": "", "Payload": payload,
    }  # fmt: skip


def file(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """A file that the group's `by` wrote."""
    yield _by(setting, group, 11) | {"TargetFilename": setting.fill(line), "CreationUtcTime": "2026-01-15 03:00:00.000"}


def deleted(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    yield _by(setting, group, 23) | {
        "TargetFilename": setting.fill(line), "IsExecutable": "false", "Archived": "false", "Hashes": _hashes(line)
    }  # fmt: skip


def registry(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """`key\\value = data`: a value set."""
    target, _, details = setting.fill(line).partition(" = ")
    yield _by(setting, group, 13) | {"EventType": "SetValue", "TargetObject": target, "Details": details}


def network(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """`address port name`: a connection out."""
    address, port, name = setting.fill(line).split(" ", 2)
    yield _by(setting, group, 3) | {
        "Protocol": "udp" if port == "53" else "tcp", "Initiated": "true", "SourceIsIpv6": "false",
        "SourceIp": setting.fill("<ip>"), "SourceHostname": f"{setting.host}.corp.example", "SourcePort": int(setting.fill("<port>")),
        "DestinationIsIpv6": "false", "DestinationIp": address, "DestinationHostname": name, "DestinationPort": int(port),
    }  # fmt: skip


def dns(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    name = setting.fill(line)
    yield _by(setting, group, 22) | {
        "QueryName": name, "QueryStatus": "0", "QueryResults": f"::ffff:{setting.fill('<outside>')};"
    }  # fmt: skip


def load(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """A library that the group's `by` loaded, signed by `signer`."""
    path, signer = setting.fill(line), group.get("signer", "Microsoft Windows")
    yield _by(setting, group, 7) | {
        "ImageLoaded": path, "FileVersion": "10.0.1", "Description": "-", "Product": "-", "Company": signer,
        "OriginalFileName": path.rpartition("\\")[2], "Hashes": _hashes(path), "Signed": "true" if signer else "false",
        "Signature": signer, "SignatureStatus": "Valid" if signer else "Unavailable",
    }  # fmt: skip


def access(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    """`target mask`: a process opened by the group's `by`."""
    target, mask = setting.fill(line).rsplit(" ", 1)
    source = image_of(setting.fill(group["by"]))
    (guid, pid), (target_guid, target_pid) = setting.process(source), setting.process(image_of(target))
    yield {
        "EventID": 10, "Channel": _SYSMON, "SourceProcessGUID": guid, "SourceProcessId": pid, "SourceThreadId": 4,
        "SourceImage": source, "TargetProcessGUID": target_guid, "TargetProcessId": target_pid,
        "TargetImage": image_of(target), "GrantedAccess": mask, "SourceUser": "NT AUTHORITY\\SYSTEM",
        "CallTrace": "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|" + source + "+1a2b",
        "TargetUser": "NT AUTHORITY\\SYSTEM",
    }  # fmt: skip


def pipe(setting: Setting, group: Values, line: str) -> Iterator[Values]:
    yield _by(setting, group, 17) | {"EventType": "CreatePipe", "PipeName": setting.fill(line)}


def event(setting: Setting, group: Values, line: Any) -> Iterator[Values]:
    """The values of a record as they are, over the group's `common` ones."""
    merged = group.get("common", {}) | (line if isinstance(line, dict) else _pairs(line))
    yield {name: setting.fill(value) for name, value in merged.items()}


def _pairs(line: str) -> Values:
    """`EventID=4624 LogonType=3 TargetUserName='x y'`: a backslash is a backslash."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.escape = lexer.commenters = ""
    pairs = (part.partition("=") for part in lexer)
    return {name: int(value) if name == "EventID" else value for name, _, value in pairs}


def _by(setting: Setting, group: Values, event_id: int) -> Values:
    image = image_of(setting.fill(group["by"]))
    guid, pid = setting.process(image)
    domain, name, *_ = setting.identity
    return {
        "EventID": event_id, "Channel": _SYSMON, "RuleName": "-", "ProcessGuid": guid, "ProcessId": pid,
        "Image": image, "User": f"{domain}\\{name}",
    }  # fmt: skip


def _hashes(path: str) -> str:
    digest = hashlib.sha256(path.lower().encode()).hexdigest().upper()
    return f"MD5={digest[:32]},SHA256={digest},IMPHASH={digest[32:]}"


KINDS: dict[str, Callable[[Setting, Values, Any], Iterator[Values]]] = {
    one.__name__: one
    for one in (process, script, module, file, deleted, registry, network, dns, load, access, pipe, event)
}
