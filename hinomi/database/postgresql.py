"""PostgreSQL as the operational database: the same promises as the file keeps, made by a server.

Writers of all processes queue up at one advisory lock, as they do at a SQLite file: a writer sees everything that was
committed before it, and nobody has to think of two writers at once.
"""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from hinomi.database.settings import BUSY_TIMEOUT_S, JSON, READERS, held_too_long, no_room
from hinomi.errors import InputError, Unavailable

_WRITERS = 0x48494E4F4D49  # the number of the lock: "HINOMI"
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_FULL, _LOCKED = "53100", "55P03"
_NO_SERVER = ("08", "57P", "53300", "28", "3D000")  # gone, ending, no place left, refused, no such database
_NUL = "\x00"


def engines(url: URL) -> tuple[Engine, Engine]:
    """For the one writer, and for readers."""
    write, read = _engine(url, 1), _engine(url, READERS)
    event.listen(write, "begin", _take_turn)
    return write, read.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _engine(url: URL, size: int) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "hinomi", "options": "-c timezone=UTC"},
        **JSON,
    )
    event.listen(engine, "connect", _require_unicode)
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _require_unicode(connection: Any, _record: Any) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise InputError(
            f"The database holds text as {encoding}; Hinomi needs UTF8: "
            "createdb --encoding=UTF8 --locale=C --template=template0 hinomi"
        )


def _take_turn(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_TIMEOUT_S}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _without_nul(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """PostgreSQL has no text with NUL; recordings and attackers have. It is shown as the sign for what cannot be shown."""
    if isinstance(parameters, list):
        return statement, [_cleaned(one) for one in parameters]
    return statement, _cleaned(parameters)


def _cleaned(parameters: Any) -> Any:
    if isinstance(parameters, dict) and any(isinstance(value, str) and _NUL in value for value in parameters.values()):
        return {
            name: value.replace(_NUL, "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
            for name, value in parameters.items()
        }
    return parameters


def told(error: DBAPIError) -> Exception | None:
    """What a person can do about it; None for the rest, which is a fault of the program."""
    state = getattr(error.orig, "sqlstate", None)
    if state == _FULL:
        return no_room()
    if state == _LOCKED:
        return held_too_long()
    if error.connection_invalidated or _is_away(error, state):
        return Unavailable(f"The database server does not serve us: {_reason(error)}")
    return None


def _reason(error: DBAPIError) -> str:
    """The last of what the driver says, without the addresses: whoever asks the API reads it too."""
    said = str(error.orig).strip().partition("\n")[0]
    return said.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()[:200]


def _is_away(error: DBAPIError, state: str | None) -> bool:
    if state is None:  # no answer at all: the driver speaks for itself
        return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    return state.startswith(_NO_SERVER)
