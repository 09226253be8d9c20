"""The server is away for an hour of events, and comes back: nothing is lost, and each sensor's order is kept."""

from itertools import pairwise
from pathlib import Path

import pytest

from hinomi.sensor import channel
from hinomi.sensor.agent import Agent
from hinomi.sensor.folder import SensorFolder
from tests.make_gateway import Door, sensor
from tests.waiting import until

BEGAN_MS, HOUR_S, A_SECOND = 1_768_446_000_000, 3600, 5


def tell_an_hour(agent: Agent) -> None:
    """What the collectors of a quiet host tell in an hour; when it happened is theirs to say."""
    for second in range(HOUR_S):
        for each in range(A_SECOND):
            moment = BEGAN_MS + second * 1000 + each * 200
            agent.recorder.emit(
                "process_start", {"pid": each + 1, "start": moment, "exe": "/bin/true", "_time_ms": moment}
            )
        if second % 300 == 299:  # they may wait in memory for a moment; an hour of them at once may not
            laid_down = (second + 1) * A_SECOND
            until(lambda: agent.spool.sequence >= laid_down, "the recorder to lay it down", 20)  # noqa: B023  (at once)


def test_an_hour_of_events_of_two_sensors_arrives_whole_and_in_order(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(channel, "MOST_WAIT_S", 0.1)
    folders = [tmp_path / "a", tmp_path / "b"]
    guids = [door.enrolled(folder).guid for folder in folders]
    for folder in folders:
        SensorFolder(folder).write_json("policy.json", {"watch": ["process"]})
    port = door.gateway.port
    agents = [sensor(folder) for folder in folders]
    doors = [door]
    try:
        until(lambda: door.gateway.connected() == set(guids), "both are connected")
        door.close()
        until(lambda: not any(agent.channel.state.is_up for agent in agents), "both notice")
        for agent in agents:
            tell_an_hour(agent)
        agents[1].stop()  # and a restart of one of them in that hour
        agents[1] = sensor(folders[1])
        doors.append(Door(door.folder, port))
        until(lambda: all(agent.spool.waiting_batches == 0 for agent in agents), "all is acknowledged", 120)
        assert [agent.recorder.lost for agent in agents] == [0, 0]
    finally:
        for agent in agents:
            agent.stop()
        if len(doors) > 1:
            doors[1].close()
    for guid in guids:
        came = [each for each in doors[-1].records() if each["sensor"] == guid]
        assert [each["kind"] for each in came].count("sensor_loss") == 0
        numbers = list(dict.fromkeys(each["sequence"] for each in came))  # what came again, came behind its first
        assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
        told = {each["sequence"]: each["time"] for each in came if each["kind"] == "process_start"}
        assert list(told.values()) == [BEGAN_MS + 200 * number for number in range(HOUR_S * A_SECOND)]
