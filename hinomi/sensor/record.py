"""A record of the sensor: one JSON object a line, its keys always in one order (docs/reference/wire.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from hinomi.schema.record import RecordBatch
from hinomi.wire.packing import pack

MAX_RECORD_BYTES = 256 << 10


def write_record(
    sensor: str,
    epoch: str,
    sequence: int,
    time_ms: int,
    host: str,
    ips: Sequence[str],
    kind: str,
    data: Mapping[str, Any],
) -> bytes:
    """The record's bytes. Texts that are no Unicode (file names may be anything) are mended; one over the limit loses its data."""
    record = {
        "hinomi_sensor": 1,
        "sensor": sensor,
        "epoch": epoch,
        "sequence": sequence,
        "time": time_ms,
        "host": host,
        "ips": list(ips),
        "kind": kind,
        "data": data,
    }
    try:
        written = orjson.dumps(record)
    except TypeError:
        written = orjson.dumps({**record, "data": _mended(dict(data))})
    if len(written) > MAX_RECORD_BYTES:
        kept = {name: value for name, value in data.items() if type(value) in (int, bool)}
        written = orjson.dumps({**record, "data": {**kept, "cut_bytes": len(written)}})
    return written


def pack_records(sensor: str, records: list[bytes]) -> bytes:
    """One batch as it goes into the spool and over the channel."""
    count = len(records)
    zeros = [0] * count
    batch = RecordBatch("sensor", [sensor], records, zeros, zeros, zeros)
    return pack(batch)


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, Mapping):
        return {str(_mended(name)): _mended(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mended(each) for each in value]
    return value if value is None or isinstance(value, int | float | bool) else str(value)
