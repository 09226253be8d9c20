"""What the command line does with exceptions: through the server that runs on the data folder, else on the folder itself.

Both ways give the rows of the console's routes (docs/reference/routes.md).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from hinomi.access.audit import Audit
from hinomi.api.console.exception_rows import bill_row, exception_row
from hinomi.app.content import open_book
from hinomi.app.desk import quote
from hinomi.app.lake import open_lake
from hinomi.app.local_server import LocalServer
from hinomi.errors import InputError
from hinomi.operations.exceptions import ExceptionBook
from hinomi.query.moment import parse_moment
from hinomi.schema.exception import ExceptionOperator, ExceptionTerms
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings

Row = dict[str, Any]
_API = "/console/api/exceptions"


class ExceptionDesk(Protocol):
    """`terms`: {field, operator, value, filterId?, scope?: {endpoints}}."""

    def rows(self) -> list[Row]: ...
    def bill(self, terms: Row, days: int) -> Row: ...
    def add(self, terms: Row, reason: str, expires: str | None, override: bool) -> Row: ...
    def remove(self, exception_id: str) -> None: ...


@contextmanager
def open_exceptions(settings: Settings) -> Iterator[ExceptionDesk]:
    """The exceptions of a data folder."""
    server = LocalServer.of(settings)
    if server is not None:
        yield _ServerDesk(server)
        return
    book = open_book(settings)
    try:
        exceptions = ExceptionBook(book.database, Audit(book.database, time.time), lambda: book.content, time.time)
        yield _FolderDesk(settings, exceptions, book.content)
    finally:
        book.database.close()


class _FolderDesk:
    def __init__(self, settings: Settings, book: ExceptionBook, content: Any) -> None:
        self._settings, self._book, self._content = settings, book, content

    def rows(self) -> list[Row]:
        return [exception_row(self._content, self._book, one) for one in self._book.all()]

    def bill(self, terms: Row, days: int) -> Row:
        with open_lake(self._settings) as lake:
            return bill_row(self._content, self._book.bill(_terms(terms), days, lake), terms["field"])

    def add(self, terms: Row, reason: str, expires: str | None, override: bool) -> Row:
        made = self._book.add(
            COMMAND_LINE,
            _terms(terms),
            reason=reason,
            expires_ms=parse_moment(expires) if expires else None,
            override=override,
        )
        return exception_row(self._content, self._book, made)

    def remove(self, exception_id: str) -> None:
        self._book.remove(COMMAND_LINE, exception_id)


class _ServerDesk:
    def __init__(self, server: LocalServer) -> None:
        self._server = server

    def rows(self) -> list[Row]:
        return list(self._server.get(_API)["items"])

    def bill(self, terms: Row, days: int) -> Row:
        return dict(self._server.ask("POST", f"{_API}/bill", json={**terms, "days": days}).json())

    def add(self, terms: Row, reason: str, expires: str | None, override: bool) -> Row:
        sent = {**terms, "reason": reason, "expiresDateTime": expires, "override": override}
        return dict(self._server.ask("POST", _API, json=sent).json())

    def remove(self, exception_id: str) -> None:
        self._server.ask("DELETE", f"{_API}/{quote(exception_id)}")


def _terms(sent: Row) -> ExceptionTerms:
    try:
        operator = ExceptionOperator(sent["operator"])
    except ValueError:
        raise InputError(f"no operator {sent['operator']!r}; there are: {', '.join(ExceptionOperator)}") from None
    endpoints = tuple((sent.get("scope") or {}).get("endpoints", ()))
    return ExceptionTerms(sent["field"], operator, sent["value"], sent.get("filterId"), endpoints)
