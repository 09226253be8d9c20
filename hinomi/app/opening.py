"""The parts of a data folder that open alone, and the first set-up."""

import json
import time
from dataclasses import dataclass

from hinomi.access.access import Access
from hinomi.app.folder import DataFolder, write_private
from hinomi.database import Database
from hinomi.errors import HinomiError, Unauthorised
from hinomi.settings import Settings

FIRST_USER = "first-user.json"


@dataclass(frozen=True, slots=True)
class FirstUser:
    name: str
    password: str


def open_database(settings: Settings) -> Database:
    """The operational database of a data folder, with its tables made."""
    DataFolder(settings.data).require()
    database = Database(operational_url(settings))
    database.create()
    return database


def operational_url(settings: Settings) -> str:
    """Path or URL of the operational database."""
    return settings.database_url or str((settings.data / "hinomi.db").resolve())


def open_access(settings: Settings) -> Access:
    return Access(open_database(settings), time.time)


def initialise(settings: Settings, name: str = "admin") -> FirstUser:
    """Make the data folder, the database and the first administrator with a random password.

    The password is also kept in the folder (0600) until it is changed, so that `hinomi up` can print it again.
    """
    DataFolder(settings.data).make(settings.org)
    password = open_access(settings).create_first_administrator(name)
    if password is None:
        raise HinomiError("this database has users already")
    write_private(settings.data / FIRST_USER, {"name": name, "password": password})
    return FirstUser(name, password)


def read_first_user(settings: Settings) -> FirstUser | None:
    """The first administrator while the first password still holds; afterwards None, and the file is gone."""
    path = settings.data / FIRST_USER
    try:
        kept = json.loads(path.read_text())
        found = FirstUser(kept["name"], kept["password"])
        if open_access(settings).is_password(found.name, found.password):
            return found
    except (OSError, ValueError, KeyError, Unauthorised):
        pass
    path.unlink(missing_ok=True)
    return None
