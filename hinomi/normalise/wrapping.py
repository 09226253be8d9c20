"""Records wrapped by others: samples of a parser's test suite ({"case": .., "raw": text}, {"case": .., "input": {"message": text}})
and documents exported from a search engine ({"_index": .., "_source": record}).
"""

from typing import Any

import orjson


def is_wrapped(record: dict[str, Any]) -> bool:
    return "case" in record or "_source" in record


def unwrapped(record: dict[str, Any]) -> Any:
    """The record within, decoded; None when it is not JSON; the record itself when it is not so wrapped."""
    if type(record.get("_source")) is dict:
        return record["_source"]
    inner = record.get("raw")
    if inner is None and type(record.get("input")) is dict:
        inner = record["input"].get("message")
    if type(inner) is not str:
        return record
    try:
        return orjson.loads(inner)
    except orjson.JSONDecodeError:
        return None
