import socket
from pathlib import Path

import pytest

from hinomi.app.house import House
from hinomi.app.importing import import_paths
from hinomi.app.opening import initialise
from hinomi.errors import Unavailable
from hinomi.settings import read_settings
from tests import make


def test_an_import_needs_no_door_for_sensors_and_a_server_does(tmp_path: Path) -> None:
    """Another Hinomi of the machine may have the door's address."""
    recording = tmp_path / "made.jsonl"
    recording.write_bytes(make.record(1, Image="C:\\Windows\\System32\\whoami.exe") + b"\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = read_settings({"data": tmp_path / "data", "gateway_port": taken.getsockname()[1]}, {})
        initialise(settings)
        found = import_paths(settings, [recording], lambda *_: None)
        assert (found["read"], found["kept"]) == (1, 1)
        with House(settings) as house, pytest.raises(Unavailable, match="cannot listen for sensors"):
            house.start()
