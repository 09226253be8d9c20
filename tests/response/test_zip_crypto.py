"""The classic encryption, held against an unpacker that is not ours."""

import io
import shutil
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.errors import TooLarge
from hinomi.response import zip_crypto
from hinomi.response.zip_crypto import classic_zip


def opened(archive: bytes, password: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        found.setpassword(password.encode())
        return {name: found.read(name) for name in found.namelist()}


@given(st.binary(max_size=2000), st.text("abcABC123!", min_size=1, max_size=20))
@settings(deadline=None)
def test_what_went_in_comes_out(data: bytes, password: str) -> None:
    assert opened(classic_zip({"a/b.bin": data}, password), password) == {"a/b.bin": data}


def test_a_wrong_password_fails() -> None:
    archive = classic_zip({"sample.zip": b"text " * 100}, "virus")
    # one wrong password in 256 passes the check of the header; then the content is no deflated text
    with pytest.raises((RuntimeError, zipfile.BadZipFile, zlib.error)):
        opened(archive, "wrong")


def test_the_members_name_may_be_japanese() -> None:
    assert list(opened(classic_zip({"検体.zip": b"x"}, "virus"), "virus")) == ["検体.zip"]


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_crypto, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        classic_zip({"a": b"x" * 6, "b": b"x" * 5}, "virus")


@pytest.mark.skipif(not shutil.which("unzip"), reason="Info-ZIP's unzip is not installed")
def test_unzip_opens_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(classic_zip({"sample.zip": b"inner" * 5000}, "virus"))
    told = subprocess.run(["unzip", "-P", "virus", "-p", "a.zip"], cwd=tmp_path, check=True, capture_output=True)
    assert told.stdout == b"inner" * 5000
