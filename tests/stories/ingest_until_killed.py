"""A server's intake and pipeline without its HTTP, for tests that kill it: `python -m tests.stories.ingest_until_killed FOLDER FIRST`.

Says `owner PID`, then `acknowledged N` after each batch that is on disk in the spool, from batch FIRST on; goes on until
it is killed. With FIRST -1 it acknowledges nothing, works off what waits and says `drained`. Small inserts and merges of
whatever is there run against each other.
"""

import sys
import threading
import time
from pathlib import Path

from hinomi.detect.content import Content
from hinomi.errors import HinomiError
from hinomi.pipeline import Pipeline
from hinomi.schema.record import RecordBatch
from tests import make
from tests.make_rooms import Rooms

RECORDS = 120  # of a batch


def batch(number: int) -> RecordBatch:
    """Process starts of one machine; the same for the same number."""
    return make.record_batch(
        *[
            make.record(
                computer=f"PC-{number % 5}",
                time=f"2026-02-01T{number % 24:02}:{each % 60:02}:00.000000Z",
                record_id=number * RECORDS + each,
                Image=r"C:\App\app.exe",
                CommandLine=f"app.exe {number} {each}",
                ProcessGuid=f"{{{number:08x}-0000-0000-0000-{each:012x}}}",
                ProcessId=each,
            )
            for each in range(RECORDS)
        ]
    )


def main() -> None:
    folder, first = Path(sys.argv[1]), int(sys.argv[2])
    rooms = Rooms(folder, Content((), ()))
    pipeline = rooms.pipeline(batch_records=RECORDS * 2)
    say(f"owner {rooms.lake.status().owner_pid}")
    if first < 0:
        drain(pipeline)
        say("drained")
        rooms.close()
        return
    threading.Thread(target=work, args=(pipeline,), daemon=True).start()
    threading.Thread(target=merge, args=(rooms,), daemon=True).start()
    number = first
    while True:
        rooms.spool.append(batch(number))
        say(f"acknowledged {number}")
        number += 1
        while rooms.spool.last - pipeline.position > 8:  # what waits stays small, as an importer sees to
            time.sleep(0.001)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def drain(pipeline: Pipeline) -> None:
    """Until nothing waits; a dead owner comes back with the next question."""
    while True:
        try:
            if pipeline.step() is None:
                return
        except HinomiError:
            time.sleep(0.01)


def work(pipeline: Pipeline) -> None:
    while True:
        drain(pipeline)
        time.sleep(0.001)


def merge(rooms: Rooms) -> None:
    while True:
        try:
            rooms.lake.optimise()
        except HinomiError:
            time.sleep(0.01)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
