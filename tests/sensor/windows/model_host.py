"""A model of a Windows host: firewall, processes, accounts, sessions and names, changed by the very command lines that would be run.

It reads them back from what the sensor would hand to CreateProcess, so a value that escapes its quotes would show here. It follows
the documentation of the commands; it is no proof of what Windows does.
"""

import base64
import copy
import ipaddress
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hinomi.sensor.windows.command import PROLOGUE, Command
from hinomi.sensor.windows.plan import Answer

_TOKEN = re.compile(r"(?P<bar>\|)|-(?P<name>\w+):|(?P<text>'(?:[^'\u2018\u2019\u201a\u201b]|''|\u2018\u2018|\u2019\u2019|\u201a\u201a|\u201b\u201b)*')|(?P<list>@\()|(?P<end>\))|(?P<comma>,)|(?P<truth>\$true|\$false)|(?P<number>\d+)|(?P<word>[A-Za-z]+-[A-Za-z]+)|\s+")  # fmt: skip
Pipe = list[tuple[str, dict[str, Any]]]


def parsed(script: str) -> Pipe:
    """The pipeline's cmdlets with their parameters; AssertionError for anything that is no literal."""
    found: Pipe = []
    at, name, held = 0, "", None
    while at < len(script):
        token = _TOKEN.match(script, at)
        assert token, f"no literal: {script[at : at + 60]!r}"
        at = token.end()
        kind, text = token.lastgroup, token[0]
        if kind == "word":
            found.append((text, {}))
        elif kind == "name":
            name = token["name"]
        elif kind == "list":
            held = found[-1][1][name] = []
        elif kind == "end":
            held = None
        elif kind in ("text", "truth", "number"):
            value = (
                re.sub(r"(['\u2018\u2019\u201a\u201b])\1", r"\1", text[1:-1])
                if kind == "text"
                else {"$true": True, "$false": False}.get(text, text)
            )
            if held is None:
                found[-1][1][name] = value
            else:
                held.append(value)
    return found


