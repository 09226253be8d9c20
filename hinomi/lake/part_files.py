"""Parts that the engine believes it has written, held against the files that are there.

On a disk that another program fills in the middle of a write the engine acknowledges parts whose files are empty. Nobody
may rely on such a part: the write is refused and the owner ends, for at its next start the engine sets hollow parts
aside and goes on with what they were merged of (kept on disk for eight minutes).
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

Listed = Callable[
    [], list[tuple[str, int]]
]  # folder of each part, and the bytes of its files as the engine counts them

_PART = re.compile(r"[0-9a-z]+_\d+_\d+_\d+(_\d+)?")  # what is still being written has another name
_NEVER_EMPTY = ("checksums.txt", "columns.txt", "count.txt")  # a column that is nowhere filled may have an empty file


class PartFiles:
    """Thread-safe. `store`: the folder of the engine; what is in it at the beginning was checked when the engine began."""

    def __init__(self, store: Path, listed: Listed) -> None:
        self._store, self._listed = store, listed
        self._lock = threading.Lock()
        self._seen: set[Path] = set(self._parts())
        self._measured: set[str] = {path for path, _ in listed()}

    def hollow(self) -> Path | None:
        """Of the parts that came since the last call, one whose first files are empty. A look at folders: quick enough for each write."""
        with self._lock:
            now = set(self._parts())
            fresh, self._seen = now - self._seen, now
        return next((part for part in fresh if _is_empty(part)), None)

    def truncated(self) -> Path | None:
        """Of those that came since its last call, one that has fewer bytes than the engine counts."""
        now = dict(self._listed())
        with self._lock:
            fresh, self._measured = now.keys() - self._measured, set(now)
        return next((Path(path) for path in sorted(fresh) if _is_short(Path(path), now[path])), None)

    def _parts(self) -> Iterator[Path]:
        for table in self._store.glob("store/*/*"):
            with suppress(FileNotFoundError):  # dropped
                yield from (part for part in table.iterdir() if _PART.fullmatch(part.name))


def _is_empty(part: Path) -> bool:
    try:
        return any((part / name).stat().st_size == 0 for name in _NEVER_EMPTY)
    except FileNotFoundError:  # merged away, or dropped
        return False


def _is_short(part: Path, expected: int) -> bool:
    try:
        return sum(file.stat().st_size for file in part.iterdir()) < expected
    except FileNotFoundError:
        return False
