"""The guide's walk-through on one machine: a demonstration script on a host with a sensor, and everything a defender does
about it, each step looked at from outside. Three hosts on one bridge: the server, the endpoint, a neighbour that probes."""

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pyzipper

from tests.lan import Host, lan, needs_network
from tests.make_field import (
    DEMO,
    WITHIN_S,
    FieldHouse,
    answering,
    answers,
    field_house,
    rules,
    sensors_on,
    unpack_demo,
)
from tests.waiting import until

pytestmark = [needs_network, pytest.mark.timeout(900)]


@pytest.fixture
def network() -> Iterator[dict[str, Host]]:
    with lan("server", "endpoint", "neighbour") as hosts:
        yield hosts


@pytest.fixture
def house(network: dict[str, Host], tmp_path: Path) -> Iterator[FieldHouse]:
    with field_house(network["server"], tmp_path / "data") as (running, _):
        yield running


@pytest.fixture
def sensors(house: FieldHouse, network: dict[str, Host], tmp_path: Path) -> Iterator[dict[str, str]]:
    with sensors_on(house, {name: network[name] for name in ("endpoint", "neighbour")}, tmp_path) as guids:
        yield guids


@pytest.fixture
def listener(network: dict[str, Host], tmp_path: Path) -> Iterator[int]:
    with answering(network["endpoint"], network["neighbour"], tmp_path) as port:
        yield port


def test_the_walk_through(
    house: FieldHouse, network: dict[str, Host], sensors: dict[str, str], listener: int, tmp_path: Path
) -> None:
    guid, endpoint = sensors["endpoint"], network["endpoint"]
    before = rules(endpoint)

    # the demonstration, as a person gets it: a zip, its password beside it
    script = _demo_script(house, tmp_path)
    endpoint.run("sh", script, "1")

    alert = until(lambda: _demo_alert(house, guid), "the alert of the demonstration", WITHIN_S)
    assert (alert["score"], alert["severity"], alert["status"]) == (66, "high", "Open")
    assert alert["impactScope"]["counts"]["host"] == alert["impactScope"]["counts"]["account"] == 1
    detail = house.get(f"/console/api/workbench/alerts/{alert['id']}")
    assert any("reg.exe save hklm" in json.dumps(one) for one in detail["highlights"])

    isolated = house.task("isolate_endpoint", guid, alertId=alert["id"], source="workbench")
    assert isolated["state"] == "verified", isolated
    assert not answers(network["neighbour"], endpoint.address, listener)
    assert not answers(network["server"], endpoint.address, listener)
    assert endpoint.run("ping", "-c1", "-W1", network["neighbour"].address, check=False).returncode != 0

    collected = house.task("collect_file", guid, {"path": str(script)}, alertId=alert["id"])
    assert collected["state"] == "verified", collected
    password = house.ask("POST", f"/console/api/response/tasks/{collected['id']}/password").json()["password"]
    assert len(password) >= 16
    inner = house.ask("GET", f"/console/api/response/tasks/{collected['id']}/file").content
    with pyzipper.AESZipFile(io.BytesIO(inner)) as opened:
        (name,) = [one for one in opened.namelist() if one.endswith(script.name)]
        assert opened.read(name, pwd=password.encode()) == script.read_bytes()

    _submission(house, collected["id"], inner, password)
    _pattern_finds(house, guid, script)

    restored = house.task("restore_endpoint", guid)
    assert restored["state"] == "verified", restored
    assert restored["result"]["identical"] is True
    assert rules(endpoint) == before
    assert answers(network["neighbour"], endpoint.address, listener)

    closed = {"status": "Closed", "finding": "True Positive"}
    house.ask("PATCH", f"/console/api/workbench/alerts/{alert['id']}", json=closed)
    assert house.get(f"/console/api/workbench/alerts/{alert['id']}")["status"] == "Closed"


def _demo_alert(house: FieldHouse, guid: str) -> Any:
    for one in house.get("/console/api/workbench/alerts", top=200)["items"]:
        if one["model"]["en"] == DEMO and any(entity["id"] == guid for entity in one["impactScope"]["entities"]):
            return one
    return None


def _demo_script(house: FieldHouse, folder: Path) -> Path:
    (demo,) = [one for one in house.get("/console/api/simulations")["items"] if one["id"] == "t1003_demo"]
    packed = folder / "demo.zip"
    packed.write_bytes(house.ask("GET", "/console/api/simulations/t1003_demo/script").content)
    return unpack_demo(packed, demo["password"], folder / "demo")


def _submission(house: FieldHouse, task: str, inner: bytes, password: str) -> None:
    told = house.get(f"/console/api/response/tasks/{task}/submission")
    assert password in json.dumps(told)
    package = house.ask("GET", f"/console/api/response/tasks/{task}/submission.zip").content
    with pyzipper.AESZipFile(io.BytesIO(package)) as opened:
        opened.setpassword(b"virus")
        assert inner in [opened.read(name) for name in opened.namelist()]


def _pattern_finds(house: FieldHouse, guid: str, script: Path) -> None:
    digest = hashlib.sha256(script.read_bytes()).hexdigest()
    house.ask("POST", "/console/api/patterns", json={"kind": "hash", "value": digest, "name": "the demonstration"})
    version = house.get("/console/api/patterns")["version"]
    until(
        lambda: house.get(f"/console/api/endpoints/{guid}")["patternVersion"] == version,
        "the sensor's new patterns",
    )
    scanned = house.task("scan", guid, {"kind": "paths", "paths": [str(script.parent)]})
    assert scanned["state"] == "verified", scanned
    assert [match["path"] for match in scanned["result"]["matches"]] == [str(script)]
