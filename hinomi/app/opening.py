"""The parts of a data folder that open alone, and the first set-up."""

from dataclasses import dataclass

from hinomi.access.access import Access
from hinomi.app.folder import DataFolder
from hinomi.database import Database
from hinomi.detect.content import Content, load_content
from hinomi.settings import Settings


def open_database(settings: Settings) -> Database:
    """The operational database of a data folder, with its tables made."""
    DataFolder(settings.data).require()
    database = Database(settings.database_url or str(settings.data / "hinomi.db"))
    database.create()
    return database


def load_shipped(settings: Settings) -> Content:
    """The content to detect with; raises ContentError of the first file that cannot be used."""
    content, errors = load_content(settings.content_folder)
    if errors:
        raise errors[0]
    return content


@dataclass(frozen=True, slots=True)
class FirstUser:
    name: str
    password: str


def initialise(settings: Settings, name: str = "admin") -> FirstUser:
    """Make the data folder, the database and the first administrator with a random password (shown once)."""
    DataFolder(settings.data).make(settings.org)
    access = Access(open_database(settings))
    return FirstUser(name, access.create_first_administrator(name))
