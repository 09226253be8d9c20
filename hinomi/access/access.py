"""The room's face: who is this, and is it really them? Users, API keys and the audit log hang from it.

access.login(name, password, address) -> token for the cookie, CSRF token for the page
access.session(token) / access.key(value) -> the principal of a request
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from hinomi.access import session, throttle
from hinomi.access.api_key import ApiKeys
from hinomi.access.audit import Audit
from hinomi.access.password import hash_password, is_outdated, make_password, matches
from hinomi.access.refusals import Refusals
from hinomi.access.store import users
from hinomi.access.user import User, Users, as_user, find, is_name
from hinomi.database import Database
from hinomi.errors import InputError, NotFound, Unauthorised
from hinomi.schema.principal import COMMAND_LINE, Principal, PrincipalKind, Role


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """`token` goes into the cookie, `csrf` to the page."""

    token: str
    csrf: str
    principal: Principal
    user: User


class Access:
    """`clock` gives seconds since 1970 UTC."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock
        self.audit = Audit(database, clock)
        self.users = Users(database, self.audit, clock)
        self.keys = ApiKeys(database, self.audit, clock)
        self.refusals = Refusals(database, self.audit, clock)

    def create_first_administrator(self, name: str = "administrator") -> str | None:
        """The new administrator's password; None, and nothing done, when there is any user."""
        password = make_password()
        hashed = hash_password(password)
        with self._database.begin() as connection:
            if connection.execute(select(func.count()).select_from(users)).scalar_one():
                return None
            self.users.insert(connection, COMMAND_LINE, name, Role.ADMINISTRATOR, hashed)
        return password

    def login(self, user: str, password: str, address: str) -> LoggedIn:
        """A new session. Unauthorised, the same for unknown, disabled and wrong; TooMany while guessing is locked."""
        with self._database.begin() as connection:
            throttle.count_attempt(connection, user, address, self._now_ms())
        stored = self._password_hash(user)
        # Outside any transaction: it takes 50 ms on purpose, and others must not wait for it.
        if not matches(stored, password) or stored is None:
            self._tell_failure(user, address)
            raise Unauthorised("The user name or the password is not right.")
        return self._start(user, password, stored, address)

    def is_password(self, user: str, password: str) -> bool:
        """Whether this is the user's password: for the command line on the server itself, never for requests."""
        return matches(self._password_hash(user), password)

    def _password_hash(self, user: str) -> str | None:
        if not is_name(user):
            return None
        wanted = select(users.c.password_hash).where(users.c.folded == user.lower(), users.c.enabled)
        with self._database.read() as connection:
            found: str | None = connection.execute(wanted).scalar()
            return found

    def _tell_failure(self, user: str, address: str) -> None:
        unknown = Principal(user, Role.SIEM, frozenset(), PrincipalKind.USER, address)
        with self._database.begin() as connection:
            self.audit.add(connection, unknown, "login", user, outcome="failure")

    def _start(self, user: str, password: str, stored: str, address: str) -> LoggedIn:
        values = {"last_login_ms": self._now_ms()}
        rehashed = {"password_hash": hash_password(password)} if is_outdated(stored) else {}
        with self._database.begin() as connection:
            row = find(connection, user)
            if row.password_hash != stored or not row.enabled:
                raise Unauthorised("The user was changed during the login.")
            throttle.forgive(connection, user, address)
            connection.execute(update(users).where(users.c.name == row.name).values(**values, **rehashed))
            token = session.start(connection, row.name, address, self._now_ms())
            found = _logged_in(token, as_user(find(connection, user)), address)
            self.audit.add(connection, found.principal, "login", row.name)
        return found

    def session(self, token: str, address: str = "") -> LoggedIn:
        """Who the cookie's token stands for, with the role of this moment; Unauthorised when the session is over."""
        now_ms = self._now_ms()
        with self._database.read() as connection:
            row = session.find(connection, token, now_ms)
            user = as_user(find(connection, row.user_name))
        if not user.enabled:
            raise Unauthorised("The user is disabled.")
        if now_ms - row.seen_ms >= session.SEEN_EVERY_MS:
            with self._database.begin() as connection:
                session.touch(connection, token, now_ms)
        return _logged_in(token, user, address)

    @staticmethod
    def check_csrf(token: str, sent: str) -> None:
        """Nothing, or Forbidden when `sent` is not the session's CSRF token."""
        session.check_csrf(token, sent)

    def logout(self, token: str, address: str = "") -> None:
        """End the session; one that is over already is no error."""
        with self._database.begin() as connection:
            try:
                row = session.find(connection, token, self._now_ms())
                user = as_user(find(connection, row.user_name))
            except (Unauthorised, NotFound):
                return
            session.end(connection, token)
            self.audit.add(connection, _logged_in(token, user, address).principal, "logout", user.name)

    def key(self, value: str, address: str = "") -> Principal:
        """Whom an API key's value stands for; Unauthorised."""
        return self.keys.principal(value, address)

    @staticmethod
    def checked_owner(connection: Connection, name: str) -> str | None:
        """The user of that name as the owner of something; None for nobody (""). InputError when there is none."""
        if not name:
            return None
        try:
            row = find(connection, name)
        except NotFound as error:
            raise InputError(f"owner: {error}") from error
        return str(row.name)

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _logged_in(token: str, user: User, address: str) -> LoggedIn:
    who = Principal.of(user.name, user.role, PrincipalKind.USER, address)
    return LoggedIn(token, session.csrf_token(token), who, user)
