"""Where a packaged sensor lies on its host, and how one follows another.

    /opt/hinomi-sensor/bin/hinomi-sensor     the starter: a shell script that no update touches
                       versions/NAME/        one folder for each package: lib/ bin/ package.json
                       current -> versions/NAME    the one that is known to work
                       trying -> versions/NAME     the one that has to show it; `tries` counts its starts
                       failed -> versions/NAME     the one that did not; the starter went back to `current`

The starter (packaging/build_sensor.py) begins `trying` at most MAX_TRIES times. A sensor that the server welcomes is confirmed:
`trying` becomes `current`. Links are replaced whole, so that a power cut leaves the one or the other.
"""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hinomi.errors import InputError
from hinomi.sensor import disk
from hinomi.wire.message import Update
from hinomi.wire.package_archive import look_into, unpack
from hinomi.wire.update import MANIFEST, PackageInfo, read_manifest

MAX_TRIES = 3  # as in the starter
_OFFER = "offer.json"  # beside the manifest: what it was offered as


@dataclass(frozen=True, slots=True)
class Package:
    """One that lies in `versions/`. `sha256` is "" for one that a person installed."""

    path: Path
    version: str
    sha256: str


class Installation:
    """`here`: the folder of the running package."""

    def __init__(self, here: Path, info: PackageInfo) -> None:
        self.here, self.info = here, info
        self.root = here.parent.parent

    @property
    def starter(self) -> Path:
        return self.root / "bin" / "hinomi-sensor"

    @property
    def is_trying(self) -> bool:
        return self._package("trying") == self._named(self.here)

    def running(self) -> Package | None:
        return self._named(self.here)

    def lay_down(self, archive: Path, offer: Update) -> None:
        """Unpack it and let the next start try it. InputError when it is not what it was offered as."""
        found = look_into(archive)
        if found != PackageInfo(offer.sensor_version, offer.platform):
            raise InputError(f"the package is {found.version} for {found.platform}, not what was offered")
        target = self.root / "versions" / f"{offer.sensor_version}-{offer.sha256[:12]}"
        draft = target.with_name(f".{target.name}")
        shutil.rmtree(draft, ignore_errors=True)
        unpack(archive, draft)
        (draft / _OFFER).write_text(json.dumps({"sha256": offer.sha256}))
        if target.exists():  # of an earlier time; never the running one, whose version is another
            shutil.rmtree(target)
        draft.rename(target)
        disk.sync_folder(target.parent)
        with suppress(FileNotFoundError):
            (self.root / "tries").unlink()
        self._link("trying", target)

    def confirm(self) -> Package | None:
        """The running one works. What it is, when it was on trial until now."""
        if not self.is_trying:
            return None
        self._link("current", self.here)
        for name in ("trying", "tries"):
            (self.root / name).unlink(missing_ok=True)
        disk.sync_folder(self.root)
        self._sweep()
        return self.running()

    def take_failed(self) -> Package | None:
        """The one that the starter went back from, told once; its files go."""
        found = self._package("failed")
        (self.root / "failed").unlink(missing_ok=True)
        if found is not None:
            self._sweep()
        return found

    def _sweep(self) -> None:
        """Versions that nothing points to, but for the running one."""
        kept = {self.here.name} | {one.path.name for name in ("current", "trying") if (one := self._package(name))}
        for path in (self.root / "versions").iterdir():
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    def _package(self, link: str) -> Package | None:
        path = self.root / link
        return self._named(path.resolve()) if path.is_symlink() and path.is_dir() else None

    def _named(self, path: Path) -> Package | None:
        info = manifest_of(path)
        if info is None:
            return None
        try:
            sha256 = str(json.loads((path / _OFFER).read_text())["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            sha256 = ""
        return Package(path, info.version, sha256)

    def _link(self, name: str, target: Path) -> None:
        draft = self.root / f".{name}.new"
        draft.unlink(missing_ok=True)
        draft.symlink_to(os.path.relpath(target, self.root))
        draft.replace(self.root / name)
        disk.sync_folder(self.root)


def manifest_of(folder: Path) -> PackageInfo | None:
    try:
        return read_manifest((folder / MANIFEST).read_bytes())
    except (OSError, InputError):
        return None


def find_installation(package: Path) -> Installation | None:
    """The installation that the folder of a running package belongs to; None for one that lies elsewhere."""
    info = manifest_of(package)
    if info is None or package.parent.name != "versions":
        return None
    found = Installation(package, info)
    return found if found.starter.is_file() else None
