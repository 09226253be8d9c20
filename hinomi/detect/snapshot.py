"""The correlator's state as bytes and back. JSON inside zstd; every detection stands once, however many windows hold it."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import zstandard

from hinomi.detect.standing import Alert, Standing
from hinomi.detect.window import Window
from hinomi.schema.content import Severity
from hinomi.schema.detection import Detection

LAYOUT = 1  # raised when the bytes change; a state of another layout is not read, the windows start anew

WindowKey = tuple[str, str, tuple[str, ...]]


@dataclass(slots=True)
class State:
    windows: OrderedDict[WindowKey, Window]
    standing: Standing
    arrivals: int
    evicted: int
    versions: dict[str, str]  # model id -> version that the windows belong to


def write_state(
    windows: Mapping[WindowKey, Window], standing: Standing, arrivals: int, evicted: int, versions: dict[str, str]
) -> bytes:
    """All state, compact; the order of windows and alerts is kept, for it decides what goes first at a bound."""
    numbers: dict[str, int] = {}
    detections: list[Any] = []
    written = []
    for key, window in windows.items():
        entries = []
        for arrival, detection, value in window.by_arrival():
            number = numbers.setdefault(detection.id, len(detections))
            if number == len(detections):
                detections.append(_row(detection))
            entries.append([number, arrival, value])
        written.append([key, entries])
    alerts = [
        [key, [[one.fingerprint, one.first_ms, list(one.carried)] for one in standing_alerts]]
        for key, standing_alerts in standing.alerts.items()
    ]
    state = {
        "layout": LAYOUT,
        "versions": versions,
        "arrivals": arrivals,
        "evicted": evicted,
        "forgotten": standing.forgotten,
        "detections": detections,
        "windows": written,
        "alerts": alerts,
    }
    return zstandard.ZstdCompressor(level=1).compress(orjson.dumps(state))


def read_state(data: bytes) -> State:
    """What `write_state` wrote. Raises ValueError for bytes that are none of ours."""
    try:
        state = orjson.loads(zstandard.ZstdDecompressor().decompress(data))
    except zstandard.ZstdError as error:
        raise ValueError("not a state of the correlator") from error
    if state["layout"] != LAYOUT:
        return State(OrderedDict(), Standing(), 0, 0, {})
    detections = [_detection(row) for row in state["detections"]]
    windows: OrderedDict[WindowKey, Window] = OrderedDict()
    for (model_id, rule_id, values), entries in state["windows"]:
        window = windows[model_id, rule_id, tuple(values)] = Window()
        for number, arrival, value in entries:
            window.insert(detections[number], arrival, value)
    standing = Standing()
    standing.forgotten = state["forgotten"]
    for (model_id, names, values), alerts in state["alerts"]:
        standing.alerts[model_id, tuple(names), tuple(values)] = [
            Alert(fingerprint, first_ms, dict.fromkeys(carried)) for fingerprint, first_ms, carried in alerts
        ]
    return State(windows, standing, state["arrivals"], state["evicted"], state["versions"])


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
    ]


def _detection(row: list[Any]) -> Detection:
    return Detection(
        id=row[0],
        filter_id=row[1],
        filter_version=row[2],
        risk=Severity(row[3]),
        techniques=tuple(row[4]),
        tactics=tuple(row[5]),
        uuid=row[6],
        event_time_ms=row[7],
        endpoint_guid=row[8],
        endpoint_name=row[9],
        highlights=tuple((name, value) for name, value in row[10]),
        activity=row[11],
        position=row[12],
    )
