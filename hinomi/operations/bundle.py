"""Filters and models as a zip: out, to another house or to a shelf; in, distrusted, with a word on each file.

    filters/<id>.yml    models/<id>.yml    hinomi.json says which form it is

A bundle may come from anywhere: its size, the sizes inside, the number of files and their names are bounded, nothing is
written to disk, and a file that cannot be used does not keep the others out.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

from hinomi.access.permission import require
from hinomi.detect.content import Content
from hinomi.detect.document import MAX_BYTES
from hinomi.detect.effect import Piece
from hinomi.detect.text_store import Key
from hinomi.errors import InputError, NotFound, TooLarge
from hinomi.operations.book import ContentBook, Page
from hinomi.operations.editing import ContentEditor, is_identifier
from hinomi.operations.validation import Remark, validate
from hinomi.schema.content import Filter, Model, Text
from hinomi.schema.principal import Permission, Principal

MAX_ZIP = 8 << 20
MAX_FILES = 2000
MAX_TOTAL = 32 << 20  # bytes of all texts, unpacked
FORM = 1

_NAME = re.compile(r"(?:\w[\w.-]*/){0,3}(filters|models)/(?:[\w-]+/){0,3}([A-Za-z0-9_-]{1,100})\.ya?ml")
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # equal content is an equal zip

State = Literal["new", "changed", "same", "error"]


@dataclass(frozen=True, slots=True)
class Item:
    """What became, or would become, of one file."""

    key: Key
    state: State
    errors: tuple[Remark, ...] = ()

    def as_json(self) -> dict[str, Any]:
        errors = [error.as_json() for error in self.errors]
        return {"kind": self.key[0], "id": self.key[1], "state": self.state, "errors": errors}


@dataclass(frozen=True, slots=True)
class Imported:
    """`ignored`: names in the zip that are neither filter nor model."""

    items: tuple[Item, ...]
    ignored: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """{items: [{kind, id, state, errors}], ignored}, as the console's routes give it."""
        return {"items": [one.as_json() for one in self.items], "ignored": list(self.ignored)}


@dataclass(slots=True)
class _Bundle:
    """`texts`: filters before models, each by its id."""

    texts: dict[Key, str] = field(default_factory=dict)
    wrong: list[Item] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


# ---- out ------------------------------------------------------------------------------------------------------------
def export(book: ContentBook, ids: Collection[str] | None = None) -> bytes:
    """The zip of these filters and models, and of the filters of persons that the models use; None: all of persons.

    NotFound for an id that nobody has.
    """
    page = book.page
    if ids is None:
        chosen = [piece for piece in page.pieces.values() if piece.kept]
    else:
        unknown = set(ids) - {piece.id for piece in page.pieces.values()}
        if unknown:
            raise NotFound(f"there is neither filter nor model {min(unknown)[:80]!r}")
        chosen = [piece for piece in page.pieces.values() if piece.id in ids]
    return _zipped(book, _with_used(page, chosen))


def _with_used(page: Page, chosen: Iterable[Piece]) -> list[Piece]:
    found = {piece.key: piece for piece in chosen}
    for piece in list(found.values()):
        if isinstance(piece.value, Model):
            for name in (name for rule in piece.value.rules for name in rule.filters):
                used = page.pieces.get(("filter", name))
                if used is not None and used.kept:
                    found[used.key] = used
    return sorted(found.values(), key=lambda piece: piece.key)


def _zipped(book: ContentBook, pieces: Sequence[Piece]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("hinomi.json", _DAY_ONE), orjson.dumps({"form": FORM}))
        for piece in pieces:
            name = zipfile.ZipInfo(f"{piece.kind}s/{piece.id}.yml", _DAY_ONE)
            archive.writestr(name, book.text(piece), zipfile.ZIP_DEFLATED)
    return made.getvalue()


