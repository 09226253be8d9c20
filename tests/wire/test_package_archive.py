"""Packages are archives that somebody else made: nothing of one lands outside of its folder."""

import tarfile
from pathlib import Path

import pytest

from hinomi.errors import InputError, TooLarge
from hinomi.wire import package_archive
from hinomi.wire.package_archive import look_into, unpack
from hinomi.wire.update import MANIFEST, PackageInfo, this_platform, write_manifest
from tests.make_package import small_package, tar_of

GOOD = write_manifest(PackageInfo("1.0", this_platform()))


def odd(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


def test_a_package_says_what_it_is_and_unpacks(tmp_path: Path) -> None:
    package = small_package(tmp_path, "1.0")
    assert look_into(package) == PackageInfo("1.0", this_platform())
    unpack(package, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["bin", "lib", MANIFEST]
    assert (tmp_path / "out/bin/sensor").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "out/lib/one.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "entry",
    [
        odd("pack/../../outside"),
        odd("/etc/outside"),
        odd("other/file"),
        odd("pack"),
        odd("../outside"),
        odd("pack/link", tarfile.SYMTYPE, "/etc"),
        odd("pack/hard", tarfile.LNKTYPE, "pack/lib/one.txt"),
        odd("pack/device", tarfile.CHRTYPE),
        odd("pack/pipe", tarfile.FIFOTYPE),
    ],
    ids=lambda entry: f"{entry.name} {entry.type.decode()}",
)
def test_whatever_is_no_plain_file_below_the_folder_is_refused(tmp_path: Path, entry: tarfile.TarInfo) -> None:
    package = tar_of(tmp_path / "bad.tar.gz", {f"pack/{MANIFEST}": GOOD}, entry)
    for read in (look_into, lambda path: unpack(path, tmp_path / "out")):
        with pytest.raises(InputError):
            read(package)
    assert not (tmp_path / "outside").exists()


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    package = tar_of(tmp_path / "twice.tar.gz", {f"pack/{MANIFEST}": GOOD}, odd(f"pack/{MANIFEST}"))
    with pytest.raises((InputError, FileExistsError)):
        unpack(package, tmp_path / "out")


def test_no_package_at_all(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(small_package(tmp_path, "1.0").read_bytes()[:-60])
    empty = tar_of(tmp_path / "empty.tar.gz", {"pack/readme": b"x"})
    huge = tar_of(tmp_path / "huge.tar.gz", {f"pack/{MANIFEST}": GOOD + b" " * 5000})
    for package in (tmp_path / "text", cut, empty, huge):
        with pytest.raises(InputError):
            look_into(package)


def test_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = small_package(tmp_path, "1.0")
    monkeypatch.setattr(package_archive, "MAX_FILES", 2)
    with pytest.raises(TooLarge):
        look_into(package)
    monkeypatch.setattr(package_archive, "MAX_FILES", 100)
    monkeypatch.setattr(package_archive, "MAX_UNPACKED_BYTES", 10)
    with pytest.raises(TooLarge):
        unpack(package, tmp_path / "out")
