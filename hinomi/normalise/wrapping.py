"""Records wrapped as samples of a parser's test suite: {"case": .., "raw": text} or {"case": .., "input": {"message": text}}."""

from typing import Any

import orjson


def unwrapped(record: dict[str, Any]) -> Any:
    """The record within, decoded; None when it is not JSON; the record itself when it is not so wrapped."""
    inner = record.get("raw")
    if inner is None and type(record.get("input")) is dict:
        inner = record["input"].get("message")
    if type(inner) is not str:
        return record
    try:
        return orjson.loads(inner)
    except orjson.JSONDecodeError:
        return None
