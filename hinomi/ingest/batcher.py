"""Runs of records to batches: many small files share one, a large one takes many."""

from collections.abc import Iterator

from hinomi.ingest.text import Found, Loss, Run
from hinomi.schema.record import DeadLetter, RecordBatch

SOURCE = "file"
_REMEMBERED = 500_000  # lines per generation, of which two are kept: equal lines farther apart count as copies


class Batcher:
    """Holds the batch that is being filled. `add` and `finish` give those that are full."""

    def __init__(self, batch_records: int, batch_bytes: int, first_records: int | None = None) -> None:
        """`first_records`: so many in the first batch, then twice as many in each, until they are `batch_records`."""
        self._most_records, self._most_bytes = min(first_records or batch_records, batch_records), batch_bytes
        self._cap = batch_records
        self._batch, self._bytes = RecordBatch(SOURCE), 0
        self._file = ""
        self._seen: dict[int, int] = {}
        self._seen_before: dict[int, int] = {}

    def begin(self, file: str) -> None:
        """What is added from now on stood in this file."""
        self._file = file
        self._seen, self._seen_before = {}, {}

    def add(self, found: Found) -> Iterator[RecordBatch]:
        if isinstance(found, Loss):
            trouble = found.trouble
            self._batch.dead.append(
                DeadLetter(SOURCE, self._file, trouble.offset, trouble.reason, trouble.detail, found.excerpt)
            )
            if len(self._batch.dead) >= self._most_records:
                yield self._full()
        else:
            yield from self._add_run(found)

    def finish(self) -> Iterator[RecordBatch]:
        if self._batch.records or self._batch.dead:
            yield self._full()

    def _add_run(self, run: Run) -> Iterator[RecordBatch]:
        occurrences = [0] * len(run.records) if run.unique else self._occurrences(run.records)
        start, count = 0, len(run.records)
        while start < count:
            end = self._fitting(run.records, start)
            self._append(run, occurrences, start, end)
            start = end
            if start < count or len(self._batch.records) >= self._most_records or self._bytes >= self._most_bytes:
                yield self._full()

    def _fitting(self, records: list[bytes], start: int) -> int:
        """The end of those that still fit; at least one in an empty batch."""
        end = min(len(records), start + self._most_records - len(self._batch.records))
        size = sum(map(len, records[start:end]))
        least = start + (not self._bytes)
        while end > least and self._bytes + size > self._most_bytes:
            end -= 1
            size -= len(records[end])
        return end

    def _append(self, run: Run, occurrences: list[int], start: int, end: int) -> None:
        batch = self._batch
        if not batch.files or batch.files[-1] != self._file:
            batch.files.append(self._file)
        batch.records += run.records[start:end]
        batch.numbers += run.numbers[start:end]
        batch.occurrences += occurrences[start:end]
        batch.file_of += [len(batch.files) - 1] * (end - start)
        self._bytes += sum(map(len, run.records[start:end]))

    def _occurrences(self, records: list[bytes]) -> list[int]:
        """How often each came before in this file. By hash: of 10 million lines two collide once in 400,000 files."""
        found = []
        for record in records:
            key = hash(record)
            before = self._seen.get(key)
            if before is None:
                before = self._seen_before.get(key, 0)
            found.append(before)
            self._seen[key] = before + 1
        if len(self._seen) > _REMEMBERED:
            self._seen_before, self._seen = self._seen, {}
        return found

    def _full(self) -> RecordBatch:
        full, self._batch, self._bytes = self._batch, RecordBatch(SOURCE), 0
        self._most_records = min(2 * self._most_records, self._cap)
        return full
