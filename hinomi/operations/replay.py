"""The lake read again: the records of a window as activities, as the stream saw them, in the order it saw them.

    lake -> records in the order of arrival -> the normaliser of today -> what only the stream knew put back

Put back are the identity (equal lines of a file differ in it), the time of arrival, a process's ancestry, and what of it stood on the
block list: these came from the neighbourhood of the record at the time. So a detection has the same id, and an alert the same fingerprint,
as in the stream. Which window is meant is decided by the time of the events, the order by that of arrival.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hinomi.lake.lake import Lake
from hinomi.lake.records import RecordPage
from hinomi.normalise.normaliser import Normaliser
from hinomi.normalise.one_by_one import normalised
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.record import RecordBatch

Progress = Callable[[int, int], None]  # activities read so far, and in all
SOURCE = "lake"


def replay(
    lake: Lake,
    normaliser: Normaliser,
    *,
    from_ms: int | None,
    to_ms: int | None,
    where: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[list[ActivityBatch]]:
    """The batches of one page of records after the other: hand each list to `Engine.observe_all`.

    `where` with `parameters` is a condition on the vocabulary as `query.to_sql` makes it. Ends early when `cancelled`
    says so. A few thousand records are in memory at a time.
    """
    condition, given = where or "1", parameters or {}
    total = lake.count(condition, given, from_ms=from_ms, to_ms=to_ms) if on_progress else 0
    done = 0
    for page in lake.records(condition, given, from_ms=from_ms, to_ms=to_ms):
        if cancelled and cancelled():
            return
        yield _read_again(normaliser, page)
        done += len(page)
        if on_progress:
            on_progress(done, max(done, total))


def _read_again(normaliser: Normaliser, page: RecordPage) -> list[ActivityBatch]:
    batches = normalised(normaliser, _record_batch(page), 0).activities
    for batch in batches:
        _put_back(batch, page)
    return batches


def _record_batch(page: RecordPage) -> RecordBatch:
    files = {name: number for number, name in enumerate(dict.fromkeys(page.files))}
    return RecordBatch(
        source=SOURCE,
        files=list(files),
        records=page.records,
        file_of=[files[name] for name in page.files],
        numbers=page.numbers,
        occurrences=[0] * len(page),
    )


def _put_back(batch: ActivityBatch, page: RecordPage) -> None:
    """What the record alone does not tell."""
    fields, places = batch.fields, batch.positions
    fields["uuid"] = [page.uuids[place] for place in places]
    fields["logReceivedTime"] = [page.received_ms[place] for place in places]
    if batch.projected:
        return
    for name, kept in page.of_stream.items():
        known = [kept[place] for place in places]
        column = fields.get(name)
        if column is None:
            if any(known):
                fields[name] = [value if value not in ("", []) else None for value in known]
        elif None in column:
            fields[name] = [
                value if value is not None or other == "" else other for value, other in zip(column, known, strict=True)
            ]
