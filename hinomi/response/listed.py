"""What of activities stands on the block list: marked as they come, for filters and for Search. An exception wins over the list.

    block list -> Listed (one version of it, in memory) -> mark(batches): `denyList*` of those that name a listed value

The mark is a field like any other: filters ask for it, the lake keeps it, and a later reading finds what stood on the list
then and not what stands there now. A domain covers the names below it, as on the sensors. Whether the value is
blocked or only watched for (`log`) makes no difference here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from hinomi.database import Database
from hinomi.errors import InputError
from hinomi.response import block_store as rows
from hinomi.response.block_object import RISKS, BlockObject, normal_value
from hinomi.schema.activity import FIELDS, ActivityBatch, FieldType

# type -> (field that is marked, fields in which the value may stand). The actor's parent is left out: its own start told.
PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "ip": ("denyListIp", ("src", "dst", "objectIp", "objectIps", "eventDataIpAddress")),
    "domain": ("denyListHost", ("hostName", "request")),
    "url": ("denyListRequest", ("request",)),
    "fileSha1": ("denyListFileHash", ("processFileHashSha1", "objectFileHashSha1")),
    "fileSha256": ("denyListFileHashSha256", ("processFileHashSha256", "objectFileHashSha256")),
}


class Listed:
    """One version of the list; `mark` fills the batches in place."""

    def __init__(self, objects: Iterable[BlockObject] = ()) -> None:
        self._of: dict[str, dict[str, BlockObject]] = {}
        for one in objects:
            if one.type in PLACES:
                self._of.setdefault(one.type, {})[one.value] = one

    def mark(self, batches: Iterable[ActivityBatch], now_ms: int) -> int:
        """How many activities name a listed value. `now_ms`: what has expired by then no longer counts."""
        if not self._of:
            return 0
        return sum(self._mark(batch, now_ms) for batch in batches if not batch.projected)

    def _mark(self, batch: ActivityBatch, now_ms: int) -> int:
        found: dict[int, list[BlockObject]] = {}
        for type_, objects in self._of.items():
            for name in PLACES[type_][1]:
                column = batch.fields.get(name)
                if column is not None:
                    for row, one in _met(column, _READERS[type_], objects, now_ms):
                        found.setdefault(row, []).append(one)
        if found:
            _fill(batch, found)
        return len(found)


def _met(
    column: Sequence[Any], read: Callable[[str], Iterator[str]], objects: dict[str, BlockObject], now_ms: int
) -> Iterator[tuple[int, BlockObject]]:
    """(row, listed value); each distinct value is looked at once."""
    if any(type(value) is list for value in column):
        flat = [(row, text) for row, value in enumerate(column) for text in (value or ())]
    else:
        flat = None
    distinct = set(column) if flat is None else {text for _, text in flat}
    listed = {text: one for text in distinct if text and (one := _listed(read(text), objects, now_ms)) is not None}
    if listed:
        yield from ((row, listed[text]) for row, text in (flat or enumerate(column)) if text in listed)


def _listed(spellings: Iterable[str], objects: dict[str, BlockObject], now_ms: int) -> BlockObject | None:
    met = (objects.get(text) for text in spellings)
    return next((one for one in met if one and (one.expires_ms is None or one.expires_ms > now_ms)), None)


def _fill(batch: ActivityBatch, found: dict[int, list[BlockObject]]) -> None:
    for row, some in found.items():
        worst = min(some, key=lambda one: RISKS.index(one.risk))
        marks: dict[str, Any] = {"denyListType": worst.type, "denyListRisk": worst.risk}
        for one in some:
            name = PLACES[one.type][0]
            if FIELDS[name] is FieldType.TEXTS:
                marks[name] = list(dict.fromkeys((*marks.get(name, ()), one.value)))
            else:
                marks.setdefault(name, one.value)
        for name, value in marks.items():
            batch.fields.setdefault(name, [None] * batch.length)[row] = value


# ---- how telemetry spells them ----
def _lower(text: str) -> Iterator[str]:
    yield text.lower()


def _address(text: str) -> Iterator[str]:
    plain = text.lower()
    yield plain.removeprefix("::ffff:") if "." in plain else plain


def _domains(text: str) -> Iterator[str]:
    """The name, or the host of a URL, and every name above it."""
    host = _host(text) if "/" in text else text
    labels = host.lower().rstrip(".").split(".")
    yield from (".".join(labels[start:]) for start in range(len(labels) - 1))


def _host(url: str) -> str:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""


def _url(text: str) -> Iterator[str]:
    try:
        yield normal_value("url", text)
    except InputError:
        return


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "ip": _address, "domain": _domains, "url": _url, "fileSha1": _lower, "fileSha256": _lower
}  # fmt: skip


class ListedValues:
    """The list as it stands in the database, read anew when its version is another. For one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = -1
        self._listed = Listed()

    def mark(self, batches: Iterable[ActivityBatch], now_ms: int) -> int:
        self._follow()
        return self._listed.mark(batches, now_ms)

    def _follow(self) -> None:
        with self._database.read() as connection:
            version = rows.version(connection)
            if version == self._version:
                return
            self._version, self._listed = version, Listed(rows.not_excepted(connection))
