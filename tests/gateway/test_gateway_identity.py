"""Who may come in: tokens that hold once, certificates of our own authority, and one machine for each identity."""

import shutil
import ssl
import time
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException

from hinomi.access.authority import Authority
from hinomi.errors import InputError, Unauthorised
from hinomi.schema.principal import COMMAND_LINE
from hinomi.sensor import enrolment
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.identity import make_key, trusting
from hinomi.sensor.link import Link
from hinomi.wire import message as wire
from tests.make_gateway import Door, Hostile, sensor
from tests.waiting import until


def test_a_token_makes_one_sensor_and_no_second(door: Door, tmp_path: Path) -> None:
    text = door.text()
    door.enrolled(tmp_path / "a", text)
    with pytest.raises(Unauthorised):
        door.enrolled(tmp_path / "b", text)
    assert not (tmp_path / "b" / "identity.json").exists()
    assert len(door.identities.all()) == 1


def test_a_server_with_another_authority_gets_no_token(door: Door, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stand between"):
        door.enrolled(tmp_path / "a", door.text(ca_sha256="0" * 64))
    assert door.enrolments.all()[0].used == 0


def test_a_certificate_of_another_authority_is_refused(door: Door, tmp_path: Path) -> None:
    identity = door.enrolled(tmp_path / "a")
    other = Authority(tmp_path / "other", time.time)
    private, request = make_key()
    stranger = other.issue(request, identity.guid).pem.encode() + private
    (tmp_path / "a" / "sensor.pem").write_bytes(stranger)
    hostile = Hostile(tmp_path / "a")
    with pytest.raises((ssl.SSLError, OSError, WebSocketException)):
        hostile.greet(hostile.open())
    assert door.gateway.connected() == set()


def test_without_a_certificate_only_enrolment_is_open(door: Door, tmp_path: Path) -> None:
    link = Link(door.gateway.url, trusting(door.authority.certificate_pem))
    for method, path in (
        ("POST", "/sensor/v1/renew"),
        ("POST", "/sensor/v1/batches/1"),
        ("PUT", "/sensor/v1/files/00000000000000000000000000000000"),
        ("GET", "/sensor/v1/patterns/1"),
        ("GET", f"/sensor/v1/update/{'0' * 64}"),
        ("GET", "/sensor/v1/channel"),
    ):
        assert link.ask(method, path).status == 401, path
    assert link.ask("GET", "/sensor/v1/authority").status == 200


def test_a_revoked_sensor_is_cut_off_and_stays_out(door: Door, tmp_path: Path) -> None:
    identity = door.enrolled(tmp_path / "a")
    agent = sensor(tmp_path / "a")
    try:
        until(lambda: door.gateway.connected() == {identity.guid}, "the sensor connects")
        door.identities.revoke(COMMAND_LINE, identity.guid, "lost laptop")
        until(lambda: door.gateway.connected() == set(), "the sensor is cut off")
        until(lambda: "revoked" in agent.channel.state.trouble, "the sensor learns why")
    finally:
        agent.stop()
    hostile = Hostile(tmp_path / "a")
    assert hostile.link.ask("POST", "/sensor/v1/batches/1", b"x").status == 403
    assert hostile.link.ask("POST", "/sensor/v1/renew", b'{"csr":""}').status == 403


def test_a_copy_of_an_identity_is_found_out(door: Door, tmp_path: Path) -> None:
    door.enrolled(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "copy")
    true, copy = Hostile(tmp_path / "a"), Hostile(tmp_path / "copy")
    with true.open() as socket:
        assert isinstance(true.greet(socket), wire.Welcome)
    with copy.open() as socket:
        assert copy.greet(socket) == wire.Bye("cloned")
    assert ("sensor.cloned", "failure") in door.audited()
    assert "cloned_connection" in door.signs()


def test_a_sensor_may_not_greet_in_another_ones_name(door: Door, tmp_path: Path) -> None:
    other = door.enrolled(tmp_path / "b")
    door.enrolled(tmp_path / "a")
    hostile = Hostile(tmp_path / "a")
    with hostile.open() as socket:
        assert hostile.greet(socket, sensor=other.guid) == wire.Bye("other_device")
    assert "other_device" in door.signs()


def test_a_renewed_key_is_used_and_the_one_before_ends(door: Door, tmp_path: Path) -> None:
    door.enrolled(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "before")
    first = Hostile(tmp_path / "a")
    with first.open() as socket:
        assert isinstance(first.greet(socket), wire.Welcome)
    enrolment.renew(SensorFolder(tmp_path / "a"), first.link)
    assert (tmp_path / "a" / "sensor.pem").read_bytes() != (tmp_path / "before" / "sensor.pem").read_bytes()
    second = Hostile(tmp_path / "a")
    with second.open() as socket:
        assert isinstance(second.greet(socket), wire.Welcome)
    old = Hostile(tmp_path / "before")
    assert old.link.ask("POST", "/sensor/v1/batches/1", b"x").status == 409
    assert "cloned_certificate" in door.signs()
