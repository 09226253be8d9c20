"""isolate_endpoint: only the server can be reached; see sensor/isolation.py."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import isolation, nft
from hinomi.sensor.action import EndpointAction, Work


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    allow, dead_man_s = parameters.get("allow") or [], int(parameters.get("dead_man_s") or 0)
    found = isolation.isolate(work.folder, work.command_id, work.server_addresses, allow, dead_man_s, work.now_ms())
    work.emit("isolation", {"state": "on", "reason": "asked for", "until_ms": found["until_ms"]})
    return found


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The state file is written before the rules are: when it names this command, the isolation stands or is made now."""
    state = isolation.load(work.folder)
    if state is None or state.command_id != work.command_id:
        return None
    if state.until_ms and work.now_ms() >= state.until_ms:
        return None
    return isolation.enforce(work.folder, state, work.now_ms())


ACTION = EndpointAction("isolate_endpoint", run, nft.missing, after_crash)
