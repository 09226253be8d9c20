"""restore_endpoint: the isolation is lifted; the host's own rules were never touched."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import isolation, nft
from hinomi.sensor.action import EndpointAction, Work


def run(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    found = isolation.restore(work.folder)
    work.emit("isolation", {"state": "off", "reason": "asked for", "identical": found["identical"]})
    return found


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A restore that was begun is ended; one that was not begun is not known to have happened."""
    state = isolation.load(work.folder)
    return isolation.restore(work.folder) if state is not None and state.restoring else None


ACTION = EndpointAction("restore_endpoint", run, nft.missing, after_crash)
