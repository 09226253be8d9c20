"""Which files belong to a package of the system, and which were changed since: dpkg, rpm, apk (Linux)."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from typing import Iterable

from .reading import bytes_of, listed, text_of

_DPKG = "/var/lib/dpkg/info"
_APK = "/lib/apk/db/installed"
_RPM = ("/usr/bin/rpm", "/bin/rpm")
_RPM_DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
_MOST = 64 << 20
_RPM_S = 20


class Packages:
    """`is_known`: there is a package database at all; without one nothing can be said of any file."""

    def __init__(self) -> None:
        self._owned: set[str] = set()
        self._sums: dict[str, str] = {}
        self._has_rpm = False
        self._read()

    @property
    def is_known(self) -> bool:
        return bool(self._owned) or self._has_rpm

    def _read(self) -> None:
        for name in listed(_DPKG):
            if name.endswith(".list"):
                self._owned.update(map(_plain, text_of(f"{_DPKG}/{name}", 8 << 20).splitlines()))
        folder = ""
        for line in text_of(_APK, 64 << 20).splitlines():
            if line.startswith("F:"):
                folder = line[2:]
            elif line.startswith("R:"):
                self._owned.add(_plain(f"/{folder}/{line[2:]}"))
        self._has_rpm = any(map(listed, _RPM_DATABASES)) and any(map(os.path.exists, _RPM))

    def unowned(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths that no package brought; empty when there is no package database."""
        if not self.is_known:
            return set()
        left = {path for path in paths if _plain(path) not in self._owned}
        return left - self._of_rpm(left) if self._has_rpm and left else left

    def _of_rpm(self, paths: set[str]) -> set[str]:
        """Asked in portions; a hung database costs its time and no more."""
        found: set[str] = set()
        told = sorted(paths)
        for start in range(0, len(told), 200):
            portion = told[start : start + 200]
            command = [next(path for path in _RPM if os.path.exists(path)), "-qf", "--qf", "%{NAME}\n", "--", *portion]
            try:
                done = subprocess.run(
                    command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_RPM_S, check=False
                )
            except (OSError, subprocess.TimeoutExpired):
                return paths  # nobody can say: then none is called unowned
            lines = done.stdout.decode("utf-8", "replace").splitlines()
            found.update(path for path, line in zip(portion, lines) if "is not owned" not in line and " " not in line)
        return found

    def is_changed(self, path: str) -> bool:
        """A file of a Debian package whose MD5 is not the one that came; False where that cannot be known."""
        if not self._sums:
            self._read_sums()
        wanted = self._sums.get(_plain(path))
        data = bytes_of(path, _MOST) if wanted else None
        return data is not None and hashlib.md5(data).hexdigest() != wanted  # noqa: S324  (what dpkg keeps)

    def _read_sums(self) -> None:
        self._sums[""] = ""  # read once, even when there are none
        for name in listed(_DPKG):
            if name.endswith(".md5sums"):
                for line in text_of(f"{_DPKG}/{name}", 8 << 20).splitlines():
                    found = re.match(r"([0-9a-f]{32})\s+(.+)", line)
                    if found:
                        self._sums[_plain(f"/{found.group(2)}")] = found.group(1)


_MERGED = re.compile(r"^/(bin|sbin|lib|lib32|lib64|libx32)/")


def _plain(path: str) -> str:
    """/bin/ls and /usr/bin/ls are one file where /usr is merged, and nowhere two different ones that matter."""
    return _MERGED.sub(r"/usr/\1/", path)
