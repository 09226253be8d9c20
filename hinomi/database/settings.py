"""What both kinds of operational database share: patience, the form of JSON, the words of their refusals."""

from typing import Any

import orjson

from hinomi.errors import DiskFull, Unavailable

# A writer waits this long for another process (the command line beside the server) before it gives up.
BUSY_TIMEOUT_S = 30
READERS = 16


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


JSON: dict[str, Any] = {"json_serializer": _json, "json_deserializer": orjson.loads}  # of create_engine


def no_room() -> DiskFull:
    return DiskFull("There is no room left on the disk of the database.")


def held_too_long() -> Unavailable:
    return Unavailable(f"Another process has held the database for more than {BUSY_TIMEOUT_S} seconds.")
