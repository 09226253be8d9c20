"""Winlogbeat up to version 6: `event_id`, `log_name`, `source_name`, `computer_name` and `event_data` at the top."""

from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import attributes, data_of, hex_keywords, level_of, word
from hinomi.normalise.values import integer


def recognises(record: dict[str, Any]) -> bool:
    return "event_id" in record and "log_name" in record


def read(record: dict[str, Any]) -> Event:
    return Event(
        provider=word(record.get("source_name")),
        channel=word(record.get("log_name")),
        event_id=integer(record.get("event_id")),
        time_ms=milliseconds(record.get("@timestamp")),
        computer=word(record.get("computer_name")),
        system={
            "EventRecordID": record.get("record_number"),
            "Level": level_of(None, record.get("level")),
            "Keywords": hex_keywords(record.get("keywords")),
            "ExecutionProcessID": record.get("process_id"),
            "UserID": attributes(record.get("user")).get("identifier"),
            "ProviderGuid": record.get("provider_guid"),
            "Message": record.get("message"),
        },
        data=data_of(record.get("event_data"), record.get("user_data")),
    )
