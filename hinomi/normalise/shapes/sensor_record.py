"""What Hinomi's own sensor writes: {"hinomi_sensor":1,"sensor":GUID,"time":ms,"host":NAME,"ips":[..],"kind":K,"data":{..}}.

Kinds and the values of their `data`: docs/reference/sensor-telemetry.md. On Windows the kind `windows_event` holds an event of
the log as it was rendered, and means what that event means.
"""

from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import MOST_NAMES, word
from hinomi.normalise.shapes import evtx_dump, windows_xml

PROVIDER = "hinomi-sensor"
ENDPOINT = "SensorGuid"
VERSION = 1
WINDOWS_EVENT = "windows_event"

# kind -> its number; numbers are never given anew
KINDS: dict[str, int] = {
    "process_start": 1, "process_end": 2,
    "file_create": 11, "file_rename": 12, "file_delete": 13, "file_write": 14, "file_blocked": 15,
    "connection": 21, "listen": 22, "dns_query": 23,
    "login": 31, "logout": 32,
    "module_load": 41, "script_run": 42,
    "sensor_health": 51, "sensor_loss": 52, "sensor_tamper": 53, "clock_moved": 54, "isolation": 55, "response": 56,
}  # fmt: skip


def recognises(record: dict[str, Any]) -> bool:
    return (
        record.get("hinomi_sensor") == VERSION
        and type(record.get("sensor")) is str
        and type(record.get("kind")) is str
        and type(record.get("data")) is dict
    )


def read(record: dict[str, Any]) -> Event:
    """XmlRefusedError for an event of Windows that cannot be read."""
    if record["kind"] == WINDOWS_EVENT:
        return _of_windows(record)
    data = record["data"] if len(record["data"]) <= MOST_NAMES else {}
    return Event(
        provider=PROVIDER,
        channel="",
        event_id=KINDS.get(record["kind"]),
        time_ms=milliseconds(record.get("time")),
        computer=word(record.get("host")),
        system={
            ENDPOINT: record["sensor"],
            "SensorKind": record["kind"],
            "SensorIps": record.get("ips"),
            "SensorSequence": record.get("sequence"),
        },
        data=data,
        product="linux",
    )


def _of_windows(record: dict[str, Any]) -> Event:
    """The event within. One of the sensor's own host is an activity of that endpoint; one forwarded by another host is of that host."""
    data = record["data"]
    if data.get("cut_bytes"):
        raise windows_xml.XmlRefusedError(f"the event had {data['cut_bytes']} bytes, over the sensor's limit")
    xml = data.get("xml")
    if type(xml) is not str:
        raise windows_xml.XmlRefusedError("the record has no XML")
    event = evtx_dump.read_one(windows_xml.tree_of(xml))
    if _bare(event.computer) == _bare(word(record.get("host"))):
        event.system[ENDPOINT] = record["sensor"]
    return event


def _bare(host: str) -> str:
    return host.partition(".")[0].lower()
