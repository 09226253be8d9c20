"""The isolation of this host: rules, state on disk, and what becomes of both after a crash.

    isolate(wish) -> state file (fsync) -> table `inet hinomi_isolate` (one transaction) -> live flows cut
    restore()     -> state "restoring"  -> table deleted -> state file removed

Whatever is killed in between, `reassert` at the next start ends it: rules follow the state file. The dead-man lives in
the kernel: while the set `armed` has its elements all is dropped; when they time out, all is let through, with or without us.
Not covered: packet sockets (AF_PACKET go round the inet hooks), and other network namespaces with devices of their own.
"""

import ipaddress
import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hinomi.sensor import isolation_state, nft, state_file
from hinomi.sensor.isolation_state import IsolationState

TABLE = "hinomi_isolate"
OURS = (TABLE, "hinomi_block")  # what the block list does meanwhile is no change of the host's rules
PRIORITY = -310  # before raw (-300): nothing of the host's own rules is asked first
MAX_NAMESPACES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation(IsolationState):
    """`dhcp`: the host's address is of a server that must be asked again."""

    dhcp: bool


def load(folder: Path) -> Isolation | None:
    return isolation_state.load(folder, Isolation)


def isolate(
    folder: Path,
    command_id: str,
    servers: Sequence[tuple[str, int]],
    allow: Sequence[str],
    dead_man_s: int,
    now_ms: int,
) -> dict[str, Any]:
    """Idempotent: a second one keeps `since_ms` and what is known of the rules before, and winds the dead-man up again."""
    isolation_state.require_server(servers)
    earlier = load(folder)
    stands = earlier is not None and not earlier.restoring
    wish = Isolation(
        since_ms=earlier.since_ms if earlier and stands else now_ms,
        until_ms=now_ms + dead_man_s * 1000 if dead_man_s else 0,
        servers=tuple(servers),
        allow=tuple(allow),
        dhcp=has_dynamic_address(),
        before_sha256=earlier.before_sha256 if earlier and stands else nft.ruleset_sha256(OURS),
        command_id=command_id,
    )
    state_file.write(isolation_state.path(folder), asdict(wish))
    return enforce(folder, wish, now_ms)


def enforce(folder: Path, wish: Isolation, now_ms: int) -> dict[str, Any]:
    nft.apply(nft.replacing(TABLE, rules(wish, now_ms)))
    made = nft.table_sha256(TABLE)
    state_file.write(_rules_path(folder), {"sha256": made})
    cut, how = cut_flows(wish)
    return {
        "rules_sha256": made,
        "cut_flows": cut,
        "cut_by": how,
        "since_ms": wish.since_ms,
        "until_ms": wish.until_ms,
        "families": ["ipv4", "ipv6"],
        "dhcp": wish.dhcp,
        "other_namespaces": other_namespaces(),
    }


def restore(folder: Path) -> dict[str, Any]:
    """Idempotent. `identical`: the host's rules hash as before the isolation; None when nothing is known of before."""
    state = load(folder)
    if state is not None:
        state_file.write(isolation_state.path(folder), asdict(state) | {"restoring": True})
    nft.delete(TABLE)
    after = nft.ruleset_sha256(OURS)
    state_file.remove(_rules_path(folder))
    state_file.remove(isolation_state.path(folder))
    before = state.before_sha256 if state else ""
    return {
        "rules_sha256_before": before,
        "rules_sha256_after": after,
        "identical": before == after if state else None,
        "was_isolated": state is not None,
    }


def reassert(folder: Path, servers: Sequence[tuple[str, int]], now_ms: int) -> dict[str, Any] | None:
    """Make the rules what the state file says: at start, when the server's address changed, and every minute.

    None when there was nothing to do; else {"state": "on" | "off", "reason": text} for an activity of kind `isolation`.
    """
    state = load(folder)
    if state is None:
        if nft.missing() is not None or not nft.is_there(TABLE):
            return None
        nft.delete(TABLE)  # ours by name, and nobody asked for it: a crash between two commands, or a forgery
        return {"state": "off", "reason": "rules without a state were removed"}
    if state.restoring or (state.until_ms and now_ms >= state.until_ms):
        reason = "a restore that was broken off was ended" if state.restoring else "the dead-man lifted it"
        restore(folder)
        return {"state": "off", "reason": reason}
    moved = tuple(servers) != state.servers and bool(servers)
    wanted = Isolation(**asdict(state) | {"servers": tuple(servers) if moved else state.servers})
    if not moved and not _drifted(folder):
        return None
    state_file.write(isolation_state.path(folder), asdict(wanted))
    enforce(folder, wanted, now_ms)
    return {
        "state": "on",
        "reason": "the server moved" if moved else "the rules were gone or changed and were made again",
    }


def look(folder: Path, now_ms: int) -> dict[str, Any]:
    """What stands in the kernel now, read anew. `isolated`: the table is there and the dead-man has not let go."""
    state, found = load(folder), nft.read(TABLE)
    armed = not state or not state.until_ms or bool(nft.elements(TABLE, "armed"))
    return {
        "isolated": bool(found) and armed,
        "present": bool(found),
        "wanted": state is not None and not state.restoring,
        "rules_sha256": nft.table_sha256(TABLE),
        "since_ms": state.since_ms if state else None,
        "left_s": max(0, state.until_ms - now_ms) // 1000 if state and state.until_ms else None,
    }


def _rules_path(folder: Path) -> Path:
    return folder / "isolation.rules"


