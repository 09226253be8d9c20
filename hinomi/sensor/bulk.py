"""Many small batches as one: how a sensor that was away for long catches up."""

from dataclasses import dataclass

from hinomi.schema.record import RecordBatch
from hinomi.sensor.spool import SensorSpool
from hinomi.wire.packing import pack, unpack

BULK_RECORDS = 4000
BULK_BYTES = 2 << 20  # packed, before they are joined


@dataclass(frozen=True, slots=True)
class Bulk:
    """`number`: of the last batch in it; with it all before are acknowledged."""

    number: int
    records: int
    packed: bytes


def joined(spool: SensorSpool) -> Bulk | None:
    """The next batches of the spool as one; None when there is none."""
    batches: list[RecordBatch] = []
    number = records = size = 0
    while records < BULK_RECORDS and size < BULK_BYTES:
        frame = spool.take()
        if frame is None:
            break
        batches.append(unpack(frame.payload))
        number, records, size = frame.number, records + frame.records, size + len(frame.payload)
    if not batches:
        return None
    lines = [record for batch in batches for record in batch.records]
    zeros = [0] * len(lines)
    return Bulk(number, len(lines), pack(RecordBatch("sensor", batches[0].files[:1], lines, zeros, zeros, zeros)))
