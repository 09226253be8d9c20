"""Uploads of whoever: bounded, names distrusted, nothing believed."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
import pyzipper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError, NotFound, TooLarge
from hinomi.operations import kit_archive
from hinomi.operations.kit import KitKey
from hinomi.operations.kit_archive import open_archive, password_of
from hinomi.sensor.evidence.sealing import seal

KIT = orjson.dumps({"hinomi_kit": 1, "host": "web01"})
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> KitKey:
    return KitKey(tmp_path_factory.mktemp("key") / "kit.key")


def manifest(members: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in members.items()).encode()


def aes_zip(path: Path, members: dict[str, bytes], sealed: bytes = b"") -> Path:
    with pyzipper.AESZipFile(path, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        for name, data in members.items():
            archive.writestr(name, data)
    if sealed:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("sealed.json", sealed)
    return path


def tar_gz(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def whole(**more: bytes) -> dict[str, bytes]:
    members = {"kit.json": KIT, "system.json": KIT} | more
    return members | {"manifest.sha256": manifest(members)}


def test_a_person_s_password_opens_it_and_no_other(tmp_path: Path, key: KitKey) -> None:
    path = aes_zip(tmp_path / "k.zip", whole())
    assert open_archive(path, key, PASSWORD).problems == []
    for wrong, told in (("", "give it with the upload"), ("wrong", "does not open")):
        with pytest.raises(InputError, match=told):
            open_archive(path, key, wrong)
    with pytest.raises(NotFound):
        password_of(path, key)


def test_the_sealed_password_opens_it_by_itself(tmp_path: Path, key: KitKey) -> None:
    sealed = base64.b64encode(seal(PASSWORD.encode(), key.modulus, key.exponent)).decode()
    path = aes_zip(tmp_path / "k.zip", whole(), orjson.dumps({"password": sealed}))
    assert open_archive(path, key).parts["kit.json"] == KIT
    assert password_of(path, key) == PASSWORD
    with pytest.raises(InputError, match="another server"):
        open_archive(path, KitKey(tmp_path / "other.key"))


@pytest.mark.parametrize("sealed", [b"{}", b"[", b'{"password": 5}', b'{"password": "%%"}', b'{"password": "AAAA"}'])
def test_a_sealed_password_that_is_none_is_refused(tmp_path: Path, key: KitKey, sealed: bytes) -> None:
    with pytest.raises(InputError):
        open_archive(aes_zip(tmp_path / "k.zip", whole(), sealed), key)


def test_paths_and_strange_names_are_ignored_and_told(tmp_path: Path, key: KitKey) -> None:
    names = [
        "../../etc/cron.d/evil",
        "/etc/passwd",
        "files/../../x",
        "C:\\x.exe",
        "processes.jsonl\n",
        "files/" + "Z" * 64,
    ]
    path = tar_gz(tmp_path / "k.tar.gz", whole() | dict.fromkeys(names, b"x"))
    found = open_archive(path, key)
    assert set(found.parts) == {"kit.json", "system.json", "manifest.sha256"}
    assert len([one for one in found.problems if one.startswith("ignored")]) == len(names)
    assert all(one.isprintable() for one in found.problems)
    assert [one.name for one in tmp_path.iterdir()] == ["k.tar.gz"]


def test_lies_about_hashes_are_told(tmp_path: Path, key: KitKey) -> None:
    evil = "ab" * 32
    members = {"kit.json": KIT, f"files/{evil}": b"something else", "users.jsonl": b"{}"}
    members["manifest.sha256"] = manifest({"kit.json": KIT, "gone.jsonl": b""})
    found = open_archive(tar_gz(tmp_path / "k.tar.gz", members), key)
    assert found.files == {}
    assert f"files/{evil} is not what its name says" in found.problems
    assert "users.jsonl is not what the manifest says" in found.problems
    assert "gone.jsonl is in the manifest and not there" in found.problems


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path, key: KitKey) -> None:
    with tarfile.open(tmp_path / "k.tar.gz", "w:gz") as archive:
        for kind, name in (
            (tarfile.SYMTYPE, "users.jsonl"),
            (tarfile.LNKTYPE, "logins.jsonl"),
            (tarfile.CHRTYPE, "tasks.jsonl"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("kit.json")
        info.size = len(KIT)
        archive.addfile(info, io.BytesIO(KIT))
    assert set(open_archive(tmp_path / "k.tar.gz", key).parts) == {"kit.json"}


def test_a_part_that_unpacks_without_end_is_refused(
    tmp_path: Path, key: KitKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_archive, "MAX_PART_BYTES", 10_000)
    bomb = {"processes.jsonl": b"0" * 1_000_000}
    for path in (tar_gz(tmp_path / "k.tar.gz", whole(**bomb)), aes_zip(tmp_path / "k.zip", whole(**bomb))):
        with pytest.raises(TooLarge):
            open_archive(path, key, PASSWORD)


def test_a_header_that_is_longer_than_any_name_is_refused(tmp_path: Path, key: KitKey) -> None:
    path = tmp_path / "k.tar.gz"
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2 << 20
    path.write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"a" * (2 << 20)))
    with pytest.raises(InputError):
        open_archive(path, key)


def test_what_unpacks_to_too_much_in_all_is_refused(
    tmp_path: Path, key: KitKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_archive, "MAX_TOTAL_BYTES", 20_000)
    parts = {f"part_{letter}.jsonl": b"0" * 9000 for letter in "abc"}
    with pytest.raises(TooLarge):
        open_archive(tar_gz(tmp_path / "k.tar.gz", whole(**parts)), key)


def test_a_directory_of_millions_is_not_read(tmp_path: Path, key: KitKey, monkeypatch: pytest.MonkeyPatch) -> None:
    path = aes_zip(tmp_path / "k.zip", whole() | {f"part_{n}": b"" for n in range(300)})
    monkeypatch.setattr(kit_archive, "MAX_DIRECTORY_BYTES", 1000)
    with pytest.raises(TooLarge, match="members"):
        open_archive(path, key, PASSWORD)
    monkeypatch.setattr(kit_archive, "MAX_DIRECTORY_BYTES", 1 << 20)
    monkeypatch.setattr(kit_archive, "MAX_MEMBERS", 100)
    with pytest.raises(TooLarge, match="members"):
        open_archive(path, key, PASSWORD)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ",
        b"PK\x03\x04",
        b"\x1f\x8b\x08\x00",
        gzip.compress(b"not a tar", mtime=0),
        b"x" * 2000,
        b"PK\x05\x06" + b"\0" * 18,
    ],
)
def test_what_is_no_collection_is_refused(tmp_path: Path, key: KitKey, data: bytes) -> None:
    (tmp_path / "k").write_bytes(data)
    with pytest.raises(InputError):
        open_archive(tmp_path / "k", key)


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return aes_zip(tmp_path_factory.mktemp("intact") / "k.zip", whole()).read_bytes()


@given(cut=st.integers(0, 3000), place=st.integers(0, 3000), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_an_answer_and_never_a_crash(
    tmp_path: Path, key: KitKey, intact: bytes, cut: int, place: int, byte: int
) -> None:
    data = bytearray(intact)
    data[place % len(data)] = byte
    path = tmp_path / "k.zip"
    path.write_bytes(bytes(data[: max(1, len(data) - cut)]))
    with suppress(InputError):
        open_archive(path, key, PASSWORD)
