"""How much of a file the readers believe: what is over a limit becomes a dead letter, never memory."""

from dataclasses import dataclass

_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and counts. The defaults take any real recording and stop the known bombs within a second or two."""

    record_bytes: int = 16 * _MB  # one line, one JSON value, one cell of a table
    unpacked_bytes: int = 64 * 1024 * _MB  # all that one file on disk unpacks to
    ratio: int = 100  # unpacked to packed; JSON logs reach 60
    ratio_from_bytes: int = 64 * _MB  # below this nobody asks for the ratio
    members: int = 20_000  # of all archives in one file
    nesting: int = 3  # archives in archives, a .gz included
    held_bytes: int = 256 * _MB  # an archive in an archive is held in memory, for a zip is read from its end
