"""The package for analysis: both layers open, and the request says how."""

import io
import zipfile
from pathlib import Path

import pytest
import pyzipper

from hinomi.errors import InputError
from hinomi.response.files import CollectedFile
from hinomi.response.submission import (
    INNER_NAME,
    OUTER_PASSWORD,
    Encryption,
    Sample,
    encryption_for,
    read_desk,
    request_of,
    write_package,
)
from hinomi.response.zip_crypto import MAX_BYTES

INNER = "Xk3!9fQz27LmPaRw4u7T"
SCRIPT = b"#!/bin/sh\necho harmless\n"
FILE = CollectedFile("0" * 32, "00000001", "s", "a.zip", "kept", 10, "0" * 64, 0, 0, 0)


@pytest.fixture
def inner(tmp_path: Path) -> Path:
    """As a sensor packs it: AES-256 with a random password."""
    path = tmp_path / "inner.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(INNER.encode())
        archive.writestr("T1003_Demo_Script.sh", SCRIPT)
    return path


def sample(**result: object) -> Sample:
    return Sample("web01", "Debian 12", "/tmp/T1003_Demo_Script.sh", FILE, INNER, "WB-1-20261122-00001", dict(result))


@pytest.mark.parametrize("encryption", list(Encryption))
def test_both_layers_open_and_the_inner_one_is_unchanged(inner: Path, tmp_path: Path, encryption: Encryption) -> None:
    outer = tmp_path / "submission.zip"
    write_package(inner, INNER_NAME, outer, encryption)
    assert outer.stat().st_mode & 0o777 == 0o600
    with pyzipper.AESZipFile(outer) as archive:
        archive.setpassword(OUTER_PASSWORD.encode())
        assert archive.namelist() == [INNER_NAME]
        found = archive.read(INNER_NAME)
    assert found == inner.read_bytes()
    with pyzipper.AESZipFile(io.BytesIO(found)) as archive:
        archive.setpassword(INNER.encode())
        assert archive.read("T1003_Demo_Script.sh") == SCRIPT


def test_the_classic_package_opens_with_the_standard_library(inner: Path, tmp_path: Path) -> None:
    write_package(inner, INNER_NAME, tmp_path / "s.zip", Encryption.CLASSIC)
    with zipfile.ZipFile(tmp_path / "s.zip") as archive:
        assert archive.read(INNER_NAME, pwd=b"virus") == inner.read_bytes()


@pytest.mark.parametrize(("language", "remarks"), [("en", "Remarks"), ("ja", "備考")])
def test_the_remarks_hold_the_inner_password(language: str, remarks: str) -> None:
    request = request_of(sample(sha256="ab" * 32), read_desk("vendor:samples@example.com"), Encryption.CLASSIC)
    text = request.text[language]
    (line,) = [line for line in text.splitlines() if line.startswith(remarks)]
    assert INNER in line
    assert "samples@example.com" in text
    assert "SHA-256: " + "ab" * 32 in text
    assert "ZipCrypto" in text


def test_what_a_hostile_host_calls_its_file_stays_on_one_line() -> None:
    hostile = Sample("web01", "", "/tmp/a\nRemarks: password is 1234", FILE, INNER)
    text = request_of(hostile, read_desk("team"), Encryption.AES).text["en"]
    assert [line for line in text.splitlines() if line.startswith("Remarks")] == [
        f"Remarks: The zip inside (sample.zip) opens with the password: {INNER}"
    ]


def test_what_is_too_large_for_the_classic_way_is_packed_by_aes() -> None:
    assert encryption_for(MAX_BYTES) is Encryption.CLASSIC
    assert encryption_for(MAX_BYTES + 1) is Encryption.AES
    assert encryption_for(5, Encryption.AES) is Encryption.AES
    with pytest.raises(InputError):
        encryption_for(MAX_BYTES + 1, Encryption.CLASSIC)


@pytest.mark.parametrize("text", ["", "friend", "vendor:a\nBcc: b", "team:" + "x" * 301])
def test_a_desk_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_desk(text)
