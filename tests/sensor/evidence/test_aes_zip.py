from pathlib import Path

import pytest
import pyzipper

from hinomi.sensor.evidence import aes
from hinomi.sensor.evidence.aes_zip import AesZip


@pytest.mark.parametrize("by_library", [True, False])
def test_others_open_what_we_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_library: bool) -> None:
    if not by_library:
        monkeypatch.setattr(aes, "_found", [None])
    members = {"a.txt": b"text " * 3000, "leer": b"", "files/x": bytes(range(256)) * 3, "検体": b"x"}
    path = tmp_path / "a.zip"
    with AesZip(path, "pass word") as out:
        out.add_open("open.json", b"{}")
        for name, data in members.items():
            out.add(name, data)
    assert path.stat().st_mode & 0o777 == 0o600
    with pyzipper.AESZipFile(path) as archive:
        assert archive.read("open.json") == b"{}"
        archive.setpassword(b"pass word")
        assert {name: archive.read(name) for name in archive.namelist()} == {"open.json": b"{}"} | members
        assert archive.testzip() is None
        archive.setpassword(b"wrong")
        with pytest.raises(RuntimeError):
            archive.read("a.txt")
    assert b"text text" not in path.read_bytes()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"mine")
    with pytest.raises(FileExistsError), AesZip(tmp_path / "a.zip", "x"):
        pass
