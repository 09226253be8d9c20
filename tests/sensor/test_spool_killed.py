"""A sensor is killed with -9 while it spools: what it had laid down is there, in order and without a gap."""

import subprocess
import sys
from pathlib import Path

from hinomi.sensor.spool import SensorSpool

KILLS, APPENDS = 6, 25
_SPOOL = """
import os, sys
from pathlib import Path
from hinomi.sensor.spool import SensorSpool
spool = SensorSpool(Path(sys.argv[1]), 64 << 20)
while True:
    first = spool.sequence + 1
    spool.append(b"%d:" % first + os.urandom(30_000), 10)
    os.write(1, b"%d\\n" % spool.sequence)
"""


def test_each_life_goes_on_where_the_last_was_cut(tmp_path: Path) -> None:
    laid_down = 0
    for kill in range(KILLS):
        words = [sys.executable, "-c", _SPOOL, str(tmp_path / "spool")]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as sensor:
            assert sensor.stdout is not None
            try:
                told = [int(sensor.stdout.readline()) for _ in range(APPENDS + kill)]
            finally:
                sensor.kill()  # in the middle of whatever it does now
            told += [int(line) for line in sensor.stdout.read().splitlines()]
        assert told[0] > laid_down
        laid_down = told[-1]
    spool = SensorSpool(tmp_path / "spool", 64 << 20)
    assert not spool.was_lost
    assert laid_down <= spool.sequence <= laid_down + 10  # one may have reached the disk untold
    numbers, firsts = [], []
    while (frame := spool.take()) is not None:
        assert frame.payload.startswith(b"%d:" % frame.first)
        numbers.append(frame.number)
        firsts.append(frame.first)
    spool.close()
    assert numbers == list(range(1, len(numbers) + 1))
    assert firsts == list(range(1, spool.sequence + 1, 10))
