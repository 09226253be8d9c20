"""Makers for tests about people and keys: a database with a clock that a test moves."""

from functools import cache
from pathlib import Path

from hinomi.access.access import Access
from hinomi.access.password import hash_password
from hinomi.database import Database
from hinomi.schema.principal import Principal, PrincipalKind, Role
from tests.make_database import database_at

PASSWORD = "tabo-kire-munos-9"
START_S = 1_780_000_000.0  # 2026-05-28


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self, now_s: float = START_S) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds

    @property
    def now_ms(self) -> int:
        return int(self.now_s * 1000)


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def user(house: Access, name: str, role: Role) -> None:
    """A user with PASSWORD; made without the time that hashing takes."""
    with house._database.begin() as connection:
        house.users.insert(connection, person(), name, role, _hash())


def access(folder: Path, clock: Clock | None = None) -> Access:
    made = Database(database_at(folder / "operations.db"))
    made.create()
    return Access(made, clock or Clock())


def person(name: str = "ayumi", role: Role = Role.ADMINISTRATOR) -> Principal:
    return Principal.of(name, role, PrincipalKind.USER, "192.0.2.7")
