"""The block list over the whole way: listed by the public API, refused on the endpoint, seen in what its sensor tells, let go again."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor.name_block import question_for
from tests.lan import Host, lan, needs_network
from tests.make_field import FieldHouse, answering, answers, end, field_house, rules, sensors_on
from tests.waiting import until

pytestmark = [needs_network, pytest.mark.slow, pytest.mark.timeout(600)]

GOOD, BAD = "www.good.example", "update.bad.example"
# answers every question with no records and no error, as a name server that has the name but not this kind of it
NAME_SERVER = """
import socket, sys
door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
door.bind((sys.argv[1], 53))
print("ready", flush=True)
while True:
    question, peer = door.recvfrom(4096)
    door.sendto(question[:2] + b"\\x81\\x80" + question[4:], peer)
"""


@pytest.fixture
def network() -> Iterator[dict[str, Host]]:
    with lan("server", "endpoint", "neighbour") as hosts:
        yield hosts


@pytest.fixture
def house(network: dict[str, Host], tmp_path: Path) -> Iterator[FieldHouse]:
    with field_house(network["server"], tmp_path / "data") as (running, _):
        yield running


@pytest.fixture
def name_server(network: dict[str, Host]) -> Iterator[str]:
    """Its address: the neighbour's."""
    host = network["neighbour"]
    process = host.start([sys.executable, "-c", NAME_SERVER, host.address], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield host.address
    finally:
        end(process)
        assert process.stdout is not None
        process.stdout.close()


def exists(host: Host, name: str, at: str) -> bool | None:
    """What a program on the host is told of the name; None when nobody answers."""
    code = (
        "import socket, sys\n"
        "line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "line.settimeout(5)\n"
        "line.sendto(bytes.fromhex(sys.argv[2]), (sys.argv[1], 53))\n"
        "print(line.recv(4096)[3] & 15)\n"
    )
    done = host.run(sys.executable, "-c", code, at, question_for(name).hex(), check=False)
    return done.stdout == "0\n" if done.returncode == 0 else None


def is_enforced(house: FieldHouse) -> bool:
    found = house.get("/console/api/block-list")
    return any(one["version"] == found["version"] for one in found["endpoints"])


def detected(house: FieldHouse, filter_id: str) -> list[dict[str, Any]]:
    found = house.get("/console/api/detections", filter=filter_id)["items"]
    return list(found)


def alerts_of(house: FieldHouse) -> list[dict[str, Any]]:
    found = house.get("/console/api/workbench/alerts", top=200)["items"]
    return [one for one in found if one["modelId"] == "listed_object_seen"]


def test_what_is_listed_is_refused_seen_and_let_go(
    house: FieldHouse, network: dict[str, Host], name_server: str, tmp_path: Path
) -> None:
    endpoint, neighbour = network["endpoint"], network["neighbour"]
    with (
        sensors_on(house, {"endpoint": endpoint}, tmp_path) as guids,
        answering(neighbour, endpoint, tmp_path) as port,
    ):
        before = rules(endpoint)
        assert exists(endpoint, GOOD, name_server) is True
        assert answers(endpoint, neighbour.address, port)

        listed = [
            {"domain": "bad.example", "scanAction": "block", "riskLevel": "high"},
            {"domain": "watched.example", "scanAction": "log", "riskLevel": "high"},
        ]
        replies = house.ask("POST", "/v3.0/response/suspiciousObjects", json=listed).json()
        assert [one["status"] for one in replies] == [202, 202]
        # nobody asks before: that would not be refused, and told
        until(lambda: is_enforced(house), "the endpoint to take the list", 120)
        assert exists(endpoint, BAD, name_server) is False
        assert exists(endpoint, GOOD, name_server) is True
        (refused,) = until(
            lambda: detected(house, "linux_blocked_domain_asked"), "the detection of what was refused", 60
        )
        assert BAD in str(refused["highlights"])  # and nothing of the trials that the sensor makes itself
        assert detected(house, "listed_domain_named") == alerts_of(house) == []  # what was refused is no surprise

        assert exists(endpoint, "www.watched.example", name_server) is True
        (seen,) = until(lambda: alerts_of(house), "the alert of what is listed and was not refused", 60)
        assert [one["id"] for one in seen["impactScope"]["entities"] if one["type"] == "host"] == [guids["endpoint"]]
        detail = house.get(f"/console/api/workbench/alerts/{seen['id']}")
        assert "watched.example" in str(detail["highlights"])

        house.ask(
            "POST",
            "/v3.0/response/suspiciousObjects",
            json=[{"ip": neighbour.address, "scanAction": "block", "riskLevel": "high"}],
        )
        until(lambda: not answers(endpoint, neighbour.address, port), "the endpoint to refuse the address", 120)

        gone = [{"domain": "bad.example"}, {"domain": "watched.example"}, {"ip": neighbour.address}]
        house.ask("POST", "/v3.0/response/suspiciousObjects/delete", json=gone)
        until(lambda: exists(endpoint, BAD, name_server) is True, "the endpoint to let the name go", 120)
        assert answers(endpoint, neighbour.address, port)
        until(lambda: rules(endpoint) == before, "the packet filter as it was", 60)
