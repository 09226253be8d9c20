"""The correlator's state as bytes and back. JSON inside zstd; every detection stands once, however many windows hold it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
import zstandard

from hinomi.detect.chain import Met, WindowKey
from hinomi.detect.standing import Alert, Standing
from hinomi.detect.window import Window
from hinomi.schema.content import Severity
from hinomi.schema.detection import Detection

LAYOUT = 2  # raised when the bytes change; a state of another layout is not read, the windows start anew


class Pending(NamedTuple):
    """A verdict that waits until nothing can come in time any more. They are taken in this order."""

    time_ms: int
    depth: int
    detection_id: str
    window: WindowKey


@dataclass(slots=True)
class Numbers:
    """`newest_ms`: the newest event time seen. `evicted`, `late`: what was forgotten at a bound, what came too late."""

    newest_ms: int = 0
    evicted: int = 0
    late: int = 0


@dataclass(slots=True)
class State:
    windows: OrderedDict[WindowKey, Window] = field(default_factory=OrderedDict)
    standing: Standing = field(default_factory=Standing)
    pending: list[Pending] = field(default_factory=list)
    numbers: Numbers = field(default_factory=Numbers)
    versions: dict[str, str] = field(default_factory=dict)  # model id -> version that the windows belong to


def write_state(
    windows: Mapping[WindowKey, Window],
    standing: Standing,
    pending: Sequence[Pending],
    numbers: Numbers,
    versions: dict[str, str],
) -> bytes:
    """All state, compact; the order of windows and alerts is kept, for it decides what goes first at a bound."""
    table = _Table()
    written = [
        [key, [[table.number(one), value] for one, value in window.by_arrival()], sorted(window.told)]
        for key, window in windows.items()
    ]
    alerts = [
        [key, [[one.fingerprint, one.first, one.last_ms, one.suppressed, list(one.carried)] for one in standing_alerts]]
        for key, standing_alerts in standing.alerts.items()
    ]
    state = {
        "layout": LAYOUT,
        "versions": versions,
        "numbers": [numbers.newest_ms, numbers.evicted, numbers.late],
        "standing": [standing.forgotten, standing.suppressed],
        "detections": table.rows,
        "windows": written,
        "alerts": alerts,
        "pending": [list(one) for one in sorted(pending)],
    }
    return zstandard.ZstdCompressor(level=1).compress(orjson.dumps(state))


def read_state(data: bytes) -> State:
    """What `write_state` wrote. Raises ValueError for bytes that are none of ours."""
    try:
        state = orjson.loads(zstandard.ZstdDecompressor().decompress(data))
    except zstandard.ZstdError as error:
        raise ValueError("not a state of the correlator") from error
    if state["layout"] != LAYOUT:
        return State()
    detections: list[Detection] = []
    for row in state["detections"]:  # what a match rests on stands before it
        detections.append(_detection(row, detections))
    windows: OrderedDict[WindowKey, Window] = OrderedDict()
    for key, entries, told in state["windows"]:
        window = windows[_key(key)] = Window()
        for number, value in entries:
            window.insert(detections[number], value)
        window.told.update(told)
    pending = [Pending(time_ms, depth, name, _key(key)) for time_ms, depth, name, key in state["pending"]]
    return State(windows, _standing(state), pending, Numbers(*state["numbers"]), state["versions"])


def _key(row: list[Any]) -> WindowKey:
    return row[0], row[1], tuple(row[2])


def _standing(state: dict[str, Any]) -> Standing:
    standing = Standing()
    standing.forgotten, standing.suppressed = state["standing"]
    for (model_id, names, values), alerts in state["alerts"]:
        standing.alerts[model_id, tuple(names), tuple(values)] = [
            Alert(fingerprint, (first[0], first[1], first[2], first[3]), last_ms, suppressed, dict.fromkeys(carried))
            for fingerprint, first, last_ms, suppressed, carried in alerts
        ]
    return standing


class _Table:
    """Every detection once, by its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.rows: list[Any] = []

    def number(self, one: Detection) -> int:
        found = self._numbers.get(one.id)
        if found is None:
            extra = [one.source, one.length_s, self.number(one.last)] if isinstance(one, Met) else []
            found = self._numbers[one.id] = len(self.rows)
            self.rows.append(_row(one) + extra)
        return found


def _row(one: Detection) -> list[Any]:
    return [
        one.id,
        one.filter_id,
        one.filter_version,
        one.risk,
        one.techniques,
        one.tactics,
        one.uuid,
        one.event_time_ms,
        one.endpoint_guid,
        one.endpoint_name,
        one.highlights,
        one.activity,
        one.position,
        one.values,
    ]


def _detection(row: list[Any], earlier: Sequence[Detection]) -> Detection:
    facts: dict[str, Any] = {
        "id": row[0],
        "filter_id": row[1],
        "filter_version": row[2],
        "risk": Severity(row[3]),
        "techniques": tuple(row[4]),
        "tactics": tuple(row[5]),
        "uuid": row[6],
        "event_time_ms": row[7],
        "endpoint_guid": row[8],
        "endpoint_name": row[9],
        "highlights": tuple((name, value) for name, value in row[10]),
        "activity": row[11],
        "position": row[12],
        "values": row[13],
    }
    if len(row) == len(facts):
        return Detection(**facts)
    source, length_s, last = row[14:]
    return Met(**facts, source=_key(source), length_s=length_s, last=earlier[last])