@dataclass
class ModelHost:
    """`policy_rules`: of a group policy; nothing local puts them out of force. `refused`: cmdlets and programs that fail."""

    name: str = "PC1"
    profiles: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            each: {"Enabled": "True", "DefaultInboundAction": "Block", "DefaultOutboundAction": "Allow"}
            for each in ("Domain", "Private", "Public")
        }
    )
    rules: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "RemoteDesktop": {"Group": "Remote Desktop", "Direction": "Inbound", "Action": "Allow", "Enabled": True}
        }
    )
    policy_rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    processes: dict[int, dict[str, Any]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: list[dict[str, Any]] = field(default_factory=list)
    detections: list[dict[str, Any]] = field(default_factory=list)
    planted: list[dict[str, Any]] = field(default_factory=list)  # what a scan finds
    immortal: set[int] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    scripts: list[tuple[str, ...]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    # ---- the face of plan.Host --------------------------------------------------------------------------------------
    def run(self, command: Command) -> Answer:
        program = command.argv[0].rpartition("\\")[2]
        if "-EncodedCommand" in command.argv:
            return self._pipeline(base64.b64decode(command.argv[-1]).decode("utf-16-le"))
        self.seen.append(program)
        if program in self.refused:
            return Answer(1, "", "refused by the test")
        return {
            "netsh.exe": self._netsh,
            "taskkill.exe": self._taskkill,
            "logoff.exe": self._logoff,
            "powershell.exe": self._script,
        }[program](command.argv)

    def _pipeline(self, script: str) -> Answer:
        assert script.startswith(PROLOGUE)
        flow: list[Any] = []
        for name, given in parsed(script.removeprefix(PROLOGUE)):
            self.seen.append(name)
            if name in self.refused:
                return Answer(1, "", f"{name}: refused by the test")
            try:
                flow = getattr(self, "_" + name.lower().replace("-", "_"))(flow, given)
            except KeyError as missing:
                return Answer(1, "", f"{name}: there is no {missing}")
        text = "".join(each for each in flow if isinstance(each, str))
        return Answer(0, text)

    # ---- programs ---------------------------------------------------------------------------------------------------
    def _netsh(self, argv: tuple[str, ...]) -> Answer:
        _, area, way, path = argv
        assert area == "advfirewall"
        if way == "export":
            Path(path).write_text(json.dumps([self.profiles, self.rules]))
        else:
            self.profiles, self.rules = json.loads(Path(path).read_text())
        return Answer(0, "Ok.")

    def _taskkill(self, argv: tuple[str, ...]) -> Answer:
        pid = int(argv[-1])
        if pid not in self.processes:
            return Answer(128, "", "not found")
        if pid not in self.immortal:
            del self.processes[pid]
        return Answer(0, "")

    def _logoff(self, argv: tuple[str, ...]) -> Answer:
        gone = [
            pid
            for pid, each in self.processes.items()
            if each["SessionId"] == int(argv[1]) and pid not in self.immortal
        ]
        for pid in gone:
            del self.processes[pid]
        return Answer(0 if gone else 1, "")

    def _script(self, argv: tuple[str, ...]) -> Answer:
        path = Path(argv[argv.index("-File") + 1])
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        self.scripts.append((path.read_text("utf-8-sig"), *argv[argv.index("-File") + 2 :]))
        return Answer(3, "said 火の見\n", "and complained")

    # ---- cmdlets ----------------------------------------------------------------------------------------------------
    def _where_object(self, flow: list[Any], given: dict[str, Any]) -> list[Any]:
        wanted = bool(given.get("EQ"))
        return [each for each in flow if (each.get(given["Property"]) == given["Value"]) is wanted]

    def _select_object(self, flow: list[Any], given: dict[str, Any]) -> list[Any]:
        return [{name: each.get(name) for name in given["Property"]} for each in flow]

    def _convertto_json(self, flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        return [json.dumps(flow[0] if len(flow) == 1 else flow)] if flow else []

    def _get_netfirewallprofile(self, _flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        """Numbers, as ConvertTo-Json writes enumerations."""
        number = {"True": 1, "False": 0, "Allow": 2, "Block": 4}
        return [
            {"Name": name, **{key: number[value] for key, value in each.items()}}
            for name, each in self.profiles.items()
        ]

    def _set_netfirewallprofile(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        assert given.pop("All") is True
        for each in self.profiles.values():
            each.update(given)
        return []

    def _get_netfirewallrule(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        found = self.rules if given["PolicyStore"] == "PersistentStore" else self.rules | self.policy_rules
        return [{"Name": name, **each} for name, each in found.items() if each["Enabled"] or "Enabled" not in given]

    def _new_netfirewallrule(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        name = given.pop("Name")
        assert name not in self.rules
        self.rules[name] = {**given, "Enabled": True}
        return []

    def _disable_netfirewallrule(self, flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        for each in flow:
            self.rules[each["Name"]]["Enabled"] = False
        return []

    def _remove_netfirewallrule(self, flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        for each in flow:
            del self.rules[each["Name"]]
        return []

    def _get_ciminstance(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        if given["ClassName"] == "Win32_ComputerSystem":
            return [{"Name": self.name}]
        return [
            {"ProcessId": pid, **each, "CreationDate": f"/Date({each['started_ms']})/"}
            for pid, each in self.processes.items()
        ]

    def _get_process(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        assert given["IncludeUserName"] is True
        return [{"Id": pid, **each} for pid, each in self.processes.items()]

    def _get_filehash(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        assert given["Algorithm"] in ("SHA1", "SHA256")
        return [
            {"Path": each, "Hash": self.hashes[each].upper()} for each in given["LiteralPath"] if each in self.hashes
        ]

    def _get_localuser(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        each = self.accounts[given["Name"]]
        return [{"Name": given["Name"], "Enabled": each["Enabled"], "SID": {"BinaryLength": 28, "Value": each["SID"]}}]

    def _disable_localuser(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        self.accounts[given["Name"]]["Enabled"] = False
        return []

    def _enable_localuser(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        self.accounts[given["Name"]]["Enabled"] = True
        return []

    def _get_dnsclientnrptrule(self, _flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        return copy.deepcopy(self.names)

    def _add_dnsclientnrptrule(self, _flow: list[Any], given: dict[str, Any]) -> list[Any]:
        self.names.append(given)
        return []

    def _remove_dnsclientnrptrule(self, flow: list[Any], given: dict[str, Any]) -> list[Any]:
        assert given["Force"] is True
        self.names = [each for each in self.names if each not in flow]
        return []

    def _get_mpcomputerstatus(self, _flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        return [{"AntivirusEnabled": True, "AntivirusSignatureVersion": "1.2.3"}]

    def _get_mpthreatdetection(self, _flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        return list(self.detections)

    def _start_mpscan(self, _flow: list[Any], _given: dict[str, Any]) -> list[Any]:
        self.detections += self.planted
        return []

    # ---- what the network would see ---------------------------------------------------------------------------------
    def lets_out(self, address: str, port: int) -> bool:
        """A rule that blocks wins, then one that allows, then what the profile says."""
        in_force = [
            each
            for each in (self.rules | self.policy_rules).values()
            if each["Enabled"] and each["Direction"] == "Outbound"
        ]
        fitting = {each["Action"] for each in in_force if _fits(each, address, port)}
        return "Block" not in fitting and (
            "Allow" in fitting or self.profiles["Domain"]["DefaultOutboundAction"] == "Allow"
        )

    def state(self) -> str:
        return json.dumps(
            [self.profiles, self.rules, self.names, self.accounts, sorted(self.processes)], sort_keys=True
        )


def _fits(rule: dict[str, Any], address: str, port: int) -> bool:
    remote = rule.get("RemoteAddress", "0.0.0.0/0")
    networks = [ipaddress.ip_network(each, strict=False) for each in (remote if isinstance(remote, list) else [remote])]
    return (
        any(ipaddress.ip_address(address) in each for each in networks)
        and rule.get("RemotePort") in (None, str(port))
        and rule.get("Protocol") != "UDP"
    )
