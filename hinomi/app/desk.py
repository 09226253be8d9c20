"""What the command line does with content: through the server that runs on the data folder, else on the folder itself.

Both ways give the same rows: {kind, id, title, origin, enabled, edited, conflict, version, risk, techniques, proof}.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol
from urllib import parse

from hinomi.app.content import load_shipped, open_book
from hinomi.app.folder import DataFolder
from hinomi.app.local_server import LocalServer
from hinomi.attack.catalogue import load_attack
from hinomi.detect.content import Content
from hinomi.detect.effect import Piece
from hinomi.detect.text_store import Key
from hinomi.errors import InputError, NotFound
from hinomi.operations.book import KINDS, ContentBook
from hinomi.operations.bundle import export, import_bundle
from hinomi.operations.editing import ContentEditor
from hinomi.operations.proof_book import ProofBook
from hinomi.schema.content import Filter, Model
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings

Row = dict[str, Any]


class Desk(Protocol):
    """`name` is an id, or `filter/ID` or `model/ID` where both have it. NotFound for what is not there."""

    def show(self, name: str) -> Row: ...
    def switch(self, name: str, enabled: bool) -> Row: ...
    def add(self, kind: str, text: str, comment: str) -> Row: ...
    def edit(self, name: str, text: str, comment: str) -> Row: ...
    def versions(self, name: str) -> list[Row]: ...
    def roll_back(self, name: str, version: int, comment: str) -> Row: ...
    def export(self, names: Sequence[str]) -> bytes: ...
    def import_zip(self, data: bytes, dry_run: bool) -> dict[str, Any]: ...


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """The desk of a data folder, which nobody else changes meanwhile."""
    server = LocalServer.of(settings)
    if server is not None:
        yield _ServerDesk(server)
        return
    with ExitStack() as closing:
        closing.enter_context(DataFolder(settings.data).hold())
        book = open_book(settings)
        closing.callback(book.database.close)
        yield _FolderDesk(book)


def list_content(settings: Settings) -> tuple[list[Row], list[str]]:
    """Every filter and model in effect in the data folder; without a data folder, as shipped. And what cannot be used."""
    if not DataFolder(settings.data).is_made:
        content, problems = load_shipped(settings)
        rows = [_row_of(one, {"origin": one.origin}) for one in _values(content)]
        return rows, [str(problem) for problem in problems]
    server = LocalServer.of(settings)
    if server is not None:
        return _ServerDesk(server).rows(), []
    book = open_book(settings)  # reading needs no hold on the folder
    try:
        return _FolderDesk(book).rows(), [str(problem) for problem in book.problems]
    finally:
        book.database.close()


def _values(content: Content) -> list[Filter | Model]:
    """Models first, as the console lists them."""
    return [*content.models, *content.filters]


def _row_of(value: Filter | Model, more: Row) -> Row:
    """The members of a row that the content itself has."""
    is_filter = isinstance(value, Filter)
    title = value.title if isinstance(value, Filter) else value.name
    return {
        "kind": "filter" if is_filter else "model",
        "id": value.id,
        "title": {"en": title.en, "ja": title.ja},
        "risk": str(value.risk if isinstance(value, Filter) else value.severity),
        "techniques": list(value.techniques),
        "enabled": value.enabled,
        **more,
    }


# ---- on the folder itself -------------------------------------------------------------------------------------------
class _FolderDesk:
    def __init__(self, book: ContentBook) -> None:
        self._book = book
        self._proofs = ProofBook()
        self._editor = ContentEditor(book, self._proofs, load_attack().known_ids())

    def show(self, name: str) -> Row:
        piece = self._find(name)
        return self._row(piece) | {"text": self._book.text(piece)}

    def rows(self) -> list[Row]:
        """Models first; without proofs, which nobody asked for."""
        pieces, content = self._book.page.pieces, self._book.content
        found: list[Row] = []
        for value in _values(content):
            piece = pieces["filter" if isinstance(value, Filter) else "model", value.id]
            found.append(_row_of(value, {"origin": piece.origin, "edited": piece.is_edit, "conflict": piece.conflict}))
        return found

    def switch(self, name: str, enabled: bool) -> Row:
        kind, id_ = self._find(name).key
        if kind == "filter":
            self._editor.switch_filter(COMMAND_LINE, id_, enabled=enabled)
        else:
            self._editor.switch_model(COMMAND_LINE, id_, enabled=enabled, rules={})
        return self.show(name)

    def add(self, kind: str, text: str, comment: str) -> Row:
        return self._row(self._editor.create(COMMAND_LINE, kind, text, comment))

    def edit(self, name: str, text: str, comment: str) -> Row:
        kind, id_ = self._find(name).key
        return self._row(self._editor.edit(COMMAND_LINE, kind, id_, text, comment, None))

    def versions(self, name: str) -> list[Row]:
        return [one.as_json(current) for one, current in self._editor.versions(self._find(name).key)]

    def roll_back(self, name: str, version: int, comment: str) -> Row:
        kind, id_ = self._find(name).key
        return self._row(self._editor.roll_back(COMMAND_LINE, kind, id_, version, comment))

    def export(self, names: Sequence[str]) -> bytes:
        return export(self._book, [self._find(name).id for name in names] or None)

    def import_zip(self, data: bytes, dry_run: bool) -> dict[str, Any]:
        known = load_attack().known_ids()
        found = import_bundle(self._book, self._editor, COMMAND_LINE, data, dry_run=dry_run, techniques=known)
        return found.as_json()

    def _find(self, name: str) -> Piece:
        keys = [key for key in _keys(name) if key in self._book.page.pieces]
        return self._book.piece(*_one(name, keys))

    def _row(self, piece: Piece) -> Row:
        value = self._book.page.value(piece.key)
        if value is None:
            raise NotFound(f"the {piece.kind} {piece.id!r} cannot be used: {piece.errors[0]}")
        more = {
            "origin": piece.origin,
            "edited": piece.is_edit,
            "conflict": piece.conflict,
            "version": piece.version,
            "proof": self._proofs.of(self._book.page, piece.key).as_json(),
        }
        return _row_of(value, more)


# ---- through the server ---------------------------------------------------------------------------------------------
_API = "/console/api"


class _ServerDesk:
    def __init__(self, server: LocalServer) -> None:
        self._server = server

    def show(self, name: str) -> Row:
        kind, id_ = self._find(name)
        told = self._server.get(f"{_API}/{kind}s/{quote(id_)}")
        return _told(kind, told) | {"text": told["text"]}

    def rows(self) -> list[Row]:
        models = self._server.get(f"{_API}/models")["items"]
        found = [_told("model", one) for one in models]
        asked: dict[str, str | int] = {"top": 1000}
        while True:
            page = self._server.get(f"{_API}/filters", asked)
            found += [_told("filter", one) for one in page["items"]]
            if "skipToken" not in page:
                return found
            asked = {"top": 1000, "skipToken": page["skipToken"]}

    def switch(self, name: str, enabled: bool) -> Row:
        kind, id_ = self._find(name)
        return _told(kind, self._send("PATCH", f"{_API}/{kind}s/{quote(id_)}", {"enabled": enabled}))

    def add(self, kind: str, text: str, comment: str) -> Row:
        return _told(kind, self._send("POST", f"{_API}/content/{kind}s", {"text": text, "comment": comment}))

    def edit(self, name: str, text: str, comment: str) -> Row:
        kind, id_ = self._find(name)
        return _told(kind, self._send("PUT", self._path(kind, id_), {"text": text, "comment": comment}))

    def versions(self, name: str) -> list[Row]:
        return list(self._server.get(f"{self._path(*self._find(name))}/versions")["items"])

    def roll_back(self, name: str, version: int, comment: str) -> Row:
        kind, id_ = self._find(name)
        sent = {"version": version, "comment": comment}
        return _told(kind, self._send("POST", f"{self._path(kind, id_)}/rollback", sent))

    def export(self, names: Sequence[str]) -> bytes:
        ids = ",".join(self._find(name)[1] for name in names)
        asked = {"ids": ids} if ids else {"all": "custom"}
        return self._server.ask("GET", f"{_API}/content/export", asked).content

    def import_zip(self, data: bytes, dry_run: bool) -> dict[str, Any]:
        asked = {"dryRun": "true"} if dry_run else {}
        return dict(self._server.ask("POST", f"{_API}/content/import", asked, content=data).json())

    def _send(self, method: str, path: str, body: Row) -> Row:
        return dict(self._server.ask(method, path, json=body).json())

    def _find(self, name: str) -> Key:
        return _one(name, [key for key in _keys(name) if self._is_there(key)])

    def _is_there(self, key: Key) -> bool:
        try:
            self._server.get(f"{_API}/{key[0]}s/{quote(key[1])}")
        except NotFound:
            return False
        return True

    @staticmethod
    def _path(kind: str, id_: str) -> str:
        return f"{_API}/content/{kind}s/{quote(id_)}"


def quote(id_: str) -> str:
    return parse.quote(id_, safe="")


_MEMBERS = ("id", "origin", "enabled", "edited", "conflict", "version", "proof")


def _told(kind: str, told: Row) -> Row:
    """The server's row in the words of both ways."""
    return {
        "kind": kind,
        "title": told["title" if kind == "filter" else "name"],
        "risk": told["risk" if kind == "filter" else "severity"],
        "techniques": [one["id"] for one in told["techniques"]],
        **{name: told[name] for name in _MEMBERS if name in told},
    }


# ---- names ----------------------------------------------------------------------------------------------------------
def _keys(name: str) -> list[Key]:
    kind, slash, id_ = name.partition("/")
    return [(kind, id_)] if slash and kind in KINDS else [(one, name) for one in KINDS]


def _one(name: str, keys: Sequence[Key]) -> Key:
    if not keys:
        raise NotFound(f"there is neither filter nor model {name[:80]!r}")
    if len(keys) > 1:
        raise InputError(f"{name!r} is a filter and a model: say filter/{name} or model/{name}")
    return keys[0]
