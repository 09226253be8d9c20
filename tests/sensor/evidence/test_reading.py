"""Files of a host that may be hostile."""

import hashlib
import os
from pathlib import Path

import pytest

from hinomi.sensor.evidence.reading import bytes_of, hash_of, text_of


def test_links_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "link", tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "none"):
        assert bytes_of(str(path), 100) is None
        assert hash_of(str(path)) == {}
    assert bytes_of(str(tmp_path / "link"), 100, follow=True) == b"secret"
    assert bytes_of("a\0b", 10) is None


def test_limits_hold(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1000)
    assert text_of(str(path), 10) == "x" * 10
    assert hash_of(str(path), limit=999) == {}
    assert hash_of(str(path), limit=1000)["sha256"] == hashlib.sha256(b"x" * 1000).hexdigest()


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\0"])
def test_bytes_that_are_no_text_are_text_all_the_same(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f").write_bytes(data)
    assert isinstance(text_of(str(tmp_path / "f")), str)
