"""The block list on this host: what is enforced by the kernel, what is not and why, and whether it still stands.

    apply(folder, version, objects, servers, now_ms, guards) -> state file (fsync) -> table `inet hinomi_block` and guards

ip: packets to and from are refused by the kernel, each address until its own time is over, with or without us.
file hashes (file_block.py) and domains (name_block.py): refused while the sensor runs; decisions/0015.
url, sender addresses: not enforced here, and the reason is told.
Not covered, as with isolation: packet sockets, and other network namespaces with devices of their own.
"""

import ipaddress
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hinomi.sensor import nft, state_file
from hinomi.sensor.action import ActionFailed, Guarding

TABLE = "hinomi_block"
PRIORITY = -305  # after the isolation, before the host's own rules
FOREVER = 1 << 62
GUARDED = ("fileSha1", "fileSha256", "domain")
MAX_TIMEOUT_S = 10 * 365 * 86_400
NOT_HERE = {
    "url": "Not enforced on the host. Export the list to your proxy.",
    "senderMailAddress": "A matter of the mail server, not of a host.",
}
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def path(folder: Path) -> Path:
    return folder / "block_list.json"


def _rules_path(folder: Path) -> Path:
    return folder / "block_list.rules"


def load(folder: Path) -> dict[str, Any]:
    return state_file.read(path(folder)) or {"version": 0, "objects": [], "spared": []}


def apply(
    folder: Path,
    version: int,
    objects: Sequence[Mapping[str, Any]],
    servers: Sequence[tuple[str, int]],
    now_ms: int,
    guards: Guarding,
) -> dict[str, Any]:
    spared = sorted({each["value"] for each in objects if each["type"] == "ip" and covers(each["value"], servers)})
    state = {"version": version, "objects": [dict(each) for each in objects], "spared": spared}
    state_file.write(path(folder), state)
    enforced, reasons = _enforce(folder, state, now_ms)
    for kind, (word, reason) in guards.follow(guarded(state)).items():
        enforced[kind], reasons[kind] = word, reason
    for each in {str(one["type"]) for one in objects} - {"ip", *enforced}:
        enforced[each] = "unsupported"
        reasons[each] = NOT_HERE.get(each, "This sensor does not know the type.")
    return {"version": version, "enforced": enforced, "reasons": reasons, "spared": spared, **_standing()}


