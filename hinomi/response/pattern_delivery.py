"""Brings sensors to the newest pattern set: a task `apply_patterns` for each that is behind, and none for the others."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from hinomi.errors import HinomiError, Refused
from hinomi.response.patterns import Patterns
from hinomi.schema.endpoint import Endpoint
from hinomi.schema.task import Target, TargetKind

ACTION = "apply_patterns"


class Ask(Protocol):
    """Asks for a task in the server's own name."""

    def __call__(self, action: str, target: Target, parameters: Mapping[str, Any]) -> object: ...


class PatternDelivery:
    """`endpoints`: those that are connected now. Called after a change and every few seconds; cheap when all are up to date."""

    def __init__(self, patterns: Patterns, endpoints: Callable[[], Iterable[Endpoint]], ask: Ask) -> None:
        self._patterns, self._endpoints, self._ask = patterns, endpoints, ask
        self._told: dict[str, tuple[int, int]] = {}  # guid -> (version asked for, at which pattern_version)

    def sweep(self) -> int:
        """How many tasks were asked for."""
        newest = self._patterns.current()
        if newest.version == 0:
            return 0
        behind = [one for one in self._endpoints() if one.pattern_version != newest.version and _can(one)]
        return sum(self._bring(one, newest.version, newest.sha256) for one in behind)

    def _bring(self, endpoint: Endpoint, version: int, sha256: str) -> bool:
        asked = (version, endpoint.pattern_version)
        if self._told.get(endpoint.guid) == asked:
            return False
        target = Target(TargetKind.ENDPOINT, endpoint.guid, endpoint.name)
        parameters = {"version": version, "url": f"/sensor/v1/patterns/{version}", "sha256": sha256}
        try:
            self._ask(ACTION, target, parameters)
        except Refused:  # such a task is on its way already
            pass
        except HinomiError:
            return False
        self._told[endpoint.guid] = asked
        return True


def _can(endpoint: Endpoint) -> bool:
    return not endpoint.is_revoked and ACTION in endpoint.actions and ACTION not in endpoint.cannot