def _drifted(folder: Path) -> bool:
    known = state_file.read(_rules_path(folder)) or {}
    return not known or known.get("sha256") != nft.table_sha256(TABLE)


def rules(wish: Isolation, now_ms: int) -> str:
    """The body of the table. New connections from outside are none of the server's business either: no SYN comes in."""
    left_s = max(1, (wish.until_ms - now_ms + 999) // 1000) if wish.until_ms else 0
    armed = f"ipv4 timeout {left_s}s, ipv6 timeout {left_s}s"
    lifted = "    meta nfproto != @armed accept\n" if left_s else ""
    sets = [f"  set armed {{ typeof meta nfproto; flags timeout; elements = {{ {armed} }}; }}"] if left_s else []
    for version in (4, 6):
        servers = [f"{address} . {port}" for address, port in wish.servers if _version(address) == version]
        allow = [each for each in wish.allow if _version(each) == version]
        sets.append(f"  set server{version} {{ type ipv{version}_addr . inet_service; {_elements(servers)} }}")
        sets.append(
            f"  set allow{version} {{ type ipv{version}_addr; flags interval; auto-merge; {_elements(allow)} }}"
        )
    neighbours = "icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }"
    chains = f"""  chain input {{
    type filter hook input priority {PRIORITY}; policy drop;
    iif "lo" accept
{lifted}    tcp flags & (fin | syn | rst | ack) != syn ip saddr . tcp sport @server4 accept
    tcp flags & (fin | syn | rst | ack) != syn ip6 saddr . tcp sport @server6 accept
    ip saddr @allow4 accept
    ip6 saddr @allow6 accept
    icmp type destination-unreachable icmp code frag-needed accept
    icmpv6 type packet-too-big accept
    {neighbours} ip6 hoplimit 255 accept
{_dhcp(wish, incoming=True)}  }}
  chain output {{
    type filter hook output priority {PRIORITY}; policy drop;
    oif "lo" accept
{lifted}    ip daddr . tcp dport @server4 accept
    ip6 daddr . tcp dport @server6 accept
    ip daddr @allow4 accept
    ip6 daddr @allow6 accept
    icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }} ip6 hoplimit 255 accept
{_dhcp(wish, incoming=False)}  }}
  chain forward {{
    type filter hook forward priority {PRIORITY}; policy drop;
{lifted}  }}"""
    return "\n".join([*sets, chains])


def _dhcp(wish: Isolation, *, incoming: bool) -> str:
    if not wish.dhcp:
        return ""
    (a, b), (c, d) = ((67, 68), (547, 546)) if incoming else ((68, 67), (546, 547))
    return f"    udp sport {a} udp dport {b} accept\n    udp sport {c} udp dport {d} accept\n"


def _elements(values: Sequence[str]) -> str:
    return f"elements = {{ {', '.join(sorted(set(values)))} }};" if values else ""


def _version(address: str) -> int:
    return ipaddress.ip_network(address, strict=False).version


def has_dynamic_address() -> bool:
    """Did any interface get its address by DHCP (or router advertisement)? True when that cannot be read."""
    try:
        listing = subprocess.run(["ip", "-j", "addr"], capture_output=True, timeout=10, check=True)  # noqa: S607
        found = json.loads(listing.stdout or b"[]")
    except (OSError, ValueError, subprocess.SubprocessError):
        return True
    return any(each.get("dynamic") for link in found for each in link.get("addr_info", []))


def cut_flows(wish: Isolation) -> tuple[int, str]:
    """Close sockets that lead elsewhere, so that programs notice; (how many, by what). The rules drop them anyway."""
    if shutil.which("ss") is None:
        return 0, "rules"
    stay = ["dst 127.0.0.0/8", "dst [::1]"]
    stay += [f"( dst {_bracketed(address)} and dport = {port} )" for address, port in wish.servers]
    stay += [f"dst {_bracketed(each)}" for each in wish.allow]
    command = ["ss", "-H", "-K", "-tu", "state", "connected", f"not ( {' or '.join(stay)} )"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    if done.returncode or "not supported" in done.stderr:  # a kernel without INET_DIAG_DESTROY
        return 0, "rules"
    return sum(1 for line in done.stdout.splitlines() if line.strip()), "ss"


def _bracketed(network: str) -> str:
    found = ipaddress.ip_network(network, strict=False)
    length = "" if found.prefixlen == found.max_prefixlen else f"/{found.prefixlen}"
    return f"[{found.network_address}]{length}" if found.version == 6 else f"{found.network_address}{length}"


def other_namespaces() -> list[dict[str, Any]]:
    """Network namespaces beside our own: what they route through this one is dropped in `forward`, the rest is not."""
    own = _inode("/proc/thread-self/ns/net")
    found: dict[int, dict[str, Any]] = {}
    for entry in (each.name for each in Path("/proc").iterdir() if each.name.isdigit()):
        inode = _inode(f"/proc/{entry}/ns/net")
        if inode and inode != own:
            space = found.setdefault(
                inode, {"inode": inode, "processes": 0, "example": _name(entry), "covered": "forward"}
            )
            space["processes"] += 1
    return sorted(found.values(), key=lambda each: -each["processes"])[:MAX_NAMESPACES]


def _inode(path: str) -> int:
    try:
        match = re.search(r"\d+", str(Path(path).readlink()))
    except OSError:
        return 0
    return int(match[0]) if match else 0


def _name(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return ""
