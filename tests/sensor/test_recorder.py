"""From what collectors say to records in the spool: whole, in order, and without what is between collector and recorder."""

import threading
from pathlib import Path

import orjson
import pytest

from hinomi.sensor.bulk import joined
from hinomi.sensor.recorder import SILENCE_S, Recorder, patience_s
from hinomi.sensor.spool import SensorSpool
from hinomi.wire.packing import unpack
from hinomi.wire.policy import SensorPolicy


def test_all_that_was_said_is_laid_down_in_order(tmp_path: Path) -> None:
    spool, woken, on_disk = SensorSpool(tmp_path / "spool", 1 << 20), threading.Event(), threading.Event()
    recorder = Recorder("guid", "epoch", spool, SensorPolicy(), lambda: ("host", ("192.0.2.1",)), woken.set)
    recorder.start()
    said = {"pid": 7, "_time_ms": 5, "_on_disk": on_disk.set}
    for number in range(1200):
        recorder.emit("process_start", said | {"start": number})
    assert on_disk.wait(30)
    recorder.stop()
    assert woken.is_set()
    bulk = joined(spool)
    spool.close()
    assert bulk is not None
    records = [orjson.loads(each) for each in unpack(bulk.packed).records]
    assert [each["sequence"] for each in records] == list(range(1, 1201))
    assert [each["data"] for each in records] == [{"pid": 7, "start": number} for number in range(1200)]
    assert {each["time"] for each in records} == {5}
    assert said.keys() == {"pid", "_time_ms", "_on_disk"}  # what was said stays as it was


@pytest.mark.parametrize(
    ("batch_ms", "since_s", "waits_s"),
    [
        (500, 0.0, 0.5),
        (500, 0.2, 0.3),
        (500, 3600.0, SILENCE_S),
        (500, 0.49, SILENCE_S),
        (10, 0.0, 0.01),
        (10, 9.0, 0.01),
    ],
)
def test_a_batch_waits_for_others_and_hardly_after_a_silence(batch_ms: int, since_s: float, waits_s: float) -> None:
    assert patience_s(batch_ms, since_s) == pytest.approx(waits_s)
