"""Which collectors run: for each kind of activity the first that can, in the order of COLLECTORS; the others say why not.

One that breaks while it runs is ended, and the next in the order takes what it watched.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hinomi.sensor.collectors import Collector, Emit
from hinomi.wire.inventory import CollectorState
from hinomi.wire.policy import SensorPolicy

log = logging.getLogger(__name__)

REST_S = 600.0  # before one that broke is tried again


class Watch:
    """Thread-safe. A policy that changes what runs starts and stops collectors; one that does not is handed on."""

    def __init__(self, factories: Sequence[Callable[[], Collector]], emit: Emit) -> None:
        self._factories, self._emit = factories, emit
        self._lock = threading.Lock()
        self._running: dict[str, tuple[Collector, tuple[str, ...]]] = {}
        self._idle: dict[str, CollectorState] = {}
        self._broken: dict[str, tuple[float, str]] = {}  # until when it rests, and why
        self._ailing: set[str] = set()

    def apply(self, policy: SensorPolicy) -> None:
        """Follow a policy: what runs goes on without a gap where it still may."""
        with self._lock:
            self._place_all(policy)

    def mend(self, policy: SensorPolicy) -> list[tuple[str, str]]:
        """End what is in trouble at two looks running, let the next take its place; (name, trouble) of what was ended."""
        with self._lock:
            in_trouble = {name: str(_health(each).get("trouble") or "") for name, (each, _) in self._running.items()}
            ended = [(name, trouble) for name, trouble in in_trouble.items() if trouble and name in self._ailing]
            self._ailing = {name for name, trouble in in_trouble.items() if trouble}
            for name, trouble in ended:
                self._broken[name] = (time.monotonic() + REST_S, trouble)
            is_rested = any(until < time.monotonic() for until, _ in self._broken.values())
            if ended or is_rested:
                self._place_all(policy)
            return ended

    def _place_all(self, policy: SensorPolicy) -> None:
        now_s = time.monotonic()
        self._broken = {name: held for name, held in self._broken.items() if held[0] > now_s}
        self._idle.clear()
        takers = dict.fromkeys(policy.watch, "")
        for factory in self._factories:
            self._place(factory(), takers, policy)

    def _place(self, candidate: Collector, takers: dict[str, str], policy: SensorPolicy) -> None:
        """Run it for what nobody before it watches; `takers`: kind -> who watches it, "" when nobody does."""
        name, wanted = candidate.name, tuple(kind for kind in candidate.kinds if takers.get(kind) == "")
        running = self._running.get(name)
        if policy.sources and name not in policy.sources:
            self._end(name, "not among the sources of the policy")
        elif name in self._broken:
            self._end(name, f"it broke: {self._broken[name][1]}", is_spare=False)
        elif not wanted:
            others = sorted({takers[kind] for kind in candidate.kinds if takers.get(kind)})
            self._end(name, f"{', '.join(others)} watches this" if others else "the policy does not ask for it")
        elif running is not None:
            running[0].apply(replace(policy, watch=wanted))
            self._running[name] = (running[0], wanted)
            takers |= dict.fromkeys(wanted, name)
        elif self._start(candidate, wanted, policy):
            takers |= dict.fromkeys(wanted, name)

    def _start(self, candidate: Collector, wanted: tuple[str, ...], policy: SensorPolicy) -> bool:
        name = candidate.name
        try:
            reason = candidate.probe()
            if reason is None:
                candidate.start(self._emit, replace(policy, watch=wanted))
        except OSError as error:  # the system refuses it, in words
            log.warning("collector %s cannot start: %s", name, error)
            reason = str(error)
            _stop(candidate)
        except Exception as error:  # a collector that breaks must not take the sensor with it
            log.exception("collector %s cannot start", name)
            reason = f"{type(error).__name__}: {error}"
            _stop(candidate)
        if reason is not None:
            self._idle[name] = CollectorState(False, reason[:1000])
            return False
        self._running[name] = (candidate, wanted)
        return True

    def _end(self, name: str, reason: str, *, is_spare: bool = True) -> None:
        running = self._running.pop(name, None)
        if running is not None:
            _stop(running[0])
        self._idle[name] = CollectorState(False, reason[:1000], spare=is_spare)

    def states(self) -> dict[str, CollectorState]:
        with self._lock:
            found = dict(self._idle)
            for name, (collector, wanted) in self._running.items():
                health = _health(collector)
                trouble = str(health.get("trouble") or "")
                told = trouble or str(health.get("note") or "")
                found[name] = CollectorState(not trouble, told[:1000], wanted, int(health.get("lost") or 0))
            return found

    def health(self) -> dict[str, Any]:
        with self._lock:
            return {name: _health(collector) for name, (collector, _) in self._running.items()}

    def stop(self) -> None:
        with self._lock:
            for collector, _ in self._running.values():
                _stop(collector)
            self._running.clear()


def _health(collector: Collector) -> dict[str, Any]:
    try:
        return collector.health()
    except Exception as error:  # noqa: BLE001  (what is asked for its health may be broken, and says so)
        return {"trouble": f"{type(error).__name__}: {error}"}


def _stop(collector: Collector) -> None:
    try:
        collector.stop()
    except Exception:  # the others must be stopped too
        log.exception("collector %s cannot be stopped", collector.name)
