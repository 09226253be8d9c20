"""User ids -> names, from /etc/passwd alone: a directory that does not answer must never hold the sensor up."""

from pathlib import Path

_CHECK_EVERY = 500  # look-ups between two looks at the file's time


class Users:
    """Reads the file again when it changed; a user that it does not know goes by the number."""

    def __init__(self, path: Path = Path("/etc/passwd")) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._names: dict[int, str] = {}
        self._asked = 0

    def name(self, uid: int | None) -> str | None:
        if uid is None:
            return None
        if self._asked % _CHECK_EVERY == 0:
            self._refresh()
        self._asked += 1
        found = self._names.get(uid)
        if found is None and self._refresh():
            found = self._names.get(uid)
        return str(uid) if found is None else found

    def _refresh(self) -> bool:
        """Read it if it changed; did it?"""
        try:
            told = self._path.stat()
            stamp = (told.st_mtime_ns, told.st_ino)
            if stamp == self._stamp:
                return False
            text = self._path.read_text(errors="replace")
        except OSError:
            return False
        self._stamp = stamp
        rows = (line.split(":") for line in text.splitlines())
        names: dict[int, str] = {}
        for row in rows:
            if len(row) > 2 and row[2].isdecimal():
                names.setdefault(int(row[2]), row[0])
        self._names = names
        return True
