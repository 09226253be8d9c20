"""The files of one load as they were read before. In: files. Out: documents, and filters without parsing them again.

files known:    file (name and bytes) -> its errors, and of each document its head and what it was read as, or null
                where that has no form here (filter_form.py); such a document is read anew each time
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson

from hinomi.detect.document import MAX_BYTES, Document, Head, read_documents
from hinomi.detect.filter_form import BROKEN, errors_of, plain_errors, plain_reading, reading_of
from hinomi.detect.parsed import Parsed
from hinomi.errors import ContentError
from hinomi.schema.content import Filter

_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
Read = Callable[[Document], tuple[Filter | None, list[ContentError]]]


class _Entry:
    """A document as it is kept: its head, and what it was read as, if that has a form."""

    __slots__ = ("head", "plain")

    def __init__(self, head: Head, plain: Any = None) -> None:
        self.head, self.plain = head, plain


class Shelf:
    """`close` keeps what was asked for since: what is not there any more is gone."""

    def __init__(self, known: dict[str, Any], write: Callable[[dict[str, Any]], None]) -> None:
        self._known, self._write = known, write
        self._kept: dict[str, tuple[list[Any], list[_Entry]]] = {}  # file -> its errors, its documents
        self._changed = False

    def documents(self, file: Path, name: str) -> tuple[list[Document], list[ContentError]]:
        """As `read_documents`; a file that is known is not parsed."""
        content = _content(file)
        if content is None:
            return read_documents(file, name)
        key = _key(name, content)
        try:
            plain_wrong, entries = self._known[key]
            text = content.decode("utf-8")
            documents = [Document(name, text, index, head=dict(head)) for index, (head, _) in enumerate(entries)]
            kept = [_Entry(head, plain) for head, plain in entries]
            errors = errors_of(plain_wrong)
        except BROKEN:
            self._changed = True
            documents, errors = read_documents(file, name)
            kept = [_Entry(one.head) for one in documents]
        self._kept[key] = plain_errors(errors), kept
        for document, entry in zip(documents, kept, strict=True):
            document.reading = entry
        return documents, errors

    def read(self, document: Document, read: Read) -> tuple[Filter | None, list[ContentError]]:
        """What `read` makes of the document."""
        entry: _Entry | None = document.reading
        if entry is not None and entry.plain is not None:
            try:
                return reading_of(entry.plain, document.text, document.index)
            except BROKEN:
                self._changed = True
        found, errors = read(document)
        if entry is not None:
            entry.plain = _plain(found, errors, document)
            self._changed = self._changed or entry.plain is not None
        return found, errors

    def close(self) -> None:
        """Write what changed."""
        if self._changed or len(self._kept) < len(self._known):
            self._write(
                {
                    key: [errors, [[one.head, one.plain] for one in entries]]
                    for key, (errors, entries) in self._kept.items()
                }
            )


def _plain(found: Filter | None, errors: Iterable[ContentError], document: Document) -> Any:
    """The reading as JSON, if it can be had again exactly as it is; else None."""
    reading = found, list(errors)
    try:
        plain = orjson.dumps(plain_reading(reading), option=_STRICT)
        again = reading_of(orjson.loads(plain), document.text, document.index)
    except BROKEN:
        return None
    return orjson.Fragment(plain) if _whole(*reading) == _whole(*again) else None


def _whole(found: Filter | None, errors: list[ContentError]) -> Any:
    """Everything that must be equal."""
    if found is None:
        return [(str(error), error.at, error.ja) for error in errors]
    parsed: Parsed = found.sigma
    tests = (found.tests_fire, found.tests_silent)
    return found, tests, parsed.condition, parsed.rule_id, [(str(error), error.at, error.ja) for error in errors]


def _content(file: Path) -> bytes | None:
    """The bytes of a file that is worth knowing."""
    try:
        return file.read_bytes() if file.stat().st_size <= MAX_BYTES else None
    except OSError:
        return None


def _key(name: str, content: bytes) -> str:
    data = name.encode("utf-8", "surrogatepass") + b"\n" + content
    return hashlib.blake2b(data, digest_size=16).hexdigest()
