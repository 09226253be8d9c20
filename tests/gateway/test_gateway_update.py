"""Packages on their way through the real gateway: offered, fetched with resumption, refused, reported."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hinomi.errors import InputError, Unavailable
from hinomi.operations.sensor_packages import PackageKeeper
from hinomi.response.signer import SignerKey
from hinomi.schema.principal import COMMAND_LINE
from hinomi.sensor import agent as agent_module
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.identity import IdentityKeeper
from hinomi.sensor.installation import Installation, find_installation
from hinomi.sensor.link import Link
from hinomi.sensor.update import Updater
from hinomi.wire import message as wire
from hinomi.wire.update import sign_package, this_platform
from tests.make_gateway import Door, Hostile, sensor
from tests.make_package import install, small_package
from tests.waiting import until


@pytest.fixture
def keeper(door: Door) -> PackageKeeper:
    made = PackageKeeper(door.database, door.packages, door.audit)
    made.on_change = door.gateway.renew_updates
    return made


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    (tmp_path / "opt").mkdir()
    found = find_installation(install(tmp_path / "opt", "0.0.1"))
    assert found is not None
    return found


def add(door: Door, keeper: PackageKeeper, package: Path, key: Ed25519PrivateKey | None = None) -> str:
    held = SignerKey(door.folder)
    added = keeper.add(COMMAND_LINE, package, lambda one: sign_package(key or held.key, one), held.epoch)
    return added.offer.sha256


def test_a_connected_sensor_lays_down_what_is_shared(
    door: Door, keeper: PackageKeeper, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_module, "INSTALLATION", installation)
    identity = door.enrolled(tmp_path / "a")
    agent = sensor(tmp_path / "a")
    asked: list[bool] = []
    agent.on_exit = lambda: asked.append(True)
    try:
        until(lambda: door.gateway.connected() == {identity.guid}, "the sensor connects")
        sha256 = add(door, keeper, small_package(tmp_path, "9.9"))
        assert agent.updater.is_on_trial is False
        keeper.share(COMMAND_LINE, sha256, 100)
        until(lambda: asked, "the sensor wants to be started anew")
        new = find_installation(installation.root / "versions" / f"9.9-{sha256[:12]}")
        assert new is not None
        assert new.is_trying
        # as the new one, in the place of the old one
        told = Updater(SensorFolder(tmp_path / "a"), new).welcomed()
        assert told == [wire.UpdateOutcome(sha256, "9.9", "running")]
        assert [row for row in door.audited() if row[0].startswith("sensor_package")] == [
            ("sensor_package.add", "success"),
            ("sensor_package.share", "success"),
        ]
    finally:
        agent.stop()


def test_a_package_of_another_key_is_refused_told_and_not_asked_for_again(
    door: Door, keeper: PackageKeeper, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_module, "INSTALLATION", installation)
    identity = door.enrolled(tmp_path / "a")
    sha256 = add(door, keeper, small_package(tmp_path, "9.9"), Ed25519PrivateKey.generate())
    keeper.share(COMMAND_LINE, sha256, 100)
    agent = sensor(tmp_path / "a")
    try:
        until(lambda: door.packages.sensors(sha256), "the server hears of the refusal")
        (told,) = door.packages.sensors(sha256)
        assert (told["guid"], told["outcome"]) == (identity.guid, "refused")
        assert "not signed" in told["reason"]
        until(lambda: door.records("sensor_tamper"), "and the lake")
        assert door.records("sensor_tamper")[0]["data"]["name"] == "update_refused"
        hello = wire.Hello(1, identity.guid, identity.epoch, 1, 0, 0, sensor_version="0.0.1", platform=this_platform())
        assert door.packages.offer_to(hello) is None
    finally:
        agent.stop()
    assert [path.name for path in (installation.root / "versions").iterdir()] == ["0.0.1"]


def test_a_download_goes_on_where_it_broke(door: Door, keeper: PackageKeeper, tmp_path: Path) -> None:
    door.enrolled(tmp_path / "a")
    package = small_package(tmp_path, "9.9", script="# " + "x" * 100_000)
    sha256, size = add(door, keeper, package), package.stat().st_size
    link = Hostile(tmp_path / "a").link
    path, target = f"/sensor/v1/update/{sha256}", tmp_path / "part"
    with pytest.raises(Unavailable):  # not shared
        link.resume(path, target, size)
    keeper.share(COMMAND_LINE, sha256, 100)
    target.write_bytes(package.read_bytes()[: size // 2])
    assert link.resume(path, target, size) == sha256
    assert target.read_bytes() == package.read_bytes()
    target.write_bytes(b"x" * (size // 2))  # somebody wrote into it
    assert link.resume(path, target, size) != sha256
    with pytest.raises(Unavailable, match="broke off"):
        link.resume(path, tmp_path / "more", size + 1)


def test_what_was_fetched_must_be_what_was_offered(
    door: Door, keeper: PackageKeeper, installation: Installation, tmp_path: Path
) -> None:
    identity = door.enrolled(tmp_path / "a")
    sha256 = add(door, keeper, small_package(tmp_path, "9.9"))
    keeper.share(COMMAND_LINE, sha256, 100)
    offer = door.packages.find(sha256).offer
    door.packages.place(sha256).write_bytes(b"z" * offer.size_bytes)
    updater = Updater(SensorFolder(tmp_path / "a"), installation)
    link = Link(identity.url, IdentityKeeper(SensorFolder(tmp_path / "a")).context())
    with pytest.raises(InputError, match="not what was offered"):
        updater.stage(link, offer, identity)
    assert not [*(tmp_path / "a" / "update").iterdir()]
    assert updater.stage(link, offer, identity) is False, "refused once, passed over then"
    assert not (installation.root / "trying").is_symlink()


def test_an_older_epoch_of_the_key_is_refused(
    door: Door, keeper: PackageKeeper, installation: Installation, tmp_path: Path
) -> None:
    identity = replace(door.enrolled(tmp_path / "a"), command_epoch=2)
    sha256 = add(door, keeper, small_package(tmp_path, "9.9"))
    updater = Updater(SensorFolder(tmp_path / "a"), installation)
    link = Link(identity.url, IdentityKeeper(SensorFolder(tmp_path / "a")).context())
    with pytest.raises(InputError, match="epoch"):
        updater.stage(link, door.packages.find(sha256).offer, identity)


def test_a_package_lies_private_and_is_known_by_its_digest(door: Door, keeper: PackageKeeper, tmp_path: Path) -> None:
    package = small_package(tmp_path, "9.9")
    sha256 = add(door, keeper, package)
    assert sha256 == hashlib.sha256(package.read_bytes()).hexdigest()
    assert door.packages.place(sha256).stat().st_mode & 0o777 == 0o600
    keeper.remove(COMMAND_LINE, sha256)
    assert not door.packages.place(sha256).exists()
    with pytest.raises(InputError):
        keeper.add(COMMAND_LINE, Path(__file__), lambda one: one, 1)
