"""Members of archives as streams. Nothing is unpacked to disk; a member's path is only a name."""

import io
import re
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, cast

from hinomi.ingest.limits import Limits
from hinomi.ingest.stream import ARCHIVE_ERRORS, Budget, Readable, Stream, Trouble, Unpacked

Member = tuple[str, Stream | Trouble]
_OUTSIDE = re.compile(r"^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)")
_HEADERS = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)
_MOST_HEADER_BYTES = 1 << 20
_ENCRYPTED = 0x1  # APPNOTE.TXT 4.4.4, general purpose bit 0


def zip_members(file: IO[bytes], budget: Budget) -> Iterator[Member]:
    """The members in the order of their names. `file` can be sought in."""
    try:
        archive = zipfile.ZipFile(file)
        infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
    except ARCHIVE_ERRORS as error:
        yield "", Trouble("damaged_file", f"the zip directory cannot be read: {error}")
        return
    for info in infos:
        if not budget.enter():
            yield "", Trouble("archive_limit", "more members than the limit")
            return
        yield info.filename, _zip_member(archive, info, budget)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Stream | Trouble:
    if _OUTSIDE.search(info.filename):
        return Trouble("archive_path", "the name leads out of the archive")
    if info.flag_bits & _ENCRYPTED:
        return Trouble("archive_encrypted", "the member is encrypted")
    try:
        opened = archive.open(info)
    except ARCHIVE_ERRORS as error:
        return Trouble("damaged_file", f"the member cannot be opened: {error}")
    return Stream(Unpacked(cast("Readable", opened), budget))


def tar_members(stream: Stream, budget: Budget) -> Iterator[Member]:
    """The members in the order of the archive; it is read once, front to back."""
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|", errorlevel=0, tarinfo=BoundedInfo) as archive:
            for info in archive:
                if info.isdir():
                    continue
                if not budget.enter():
                    yield "", Trouble("archive_limit", "more members than the limit")
                    return
                yield info.name, _tar_member(archive, info, budget, stream)
    except ARCHIVE_ERRORS as error:
        yield "", stream.trouble or Trouble("damaged_file", f"the tar archive cannot be read on: {error}")


class BoundedInfo(tarfile.TarInfo):
    """A member whose long name or extended header is no longer than any real one: tarfile holds those in memory."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS and self.size > _MOST_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {self.size:,} bytes")
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget, behind: Stream) -> Stream | Trouble:
    if _OUTSIDE.search(info.name):
        return Trouble("archive_path", "the name leads out of the archive")
    opened = archive.extractfile(info) if info.isreg() else None
    if opened is None:
        return Trouble("unsupported_file", "the member is a link or a device, not a file")
    # counted here too: the holes of sparse files take no room in the archive
    return Stream(Unpacked(cast("Readable", opened), budget), behind=behind)


def held(stream: Stream, limits: Limits) -> IO[bytes] | Trouble:
    """A whole stream in memory, for a zip is read from its end."""
    content = stream.read_fully(limits.held_bytes + 1)
    if stream.trouble is not None:
        return stream.trouble
    if len(content) > limits.held_bytes:
        return Trouble("archive_limit", f"an archive inside an archive is larger than {limits.held_bytes:,} bytes")
    return io.BytesIO(content)
