"""Winlogbeat 7 and later, and others that write the Elastic Common Schema: the event under `winlog`."""

from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import attributes, data_of, hex_keywords, level_of, word
from hinomi.normalise.values import integer


def recognises(record: dict[str, Any]) -> bool:
    return type(record.get("winlog")) is dict


def read(record: dict[str, Any]) -> Event:
    winlog = record["winlog"]
    process = attributes(winlog.get("process"))
    event = attributes(record.get("event"))
    number = winlog.get("event_id")
    return Event(
        provider=word(winlog.get("provider_name")) or word(event.get("provider")),
        channel=word(winlog.get("channel")),
        event_id=integer(number if number is not None else event.get("code")),
        time_ms=milliseconds(record.get("@timestamp")) or milliseconds(event.get("created")),
        computer=word(winlog.get("computer_name")) or word(attributes(record.get("host")).get("name")),
        system={
            "EventRecordID": winlog.get("record_id"),
            "Level": level_of(winlog.get("level"), attributes(record.get("log")).get("level")),
            "Keywords": hex_keywords(winlog.get("keywords")),
            "ExecutionProcessID": process.get("pid"),
            "UserID": attributes(winlog.get("user")).get("identifier"),
            "ProviderGuid": winlog.get("provider_guid"),
            "Message": record.get("message"),
        },
        data=data_of(winlog.get("event_data"), winlog.get("user_data")),
    )
