"""What surrounds the attack in a laboratory's recording: the events that no labelled technique explains.

Nobody marked the events one by one, so they are separated like this. Explained is
1. an event with a detection (ours or SigmaHQ's) that carries a labelled technique of the recording, its parent or a
   sub-technique;
2. what the processes of such events did, and what their descendants did: programs of the system that live from start to
   end (services.exe, svchost.exe, lsass.exe, explorer.exe ...) are not followed;
3. the event that cleared the logs before the recording began.
The rest is background. It still holds acts of the attack that nobody labelled (the agent's own traffic, discovery on the
way), so its figures are an upper hint of false alarms, never a lower one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hinomi.attack.crosswalk import same_technique
from hinomi.normalise.normaliser import Normaliser
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.record import RecordBatch

from .scoring import Outcome

_LONG_LIVED = frozenset(
    [
        "system",
        "registry",
        "smss.exe",
        "csrss.exe",
        "wininit.exe",
        "winlogon.exe",
        "services.exe",
        "lsass.exe",
        "svchost.exe",
        "explorer.exe",
        "dwm.exe",
        "userinit.exe",
        "spoolsv.exe",
        "dns.exe",
        "dfsrs.exe",
        "wmiprvse.exe",
        "taskhostw.exe",
        "sihost.exe",
        "memory",
        "compression",
        "searchindexer.exe",
        "msmpeng.exe",
        "runtimebroker.exe",
    ]
)
_CLEARING = {("Security", 1102), ("System", 104)}


@dataclass
class Background:
    """`uuids` of the events that are explained; `rest` counts the others."""

    uuids: set[str] = field(default_factory=set)
    rest: int = 0


@dataclass(frozen=True, slots=True)
class _Act:
    uuid: str
    time: int
    actor: int | None
    actor_name: str
    started: int | None
    cleared: bool


def separate(outcome: Outcome, batches: Iterable[RecordBatch]) -> Background:
    """The second reading of a recording that was scored."""
    background = Background(
        {
            one.uuid
            for one in outcome.found
            if any(same_technique(label, technique) for label in outcome.labels for technique in one.techniques)
        }
    )
    acts = sorted(_acts(batches), key=lambda act: act.time)
    followed: set[int] = set()
    for act in acts:
        if act.uuid in background.uuids:
            followed |= _processes(act)
    for act in acts:
        if act.started is not None and act.actor in followed and act.actor_name not in _LONG_LIVED:
            followed.add(act.started)
    for act in acts:
        if act.cleared or act.actor in followed or act.started in followed:
            background.uuids.add(act.uuid)
    background.rest = len({act.uuid for act in acts} - background.uuids)
    return background


def _processes(act: _Act) -> set[int]:
    if act.started is not None:
        return {act.started}
    return {act.actor} if act.actor is not None and act.actor_name not in _LONG_LIVED else set()


def _acts(batches: Iterable[RecordBatch]) -> Iterator[_Act]:
    normaliser = Normaliser()
    for batch in batches:
        for activities in normaliser.normalise(batch, 0).activities:
            if not activities.projected:
                yield from _rows(activities)


def _rows(batch: ActivityBatch) -> Iterator[_Act]:
    none = [None] * batch.length
    columns = (
        batch.fields.get(name) or none
        for name in ("uuid", "eventTime", "processHashId", "processName", "objectProcessHashId", "eventSubId")
    )
    cleared = (batch.kind.channel, batch.kind.event_id) in _CLEARING
    for uuid, time, actor, name, started, sub in zip(*columns, strict=True):
        new = started if sub == 2 else None  # 2: a process was created
        yield _Act(str(uuid), int(time or 0), actor, str(name or "").lower(), new, cleared)
