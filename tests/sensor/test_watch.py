"""Which collector watches what, with collectors that do nothing but say how they are."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from hinomi.sensor.collectors import Emit
from hinomi.sensor.watch import Watch
from hinomi.wire.policy import SensorPolicy


class Source:
    def __init__(self, name: str, *kinds: str, reason: str | None = None) -> None:
        self.name, self.kinds, self.reason = name, kinds, reason
        self.watched: tuple[str, ...] | None = None
        self.trouble: str | None = None
        self.note = ""

    def probe(self) -> str | None:
        return self.reason

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        self.watched = policy.watch

    def apply(self, policy: SensorPolicy) -> None:
        self.watched = policy.watch

    def stop(self) -> None:
        self.watched = None

    def health(self) -> dict[str, Any]:
        return {"trouble": self.trouble, "note": self.note}


def watching(*sources: Source, policy: SensorPolicy | None = None) -> Watch:
    made = Watch([lambda one=one: one for one in sources], lambda _kind, _data: None)  # type: ignore[misc]
    made.apply(policy or SensorPolicy())
    return made


def test_the_first_that_can_takes_it_and_the_rest_say_why() -> None:
    best, second, third = (
        Source("best", "process", reason="no right"),
        Source("second", "process", "dns"),
        Source("third", "dns"),
    )
    states = watching(best, second, third).states()
    assert (states["best"].active, states["best"].reason, states["best"].spare) == (False, "no right", False)
    assert (states["second"].active, states["second"].watches) == (True, ("process", "dns"))
    assert (states["third"].reason, states["third"].spare) == ("second watches this", True)


def test_each_watches_only_what_nobody_before_it_does() -> None:
    first, second = Source("first", "process"), Source("second", "process", "module")
    watching(first, second)
    assert (first.watched, second.watched) == (("process",), ("module",))


def test_one_that_breaks_is_replaced_at_the_second_look() -> None:
    first, second = Source("first", "process"), Source("second", "process")
    watch = watching(first, second)
    first.trouble = "the socket failed"
    assert watch.mend(SensorPolicy()) == []
    assert watch.mend(SensorPolicy()) == [("first", "the socket failed")]
    assert (first.watched, second.watched) == (None, ("process",))
    states = watch.states()
    assert (states["first"].reason, states["first"].spare) == ("it broke: the socket failed", False)
    assert watch.mend(SensorPolicy()) == []


def test_trouble_that_passes_ends_nothing() -> None:
    one = Source("one", "process")
    watch = watching(one)
    one.trouble = "for a moment"
    watch.mend(SensorPolicy())
    one.trouble = None
    watch.mend(SensorPolicy())
    one.trouble = "again"
    assert watch.mend(SensorPolicy()) == []
    assert one.watched == ("process",)


def test_what_it_cannot_see_is_its_reason() -> None:
    one = Source("one", "process")
    one.note = "misses the short-lived"
    assert watching(one).states()["one"].reason == "misses the short-lived"


WITHOUT_AUDIT = """
import json
from hinomi.sensor.collectors import COLLECTORS
from hinomi.sensor.watch import Watch
from hinomi.wire.policy import SensorPolicy
watch = Watch(COLLECTORS, lambda kind, data: None)
watch.apply(SensorPolicy(watch=("process", "network", "module", "login")))
print(json.dumps({name: (one.active, one.watches, one.reason) for name, one in watch.states().items()}))
watch.stop()
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv, to give a right up"
)
def test_without_the_right_to_audit_the_fallbacks_take_over() -> None:
    words = ["setpriv", "--bounding-set=-audit_control,-bpf,-perfmon,-sys_admin", sys.executable, "-c", WITHOUT_AUDIT]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    found = json.loads(done.stdout)
    assert "CAP_AUDIT_CONTROL" in found["audit_netlink"][2]
    assert "CAP_AUDIT_CONTROL" in found["logins_audit"][2] or "PAM" in found["logins_audit"][2]
    assert not found["audit_netlink"][0]
    takers = [name for name, (active, watches, _) in found.items() if active and "process" in watches]
    assert takers in (["processes_connector"], ["processes_polling"])
    assert "missed" in found[takers[0]][2]
    assert found["connections_polling"][:2] == [True, ["network"]]
