"""The host's firewall as plans. Rules of ours carry a group; all others are put aside for an isolation, and come back with its end.

On Windows a rule that blocks wins over one that allows, and what no rule speaks of is decided by the profile. So an isolation is:
all profiles block what no rule allows, and the only rules in force are ours. Written from the NetSecurity cmdlets.
"""

import hashlib
import ipaddress
import json
from collections.abc import Iterable, Sequence
from typing import Any

from hinomi.sensor.windows.command import Cmdlet, Command, asked, pipeline, program, rows
from hinomi.sensor.windows.plan import Check, Plan, Step

ISOLATION, BLOCKS = "Hinomi isolation", "Hinomi block list"
MOST_ADDRESSES = 200  # of one rule: a command line has an end
_BLOCK, _ALLOW, _ON = frozenset({4, "Block"}), frozenset({2, "Allow"}), frozenset({1, "True"})
_PROFILE = ("Name", "Enabled", "DefaultInboundAction", "DefaultOutboundAction")
_RULE = ("Name", "Group", "Direction", "Action")

PROFILES = asked(Cmdlet("Get-NetFirewallProfile", {"PolicyStore": "ActiveStore"}), of=_PROFILE)
RULES = asked(Cmdlet("Get-NetFirewallRule", {"PolicyStore": "ActiveStore", "Enabled": "True"}), of=_RULE)

_DHCP = Cmdlet(
    "New-NetFirewallRule",
    {
        "Name": "hinomi-isolation-dhcp",
        "DisplayName": "hinomi-isolation-dhcp",
        "Group": ISOLATION,
        "Direction": "Outbound",
        "Action": "Allow",
        "Profile": "Any",
        "Protocol": "UDP",
        "LocalPort": "68",
        "RemotePort": "67",
    },
)
_CLOSE = Cmdlet(
    "Set-NetFirewallProfile",
    {"All": True, "Enabled": "True", "DefaultInboundAction": "Block", "DefaultOutboundAction": "Block"},
)
_DISABLE_OTHERS = pipeline(
    Cmdlet("Get-NetFirewallRule", {"PolicyStore": "PersistentStore", "Enabled": "True"}),
    Cmdlet("Where-Object", {"Property": "Group", "NE": True, "Value": ISOLATION}),
    Cmdlet("Disable-NetFirewallRule"),
    timeout_s=180,
)


def isolation(saved: str, servers: Sequence[tuple[str, int]], allow: Iterable[str]) -> Plan:
    """`saved`: the file where the whole policy of before is kept; the way back of every step is that file."""
    back = imported(saved)
    return Plan(
        "isolate_endpoint",
        (
            Step("keep the firewall's policy of before", program("netsh.exe", "advfirewall", "export", saved)),
            *reassertion(servers, allow, back),
        ),
        isolated_checks(),
    )


def reassertion(servers: Sequence[tuple[str, int]], allow: Iterable[str], back: Command | None) -> tuple[Step, ...]:
    """Harmless when it stands already. The sensor's own way is opened before all else is closed."""
    allowed = [_rule(f"hinomi-isolation-server-{index}", ISOLATION, "Outbound", "Allow", address, port)
               for index, (address, port) in enumerate(servers)]  # fmt: skip
    for index, network in enumerate(allow):
        allowed += [
            _rule(f"hinomi-isolation-allow-{index}-{way}", ISOLATION, way, "Allow", network)
            for way in ("Inbound", "Outbound")
        ]
    return (
        Step("take away rules of an isolation before", removed(ISOLATION)),
        *(Step(f"allow {each.parameters['Name']}", pipeline(each), back) for each in (*allowed, _DHCP)),
        Step("block what no rule allows, in every profile", pipeline(_CLOSE), back),
        Step("put all other rules out of force", _DISABLE_OTHERS, back),
    )


def isolated_checks() -> tuple[Check, ...]:
    return (
        Check("every profile blocks what no rule allows", PROFILES, open_profiles),
        Check("only rules of the isolation allow anything", RULES, open_rules),
    )


def restoration(saved: str) -> Plan:
    return Plan(
        "restore_endpoint",
        (
            Step("bring back the firewall's policy of before", imported(saved)),
            Step("take away what is left of ours", removed(ISOLATION)),
        ),
        (Check("no rule of the isolation is left", RULES, left_rules),),
    )


def imported(saved: str) -> Command:
    return program("netsh.exe", "advfirewall", "import", saved)


def removed(group: str) -> Command:
    """No error when there is none."""
    chosen = Cmdlet("Where-Object", {"Property": "Group", "EQ": True, "Value": group})
    stored = Cmdlet("Get-NetFirewallRule", {"PolicyStore": "PersistentStore"})
    return pipeline(stored, chosen, Cmdlet("Remove-NetFirewallRule"), timeout_s=180)


def blocking(networks: Sequence[str]) -> tuple[Step, ...]:
    """Rules that block addresses, both ways, in the place of those of before."""
    steps = [Step("take away the rules of the list before", removed(BLOCKS))]
    for start in range(0, len(networks), MOST_ADDRESSES):
        part = tuple(networks[start : start + MOST_ADDRESSES])
        for way in ("Inbound", "Outbound"):
            rule = _rule(f"hinomi-block-{start}-{way}", BLOCKS, way, "Block", part)
            steps.append(Step(f"block {len(part)} addresses, {way.lower()}", pipeline(rule), removed(BLOCKS)))
    return tuple(steps)


def _rule(name: str, group: str, way: str, action: str, remote: str | tuple[str, ...], port: int = 0) -> Cmdlet:
    given: dict[str, Any] = {"Name": name, "DisplayName": name, "Group": group, "Direction": way, "Action": action}
    given |= {"Profile": "Any", "RemoteAddress": remote}
    return Cmdlet("New-NetFirewallRule", given | ({"Protocol": "TCP", "RemotePort": str(port)} if port else {}))


def open_profiles(output: str) -> str:
    found = rows(output)
    if not found:
        return "no profile was told"
    return ", ".join(str(each.get("Name")) for each in found if not _is_closed(each))


def _is_closed(profile: dict[str, Any]) -> bool:
    is_on = profile.get("Enabled") in _ON
    return is_on and profile.get("DefaultInboundAction") in _BLOCK and profile.get("DefaultOutboundAction") in _BLOCK


def open_rules(output: str) -> str:
    """Of a group policy, say: rules that we cannot put out of force."""
    found = [
        str(each.get("Name"))
        for each in rows(output)
        if each.get("Action") in _ALLOW and each.get("Group") != ISOLATION
    ]
    return f"{len(found)} rules still allow: {', '.join(found[:5])}" if found else ""


def left_rules(output: str) -> str:
    return ", ".join(str(each.get("Name")) for each in rows(output) if each.get("Group") == ISOLATION)


def fingerprint(profiles: str, rules: str, apart: Iterable[str] = ()) -> str:
    """Of what is in force, without the groups named in `apart`."""
    groups = frozenset(apart)
    kept = [each for each in rows(rules) if each.get("Group") not in groups]
    ordered = sorted(json.dumps(each, sort_keys=True) for each in [*rows(profiles), *kept])
    return hashlib.sha256("\n".join(ordered).encode()).hexdigest()


def is_address(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True
