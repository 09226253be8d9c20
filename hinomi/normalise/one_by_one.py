"""A batch that the normaliser stumbles over as a whole goes record by record: one bad record costs only itself."""

import logging

from hinomi.normalise.normaliser import Normalised, Normaliser
from hinomi.schema.record import EXCERPT_BYTES, DeadLetter, RecordBatch

log = logging.getLogger(__name__)


def normalised(normaliser: Normaliser, batch: RecordBatch, received_ms: int) -> Normalised:
    """As `Normaliser.normalise`, and whatever goes wrong with one record becomes a letter about that record."""
    try:
        return normaliser.normalise(batch, received_ms)
    except Exception:
        log.exception("a batch of %d could not be normalised whole; going record by record", len(batch.records))
        return _one_by_one(normaliser, batch, received_ms)


def _one_by_one(normaliser: Normaliser, batch: RecordBatch, received_ms: int) -> Normalised:
    result = Normalised()
    for index in range(len(batch.records)):
        try:
            found = normaliser.normalise(one_record(batch, index), received_ms)
        except Exception as error:  # noqa: BLE001
            result.dead.append(_stumbled(batch, index, error))
            continue
        for each in found.activities:
            each.positions = [index] * each.length
        result.activities += found.activities
        result.dead += found.dead
    return result


def one_record(batch: RecordBatch, index: int) -> RecordBatch:
    """The record at `index`, alone."""
    here = slice(index, index + 1)
    return RecordBatch(
        source=batch.source,
        files=batch.files,
        records=batch.records[here],
        file_of=batch.file_of[here],
        numbers=batch.numbers[here],
        occurrences=batch.occurrences[here],
    )


def _stumbled(batch: RecordBatch, index: int, error: Exception) -> DeadLetter:
    return DeadLetter(
        source=batch.source,
        file=batch.files[batch.file_of[index]],
        offset=batch.numbers[index],
        reason="damaged_record",
        detail=f"Hinomi stumbled: {type(error).__name__}: {error}",
        excerpt=batch.records[index][:EXCERPT_BYTES],
    )
