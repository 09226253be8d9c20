"""Users: people who log in at the console. Their sessions end when they lose a right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access import session
from hinomi.access.audit import Audit
from hinomi.access.password import check_strength, hash_password, make_password, matches
from hinomi.access.permission import require
from hinomi.access.store import users
from hinomi.database import Database
from hinomi.errors import Forbidden, InputError, NotFound
from hinomi.schema.principal import Permission, Principal, PrincipalKind, Role

LANGUAGES = ("en", "ja")
THEMES = ("system", "light", "dark")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role
    enabled: bool
    language: str  # empty until the user has chosen one
    theme: str
    created_ms: int
    last_login_ms: int | None


class Users:
    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def all(self) -> list[User]:
        with self._database.read() as connection:
            return [as_user(row) for row in connection.execute(select(users).order_by(users.c.folded))]

    def get(self, name: str) -> User:
        with self._database.read() as connection:
            return as_user(find(connection, name))

    def create(self, by: Principal, name: str, role: Role, password: str | None = None) -> tuple[User, str]:
        """The new user and the password; one is made up when none is given. A name that exists is an InputError."""
        require(by, Permission.ADMINISTER)
        chosen = _checked(password, name) if password is not None else make_password()
        hashed = hash_password(chosen)  # before the transaction: it takes a while
        with self._database.begin() as connection:
            return self.insert(connection, by, name, role, hashed), chosen

    def insert(self, connection: Connection, by: Principal, name: str, role: Role, hashed: str) -> User:
        """As `create`, in a transaction that is open and with the password hashed."""
        if not is_name(name):
            raise InputError("a user name has 1 to 64 letters, digits, or . _ @ -, and begins with a letter or digit")
        if connection.execute(select(users.c.name).where(users.c.folded == name.lower())).first():
            raise InputError(f"there is a user {name!r} already")
        values = {"name": name, "folded": name.lower(), "role": str(role), "password_hash": hashed}
        connection.execute(insert(users).values(**values, created_ms=int(self._clock() * 1000)))
        self._audit.add(connection, by, "user.create", name, {"role": str(role)})
        return as_user(find(connection, name))

    def change(
        self,
        by: Principal,
        name: str,
        *,
        role: Role | None = None,
        enabled: bool | None = None,
        password: str | None = None,
    ) -> User:
        """Change what is not None. The user's sessions end. The last enabled administrator stays one (InputError)."""
        require(by, Permission.ADMINISTER)
        wanted: dict[str, Any] = {"role": role and str(role), "enabled": enabled}
        if password is not None:
            wanted["password_hash"] = hash_password(_checked(password, name))
        values = {field: value for field, value in wanted.items() if value is not None}
        with self._database.begin() as connection:
            row = find(connection, name)
            values = {field: value for field, value in values.items() if getattr(row, field) != value}
            if values:
                connection.execute(update(users).where(users.c.name == row.name).values(**values))
                _keep_an_administrator(connection)
                session.end_all(connection, row.name)
                told = {**values, **({"password_hash": "changed"} if "password_hash" in values else {})}
                self._audit.add(connection, by, "user.change", row.name, told)
            return as_user(find(connection, row.name))

    def remove(self, by: Principal, name: str) -> None:
        """Remove the user and end the sessions. The last enabled administrator stays (InputError)."""
        require(by, Permission.ADMINISTER)
        with self._database.begin() as connection:
            row = find(connection, name)
            connection.execute(delete(users).where(users.c.name == row.name))
            _keep_an_administrator(connection)
            self._audit.add(connection, by, "user.remove", row.name, {"role": row.role})

    def set_preferences(self, principal: Principal, *, language: str | None = None, theme: str | None = None) -> User:
        """The user's own language and theme; None leaves one as it is."""
        if language not in (None, *LANGUAGES) or theme not in (None, *THEMES):
            raise InputError(f"language is one of {', '.join(LANGUAGES)}; theme one of {', '.join(THEMES)}")
        values = {field: value for field, value in (("language", language), ("theme", theme)) if value is not None}
        with self._database.begin() as connection:
            row = _self(connection, principal)
            if values:
                connection.execute(update(users).where(users.c.name == row.name).values(**values))
                self._audit.add(connection, principal, "user.preferences", row.name, values)
            return as_user(find(connection, row.name))

    def change_password(self, principal: Principal, old: str, new: str, keep_token: str = "") -> None:
        """The user's own password. Every other session of the user ends. A wrong old one is Forbidden."""
        with self._database.read() as connection:
            row = _self(connection, principal)
        if not matches(row.password_hash, old):
            with self._database.begin() as connection:
                self._audit.add(connection, principal, "user.password", row.name, outcome="failure")
            raise Forbidden("The old password is not right.")
        hashed = hash_password(_checked(new, row.name))
        with self._database.begin() as connection:
            connection.execute(update(users).where(users.c.name == row.name).values(password_hash=hashed))
            session.end_all(connection, row.name, keep_token)
            self._audit.add(connection, principal, "user.password", row.name)


def is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def find(connection: Connection, name: str) -> Row[Any]:
    """The row of the user, letters' case aside; NotFound."""
    row = None
    if is_name(name):
        row = connection.execute(select(users).where(users.c.folded == name.lower())).first()
    if row is None:
        raise NotFound(f"there is no user {name[:64]!r}")
    return row


def as_user(row: Row[Any]) -> User:
    return User(
        name=row.name,
        role=Role(row.role),
        enabled=row.enabled,
        language=row.language,
        theme=row.theme,
        created_ms=row.created_ms,
        last_login_ms=row.last_login_ms,
    )


def _self(connection: Connection, principal: Principal) -> Row[Any]:
    if principal.kind is not PrincipalKind.USER:
        raise Forbidden("Only a person who is logged in has preferences and a password.")
    return find(connection, principal.name)


def _checked(password: str, user: str) -> str:
    check_strength(password, user)
    return password


def _keep_an_administrator(connection: Connection) -> None:
    """Called after the change and before the commit: InputError takes the change back."""
    able = select(func.count()).select_from(users).where(users.c.role == Role.ADMINISTRATOR, users.c.enabled)
    if connection.execute(able).scalar_one() == 0:
        raise InputError("this is the last administrator; make another one first")
