"""The command line's end of a remote shell: a terminal of its own, a real server, a real shell."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.app.local_server import LocalServer
from hinomi.app.terminal import attach, open_shell, running_server
from hinomi.errors import InputError, NotFound, Unavailable
from hinomi.schema.principal import Role
from hinomi.settings import Settings
from hinomi.wire.inventory import HostFacts
from tests.api.house import Running, running
from tests.make_shell import Endpoint

GUID = "5d6c1f2e-3a4b-4c5d-8e9f-0a1b2c3d4e60"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("terminal")) as found:
        found.house.inventory.seen(GUID, at_ms=1, facts=HostFacts(name="shell-host", os_name="Debian"), connected=True)
        yield found


def server(served: Running, role: Role = Role.SENIOR_ANALYST) -> LocalServer:
    return LocalServer(served.url, served.key_value(role))


def test_keys_go_there_and_bytes_come_back(served: Running) -> None:
    local = server(served)
    task = open_shell(local, "shell-host", "a test")
    endpoint = Endpoint(served.house.shells, GUID)
    endpoint.run(served.house.response.tasks.get(task).parameters)
    keys, typed = os.pipe()
    shown, sink = os.pipe()
    told: list[dict[str, object]] = []
    joined = threading.Thread(target=lambda: told.append(attach(local, task, keys, sink)))
    joined.start()
    output = os.read(shown, 4096)
    os.write(typed, b"echo $((6*7)).; exit\n")
    while b"42.\r\n" not in output:
        output += os.read(shown, 4096)
    joined.join(30)
    for handle in (keys, typed, shown, sink):
        os.close(handle)
    assert told[0]["reason"] == "exit"
    assert endpoint.join()["left"] == 0


def test_the_escape_ends_the_shell(served: Running) -> None:
    local = server(served)
    task = open_shell(local, GUID, "a test")
    endpoint = Endpoint(served.house.shells, GUID)
    endpoint.run(served.house.response.tasks.get(task).parameters)
    keys, typed = os.pipe()
    shown, sink = os.pipe()
    told: list[dict[str, object]] = []
    joined = threading.Thread(target=lambda: told.append(attach(local, task, keys, sink)))
    joined.start()
    os.read(shown, 4096)
    os.write(typed, b"\x1d")
    joined.join(30)
    for handle in (keys, typed, shown, sink):
        os.close(handle)
    assert told[0]["reason"] == "ended"
    assert endpoint.join()["reason"] == "ended"


def test_what_is_refused_is_told(served: Running, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shell"):
        open_shell(server(served, Role.ANALYST), GUID, "a test")
    with pytest.raises(NotFound, match="no remote shell"):
        attach(server(served), "99999999", 0, 1)
    with pytest.raises(Unavailable, match="hinomi serve"):
        running_server(Settings(data=tmp_path))
