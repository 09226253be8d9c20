"""Who an activity is: its record's bytes, but for an event of a Windows log the event."""

import pytest

from hinomi.normalise.identity import activity_uuids
from hinomi.sensor.record import write_record

SENSOR, OTHER = "6d3c1f0e-9d5a-4f0e-8a39-0d4f0a1b2c3d", "11111111-2222-4333-8444-555555555555"
READ = ("0" * 16, 7, 1_768_446_000_000, "pc1", ["192.0.2.1"])
AGAIN = ("f" * 16, 9, 1_768_446_009_000, "pc1.example", ["192.0.2.1", "192.0.2.9"])


def identity(numbers: tuple[str, int, int, str, list[str]], kind: str, sensor: str = SENSOR, **data: str) -> str:
    (found,) = activity_uuids([write_record(sensor, *numbers, kind, data)], [0])
    return found


def test_an_event_that_was_read_again_is_the_same() -> None:
    first = identity(READ, "windows_event", channel="Security", xml="<Event/>")
    assert identity(AGAIN, "windows_event", channel="Security", xml="<Event/>") == first
    others = {
        identity(READ, "windows_event", channel="Security", xml="<Event></Event>"),
        identity(READ, "windows_event", channel="System", xml="<Event/>"),
        identity(READ, "windows_event", OTHER, channel="Security", xml="<Event/>"),
    }
    assert len(others | {first}) == 4


@pytest.mark.parametrize("exe", ["/bin/true", ',"kind":"windows_event",', "x" * 20_000])
def test_what_else_a_sensor_tells_is_another_each_time(exe: str) -> None:
    assert identity(READ, "process_start", exe=exe) != identity(AGAIN, "process_start", exe=exe)


def test_a_head_that_is_too_long_is_taken_by_its_bytes() -> None:
    hosts = [("0" * 16, 7, 1, "h" * 9000, []), ("0" * 16, 8, 1, "h" * 9000, [])]
    assert len({identity(each, "windows_event", xml="<Event/>") for each in hosts}) == 2
