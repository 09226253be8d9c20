"""The lake of a data folder for the command line: beside the server that runs on it, else alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from hinomi.app.folder import DataFolder
from hinomi.lake.lake import Lake
from hinomi.settings import Settings


@contextmanager
def open_lake(settings: Settings) -> Iterator[Lake]:
    """The lake of a data folder: beside the server that runs on it, else alone."""
    folder, memory = DataFolder(settings.data), settings.lake_memory_mb
    lake, floor = settings.data / "lake", settings.disk_floor_mb << 20
    folder.require()
    if settings.lake_url:
        with Lake.at(settings.lake_url, memory_mb=memory) as asked:
            yield asked
    elif folder.server() is not None:
        with Lake.join(lake, memory_mb=memory, floor_bytes=floor) as joined:
            yield joined
    else:
        with folder.hold(), Lake.start(lake, memory_mb=memory, floor_bytes=floor) as started:
            yield started
