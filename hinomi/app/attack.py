"""ATT&CK of a data folder: import another version, and what is in use."""

import hashlib
import time
from pathlib import Path
from typing import Any

from hinomi.access.access import Access
from hinomi.app.folder import DataFolder
from hinomi.app.opening import open_database
from hinomi.attack.catalogue import attack_status, use_imported, write_import
from hinomi.attack.stix import MAX_BYTES, read_stix
from hinomi.errors import InputError, TooLarge
from hinomi.query.moment import format_second
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings


def import_attack(settings: Settings, path: Path) -> dict[str, Any]:
    """Read a STIX bundle and use it from now on, in a running server too; the new status. InputError, TooLarge."""
    DataFolder(settings.data).require()
    data = _read(path)
    facts = read_stix(data)
    told = {
        "file": path.name[:200],
        "sha256": hashlib.sha256(data).hexdigest(),
        "importedAt": format_second(int(time.time() * 1000)),
    }
    database = open_database(settings)
    try:
        access = Access(database, time.time)
        with database.begin() as connection:
            access.audit.add(connection, COMMAND_LINE, "attack.import", facts.version, told)
            write_import(settings.data, facts, told)
    finally:
        database.close()
    return status_of(settings)


def status_of(settings: Settings) -> dict[str, Any]:
    """`attack_status` of the folder; of what comes with the product where there is no folder yet."""
    use_folder(settings)
    return attack_status()


def use_folder(settings: Settings) -> None:
    use_imported(settings.data)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TooLarge(f"{path}: over {MAX_BYTES >> 20} MiB")
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
