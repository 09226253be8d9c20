"""What the collector kit found on a host, one thing a record:

    {"hinomi_kit":1,"report":ID,"endpoint":GUID,"time":ms,"host":NAME,"ips":[..],"kind":K,"data":{..}}

Made by operations/kit_records.py of an uploaded collection; never written by a host itself.
"""

from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import MOST_NAMES, word

PROVIDER = "hinomi-kit"
ENDPOINT = "KitEndpoint"
VERSION = 1

# kind -> its number; numbers are never given anew
KINDS: dict[str, int] = {
    "process": 1, "connection": 2, "listen": 3, "login": 4, "file": 5, "suspicious": 6, "autorun": 7, "service": 8, "task": 9, "report": 10,
}  # fmt: skip


def recognises(record: dict[str, Any]) -> bool:
    return (
        record.get("hinomi_kit") == VERSION
        and type(record.get("endpoint")) is str
        and type(record.get("kind")) is str
        and type(record.get("data")) is dict
    )


def read(record: dict[str, Any]) -> Event:
    return Event(
        provider=PROVIDER,
        channel="",
        event_id=KINDS.get(record["kind"]),
        time_ms=milliseconds(record.get("time")),
        computer=word(record.get("host")),
        system={ENDPOINT: record["endpoint"], "KitReport": record.get("report"), "KitIps": record.get("ips")},
        data=record["data"] if len(record["data"]) <= MOST_NAMES else {},
        product="linux",
    )