# ---- in -------------------------------------------------------------------------------------------------------------
def import_bundle(
    book: ContentBook,
    editor: ContentEditor,
    principal: Principal,
    data: bytes,
    *,
    dry_run: bool = False,
    techniques: Collection[str] | None = None,
) -> Imported:
    """Save what can be used and differs from what there is; a dry run saves nothing and says the same.

    InputError for what is no zip, TooLarge for one over a bound. Red proofs leave content switched off.
    """
    require(principal, Permission.CONTENT)
    bundle = _read(data)
    items: list[Item] = []
    with book.lock:
        content = book.content
        for key, text in sorted(bundle.texts.items()):  # filters come first: models may use them
            checked = validate(*(key[0], text, content), id_=key[1], techniques=techniques)
            if not checked.ok:
                items.append(Item(key, "error", checked.errors))
                continue
            state = _state(book, key, text)
            if state != "same" and not dry_run:
                editor.put(principal, key, checked, "imported")
                content = book.content
            elif isinstance(checked.value, Filter):
                content = _with_filter(content, checked.value)
            items.append(Item(key, state))
    return Imported((*items, *bundle.wrong), tuple(bundle.ignored))


def _state(book: ContentBook, key: Key, text: str) -> State:
    piece = book.page.pieces.get(key)
    if piece is None:
        return "new"
    return "same" if book.text(piece) == text else "changed"


def _with_filter(content: Content, found: Filter) -> Content:
    """For the models of the same bundle."""
    if found.id in content.filter:
        return content
    return replace(content, filters=(*content.filters, found))


def _read(data: bytes) -> _Bundle:
    if len(data) > MAX_ZIP:
        raise TooLarge(f"the zip is larger than {MAX_ZIP} bytes")
    found = _Bundle()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            if len(files) > MAX_FILES:
                raise TooLarge(f"the zip holds {len(files)} files; at most {MAX_FILES}")
            _read_files(archive, files, found)
    except _BROKEN as error:
        raise InputError(f"this is no zip that can be read: {error}") from None
    return found


# what zipfile raises over bytes that are none of its own
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError, OverflowError)
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _read_files(archive: zipfile.ZipFile, files: Sequence[zipfile.ZipInfo], found: _Bundle) -> None:
    total = 0
    for one in files:
        named = _NAME.fullmatch(one.filename)
        if named is None:
            if one.filename != "hinomi.json":
                found.ignored.append(_plain(one.filename))
            continue
        key = (named[1][:-1], named[2])
        text, total = _read_text(archive, one, total)
        wrong = _why_not(key, text, found)
        if wrong is not None:
            found.wrong.append(Item(key, "error", (Remark(wrong),)))
        elif text is not None:
            found.texts[key] = text


def _read_text(archive: zipfile.ZipFile, one: zipfile.ZipInfo, total: int) -> tuple[str | None, int]:
    """The text, None when it is no text, and the bytes read so far. What a zip says of its sizes is not believed."""
    if one.compress_type not in _PACKINGS:
        raise InputError(f"{_plain(one.filename)} is packed in a way that is not read; deflate is")
    with archive.open(one) as stream:
        data = stream.read(MAX_BYTES + 1)
    total += len(data)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{_plain(one.filename)} is larger than {MAX_BYTES} bytes")
    if total > MAX_TOTAL:
        raise TooLarge(f"the zip holds more than {MAX_TOTAL} bytes of text")
    try:
        return data.decode("utf-8"), total
    except UnicodeDecodeError:
        return None, total


def _why_not(key: Key, text: str | None, found: _Bundle) -> Text | None:
    if text is None:
        return Text("not UTF-8 text", "UTF-8 のテキストではありません")
    if key in found.texts:
        return Text(f"the {key[0]} {key[1]} stands twice in the zip", f"{key[1]} が zip に 2 つあります")
    if not is_identifier(key[1]) and not _UUID.fullmatch(key[1]):
        return Text(
            f"the name {key[1]!r} is not lower-case words joined by _",
            f"名前 {key[1]!r} は小文字の語を _ でつないでください",
        )
    return None


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # the ids of imported Sigma rules


def _plain(name: str) -> str:
    return name[:200].encode("utf-8", "replace").decode()