def guarded(state: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Type -> value -> until (ms), of what the guards look after."""
    found: dict[str, dict[str, int]] = {}
    for each in state["objects"]:
        if each["type"] in GUARDED:
            found.setdefault(each["type"], {})[str(each["value"])] = until(each)
    return found


def _enforce(folder: Path, state: Mapping[str, Any], now_ms: int) -> tuple[dict[str, str], dict[str, str]]:
    if not any(each["type"] == "ip" for each in state["objects"]):
        if nft.missing() is None:
            nft.delete(TABLE)
        return {}, {}
    if (why := nft.missing()) is not None:
        return {"ip": "unsupported"}, {"ip": why}
    nft.apply(nft.replacing(TABLE, rules(wanted(state, now_ms), now_ms)))
    state_file.write(_rules_path(folder), {"sha256": nft.chains_sha256(TABLE)})
    reasons = {"ip": f"The server's own addresses are spared: {', '.join(state['spared'])}"} if state["spared"] else {}
    return {"ip": "blocked"}, reasons


def look(folder: Path, now_ms: int, guards: Guarding) -> dict[str, Any]:
    """`intact`: all addresses that should be refused at this moment are, read anew from the kernel; None when it cannot be read.

    `tried`: as in Guards.look.
    """
    state = load(folder)
    counts = dict(Counter(str(each["type"]) for each in state["objects"] if until(each) > now_ms))
    found = {"version": state["version"], "counts": counts, "spared": state["spared"]}
    found["tried"] = guards.look(guarded(state))
    if nft.missing() is not None:
        return {**found, "rules_sha256": "", "intact": None}
    return {**found, **_standing(), "intact": is_intact(folder, state, now_ms)}


def _standing() -> dict[str, Any]:
    return {"rules_sha256": nft.table_sha256(TABLE) if nft.missing() is None else ""}


def reassert(folder: Path, now_ms: int) -> dict[str, Any] | None:
    """Make the rules what the state file says: at start and every minute. None when there was nothing to do."""
    state = load(folder)
    if not state["objects"] or nft.missing() is not None or is_intact(folder, state, now_ms):
        return None
    _enforce(folder, state, now_ms)
    return {"state": "on", "reason": "the rules of the block list were gone or changed and were made again"}


def is_intact(folder: Path, state: Mapping[str, Any], now_ms: int) -> bool:
    if not any(each["type"] == "ip" for each in state["objects"]):
        return not nft.is_there(TABLE)
    known, held = state_file.read(_rules_path(folder)) or {}, set(_held(nft.read(TABLE)))
    stands = bool(known) and known.get("sha256") == nft.chains_sha256(TABLE)
    return stands and all(one in held or any(each in held for each in _wider(one)) for one in wanted(state, now_ms))


def wanted(state: Mapping[str, Any], now_ms: int) -> dict[Network, int]:
    """Networks that do not overlap -> until when (ms). A part that lasts longer than the whole is cut out of it."""
    found: dict[Network, int] = {}
    for each in state["objects"]:
        if each["type"] == "ip" and each["value"] not in state["spared"] and until(each) > now_ms:
            network = ipaddress.ip_network(each["value"], strict=False)
            found[network] = max(found.get(network, 0), until(each))
    kept: dict[Network, int] = {}
    for network in sorted(found, key=lambda one: (one.version, one.prefixlen)):
        _fit(kept, network, found[network])
    return kept


def _fit(kept: dict[Network, int], network: Network, until: int) -> None:
    wider = next((one for one in _wider(network) if one in kept), None)
    if wider is None:
        kept[network] = until
    elif kept[wider] < until:
        rest = kept.pop(wider)
        kept.update(dict.fromkeys(wider.address_exclude(network), rest))  # type: ignore[arg-type]
        kept[network] = until


def _wider(network: Network) -> Iterable[Network]:
    return (network.supernet(new_prefix=length) for length in range(network.prefixlen - 1, -1, -1))


def until(each: Mapping[str, Any]) -> int:
    return int(each.get("expires_ms") or FOREVER)


def covers(value: str, servers: Sequence[tuple[str, int]]) -> bool:
    network = ipaddress.ip_network(value, strict=False)
    return any(ipaddress.ip_address(address) in network for address, _ in servers)


CHAINS = f"""  chain input {{
    type filter hook input priority {PRIORITY}; policy accept;
    iif "lo" accept
    ip saddr @blocked4 drop
    ip6 saddr @blocked6 drop
  }}
  chain output {{
    type filter hook output priority {PRIORITY}; policy accept;
    oif "lo" accept
    ip daddr @blocked4 reject with icmpx type admin-prohibited
    ip6 daddr @blocked6 reject with icmpx type admin-prohibited
  }}
  chain forward {{
    type filter hook forward priority {PRIORITY}; policy accept;
    ip saddr @blocked4 drop
    ip6 saddr @blocked6 drop
    ip daddr @blocked4 drop
    ip6 daddr @blocked6 drop
  }}"""


def rules(networks: Mapping[Network, int], now_ms: int) -> str:
    sets = []
    for version in (4, 6):
        listed = [_element(one, until, now_ms) for one, until in networks.items() if one.version == version]
        elements = f"elements = {{ {', '.join(listed)} }};" if listed else ""
        sets.append(f"  set blocked{version} {{ type ipv{version}_addr; flags interval, timeout; {elements} }}")
    return "\n".join([*sets, CHAINS])


def _element(network: Network, until: int, now_ms: int) -> str:
    name = str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
    left_s = (until - now_ms + 999) // 1000
    return name if left_s > MAX_TIMEOUT_S else f"{name} timeout {max(1, left_s)}s"


def _held(found: Iterable[Mapping[str, Any]]) -> Iterable[Network]:
    for each in found:
        for element in each.get("set", {}).get("elem", []):
            value = element["elem"]["val"] if isinstance(element, dict) and "elem" in element else element
            yield from _networks(value)


def _networks(value: Any) -> Iterable[Network]:
    if isinstance(value, str):
        return [ipaddress.ip_network(value)]
    if "prefix" in value:
        return [ipaddress.ip_network(f"{value['prefix']['addr']}/{value['prefix']['len']}")]
    first, last = (ipaddress.ip_address(each) for each in value["range"])
    return list(ipaddress.summarize_address_range(first, last))


def require_valid(objects: Iterable[Mapping[str, Any]]) -> None:
    """ActionFailed `refused` for an address that is none: then nothing at all is changed."""
    for each in objects:
        if each["type"] == "ip":
            try:
                ipaddress.ip_network(str(each["value"]), strict=False)
            except ValueError:
                value = str(each["value"])[:64]
                raise ActionFailed(
                    "refused", f"{value} is no address.", f"{value} はアドレスではありません。"
                ) from None
