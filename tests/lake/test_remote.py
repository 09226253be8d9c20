"""HINOMI_LAKE_URL: the same statements over TCP, to an owner process that stands in for a ClickHouse server."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.errors import InputError, Unavailable
from hinomi.lake.lake import Lake
from hinomi.lake.owner import SOCKET
from hinomi.lake.socket_pool import dial
from tests.lake import making

BASE_MS = 1_760_000_000_000


class Relay(socketserver.ThreadingTCPServer):
    """Passes the bytes of a free loopback port to the owner's socket and back."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(("127.0.0.1", 0), _Passing)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Passing(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Relay)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as owner:
            dial(owner, self.server.path)
            back = threading.Thread(target=_pass, args=(owner, self.request), daemon=True)
            back.start()
            _pass(self.request, owner)
            back.join(30)


def _pass(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(1 << 16):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, int]]:
    folder = tmp_path_factory.mktemp("server")
    with Lake.start(folder) as lake, Relay(folder / SOCKET) as relay:
        thread = threading.Thread(target=relay.serve_forever, daemon=True)
        thread.start()
        yield lake, relay.port
        relay.shutdown()
        thread.join()


@pytest.fixture(params=["", "?cluster=main"])
def remote(server: tuple[Lake, int], request: pytest.FixtureRequest) -> Iterator[Lake]:
    with Lake.at(f"clickhouse://hinomi:p%40ss@127.0.0.1:{server[1]}/hinomi{request.param}") as lake:
        yield lake


def test_what_is_written_over_the_url_is_there_for_all(server: tuple[Lake, int], remote: Lake) -> None:
    rows = [making.process_start(BASE_MS + n, n, None, objectCmd="火の見", endpointIp=["10.0.0.1"]) for n in range(50)]
    before = server[0].count("1", {})
    assert remote.write_activities([(7, making.batch(*rows), None)]) == 50
    assert remote.known([rows[0]["uuid"]], [BASE_MS]) == {rows[0]["uuid"]: 7}
    for lake in (remote, server[0]):
        assert lake.count("1", {}) == before + 50
        assert lake.activity(rows[3]["uuid"], BASE_MS + 3) == {
            name: value for name, value in rows[3].items() if value is not None
        }
    assert remote.write_detections([making.detection(rows[3])]) == 1
    assert remote.write_detections([making.detection(rows[3])]) == 0
    assert remote.process_chain("guid-1", 3).focus is not None
    status = remote.status()
    assert (status.activities, status.owner_pid) == (before + 50, None)


def test_a_question_that_is_refused_says_why(remote: Lake) -> None:
    with pytest.raises(InputError, match="no_such_thing"):
        remote.search("no_such_thing", {})
    with pytest.raises(InputError, match="own BACKUP"):
        remote.snapshot("x")


def test_a_server_that_went_away_is_found_again(tmp_path: Path) -> None:
    with Lake.start(tmp_path), Relay(tmp_path / SOCKET) as relay:
        thread = threading.Thread(target=relay.serve_forever, daemon=True)
        thread.start()
        with Lake.at(f"clickhouse://127.0.0.1:{relay.port}") as lake:
            assert lake.count("1", {}) == 0
            hidden, relay.path = relay.path, tmp_path / "nowhere"
            lake._connection._forget(lake._connection._live())  # its kept-alive connection is gone
            with pytest.raises(Unavailable):
                lake.count("1", {})
            relay.path = hidden
            assert lake.count("1", {}) == 0
        relay.shutdown()
        thread.join()


def test_a_server_without_the_tables_is_refused_with_what_to_do(server: tuple[Lake, int]) -> None:
    server[0]._connection.command("CREATE DATABASE IF NOT EXISTS bare")
    with pytest.raises(Unavailable, match="hinomi lake ddl"):
        Lake.at(f"clickhouse://127.0.0.1:{server[1]}/bare")


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unavailable, match="does not answer"):
        Lake.at(f"clickhouse://127.0.0.1:{port}/hinomi")


@pytest.mark.parametrize("url", ["http://x/", "clickhouse://", "clickhouse:///hinomi", "lake"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="clickhouse://user"):
        Lake.at(url)
