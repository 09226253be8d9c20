"""The block list on a Windows host: addresses by firewall rules, domains by the name resolution policy; nothing else.

A domain's questions, and those of all names below it, are sent to an address where nobody answers. Time-outs are kept by the sensor,
once a minute, not by the system. File hashes would need an application control policy: not done.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hinomi.sensor import state_file
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.block_list import NOT_HERE, covers, load, path, until
from hinomi.sensor.windows import firewall
from hinomi.sensor.windows.command import Cmdlet, asked, pipeline, rows
from hinomi.sensor.windows.plan import Host, Plan, Step, ask, carry_out

MOST_DOMAINS = 200  # of one rule
SINK = "127.255.255.254"
_COMMENT = firewall.BLOCKS
_NAMES = asked(Cmdlet("Get-DnsClientNrptRule"), of=("Namespace", "Comment"))
_NO_HASHES = "Windows refuses files by hash only through an application control policy; the sensor makes none."
TOLD = {
    "ip": ("blocked", "By firewall rules, both ways. Untested on Windows."),
    "domain": (
        "blocked",
        "By the name resolution policy, names below it too; not for DNS over HTTPS. Untested on Windows.",
    ),
    "fileSha1": ("unsupported", _NO_HASHES),
    "fileSha256": ("unsupported", _NO_HASHES),
    **{kind: ("unsupported", reason) for kind, reason in NOT_HERE.items()},
}


def apply(
    host: Host,
    folder: Path,
    version: int,
    objects: Sequence[Mapping[str, Any]],
    servers: Sequence[tuple[str, int]],
    now_ms: int,
) -> dict[str, Any]:
    for each in objects:
        if each["type"] == "ip" and not firewall.is_address(str(each["value"])):
            raise ActionFailed("refused", f"{str(each['value'])[:64]} is no address.", "アドレスではない値があります。")
    spared = sorted(
        {str(each["value"]) for each in objects if each["type"] == "ip" and covers(str(each["value"]), servers)}
    )
    state = {"version": version, "objects": [dict(each) for each in objects], "spared": spared}
    state_file.write(path(folder), state)
    enforce(host, folder, state, now_ms)
    kinds = sorted({str(each["type"]) for each in objects})
    unknown = ("unsupported", "This sensor does not know the type.")
    said = {kind: TOLD.get(kind, unknown) for kind in kinds}
    return {
        "version": version,
        "enforced": {kind: word for kind, (word, _) in said.items()},
        "reasons": {kind: reason for kind, (_, reason) in said.items()},
        "spared": spared,
    }


def wanted(state: Mapping[str, Any], kind: str, now_ms: int) -> list[str]:
    """Values of a type whose time is not over, but those that cover the server."""
    found = (each for each in state["objects"] if each["type"] == kind and until(each) > now_ms)
    return sorted({str(each["value"]) for each in found} - set(state["spared"]))


def enforce(host: Host, folder: Path, state: Mapping[str, Any], now_ms: int) -> None:
    """Rules in the place of those of before; `block_list.enforced` says what stands."""
    values = {kind: wanted(state, kind, now_ms) for kind in ("ip", "domain")}
    carry_out(Plan("apply_block_list", (*firewall.blocking(values["ip"]), *_naming(values["domain"]))), host)
    state_file.write(folder / "block_list.enforced", {"values": values})


def _naming(domains: Sequence[str]) -> tuple[Step, ...]:
    clear = pipeline(
        Cmdlet("Get-DnsClientNrptRule"),
        Cmdlet("Where-Object", {"Property": "Comment", "EQ": True, "Value": _COMMENT}),
        Cmdlet("Remove-DnsClientNrptRule", {"Force": True}),
    )
    steps = [Step("take away the names of the list before", clear)]
    for start in range(0, len(domains), MOST_DOMAINS):
        part = domains[start : start + MOST_DOMAINS]
        names = tuple(form for each in part for form in (each, f".{each}"))
        rule = Cmdlet("Add-DnsClientNrptRule", {"Namespace": names, "NameServers": (SINK,), "Comment": _COMMENT})
        steps.append(Step(f"refuse {len(part)} domains", pipeline(rule), clear))
    return tuple(steps)


def reassert(host: Host, folder: Path, now_ms: int) -> dict[str, Any] | None:
    """Make anew what was changed or has run out; the reason when somebody changed it."""
    state = load(folder)
    kept = (state_file.read(folder / "block_list.enforced") or {}).get("values") or {"ip": [], "domain": []}
    values = {kind: wanted(state, kind, now_ms) for kind in ("ip", "domain")}
    if not any((*kept.values(), *values.values())):
        return None
    is_intact = _is_intact(host, kept)
    if is_intact and values == kept:
        return None
    enforce(host, folder, state, now_ms)
    return None if is_intact else {"reason": "rules of the block list were gone or changed and were made again"}


def _is_intact(host: Host, values: Mapping[str, Sequence[str]]) -> bool:
    rules = rows(ask(host, firewall.RULES, "read the firewall's rules"))
    ours = sum(1 for each in rules if each.get("Group") == firewall.BLOCKS)
    names = rows(ask(host, _NAMES, "read the name resolution policy"))
    is_named = any(each.get("Comment") == _COMMENT for each in names)
    parts = -(-len(values["ip"]) // firewall.MOST_ADDRESSES)
    return ours == 2 * parts and is_named == bool(values["domain"])


def look(host: Host, folder: Path, now_ms: int) -> dict[str, Any]:
    state = load(folder)
    values = {kind: wanted(state, kind, now_ms) for kind in ("ip", "domain")}
    counts = {kind: len(found) for kind, found in values.items()}
    return {"version": state["version"], "counts": counts, "intact": _is_intact(host, values)}
