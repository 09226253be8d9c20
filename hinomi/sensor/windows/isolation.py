"""The isolation of a Windows host: state on disk first, then the plan; what a crash cuts off is ended at the next start.

The dead-man is this sensor: unlike on Linux nothing in the system lifts an isolation while the sensor does not run.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hinomi.sensor import isolation_state, state_file
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.isolation_state import IsolationState
from hinomi.sensor.windows import firewall
from hinomi.sensor.windows.plan import Host, Plan, ask, carry_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation(IsolationState):
    """`stands`: the plan was carried out and checked."""

    stands: bool = False


def _saved(folder: Path) -> Path:
    return folder / "firewall-before.wfw"


def load(folder: Path) -> Isolation | None:
    return isolation_state.load(folder, Isolation)


def isolate(host: Host, folder: Path, wish: Isolation) -> dict[str, Any]:
    """`before_sha256` of the wish is filled in. A second one keeps what is known of before. ActionFailed: nothing was changed."""
    isolation_state.require_server(wish.servers)
    earlier = load(folder)
    if earlier is not None and earlier.stands and not earlier.restoring:
        kept = Isolation(
            **asdict(wish) | {"since_ms": earlier.since_ms, "before_sha256": earlier.before_sha256, "stands": True}
        )
        state_file.write(isolation_state.path(folder), asdict(kept))
        return _enforced(host, kept)
    if earlier is not None:
        restore(host, folder)
    _saved(folder).unlink(missing_ok=True)
    begun = Isolation(**asdict(wish) | {"before_sha256": _fingerprint(host)})
    state_file.write(isolation_state.path(folder), asdict(begun))
    try:
        carry_out(firewall.isolation(str(_saved(folder)), begun.servers, begun.allow), host)
    except ActionFailed:
        state_file.remove(isolation_state.path(folder))
        raise
    state_file.write(isolation_state.path(folder), asdict(begun) | {"stands": True})
    return _told(host, begun)


def _enforced(host: Host, state: Isolation) -> dict[str, Any]:
    """Again over what stands; without a way back, for that would free the host."""
    steps = firewall.reassertion(state.servers, state.allow, None)
    carry_out(Plan("isolate_endpoint", steps, firewall.isolated_checks()), host)
    return _told(host, state)


def _told(host: Host, state: Isolation) -> dict[str, Any]:
    return {
        "rules_sha256": _fingerprint(host),
        "cut_flows": 0,
        "cut_by": "rules",
        "since_ms": state.since_ms,
        "until_ms": state.until_ms,
        "families": ["ipv4", "ipv6"],
    }


def _fingerprint(host: Host) -> str:
    return firewall.fingerprint(_profiles(host), _rules(host), (firewall.BLOCKS,))


def _profiles(host: Host) -> str:
    return ask(host, firewall.PROFILES, "read the firewall's profiles")


def _rules(host: Host) -> str:
    return ask(host, firewall.RULES, "read the firewall's rules")


def restore(host: Host, folder: Path) -> dict[str, Any]:
    """Idempotent. `identical`: what is in force is as it was before; None when nothing is known of before."""
    state = load(folder)
    if state is None:
        return {
            "rules_sha256_before": "",
            "rules_sha256_after": _fingerprint(host),
            "identical": None,
            "was_isolated": False,
        }
    state_file.write(isolation_state.path(folder), asdict(state) | {"restoring": True})
    if _saved(folder).is_file():
        carry_out(firewall.restoration(str(_saved(folder))), host)
    after = _fingerprint(host)
    state_file.remove(isolation_state.path(folder))
    _saved(folder).unlink(missing_ok=True)
    return {
        "rules_sha256_before": state.before_sha256,
        "rules_sha256_after": after,
        "identical": state.before_sha256 == after,
        "was_isolated": True,
    }


def look(host: Host, folder: Path, now_ms: int) -> dict[str, Any]:
    """What is in force now, read anew."""
    state, profiles, rules = load(folder), _profiles(host), _rules(host)
    is_present = bool(firewall.left_rules(rules))
    return {
        "isolated": is_present and not firewall.open_profiles(profiles) and not firewall.open_rules(rules),
        "present": is_present,
        "wanted": state is not None and not state.restoring,
        "rules_sha256": firewall.fingerprint(profiles, rules, (firewall.BLOCKS,)),
        "since_ms": state.since_ms if state else None,
        "left_s": max(0, state.until_ms - now_ms) // 1000 if state and state.until_ms else None,
    }


def reassert(host: Host, folder: Path, servers: Sequence[tuple[str, int]], now_ms: int) -> dict[str, Any] | None:
    """Make the rules what the state file says; {"state": on | off, "reason": text} when there was something to do."""
    state = load(folder)
    if state is None:
        return None
    if state.restoring or not state.stands or (state.until_ms and now_ms >= state.until_ms):
        restore(host, folder)
        return {
            "state": "off",
            "reason": "the dead-man lifted it"
            if state.stands and not state.restoring
            else "what was broken off was ended",
        }
    has_moved = bool(servers) and tuple(servers) != state.servers
    if not has_moved and look(host, folder, now_ms)["isolated"]:
        return None
    wanted = Isolation(**asdict(state) | {"servers": tuple(servers) if has_moved else state.servers})
    state_file.write(isolation_state.path(folder), asdict(wanted))
    _enforced(host, wanted)
    return {
        "state": "on",
        "reason": "the server moved" if has_moved else "the rules were gone or changed and were made again",
    }
