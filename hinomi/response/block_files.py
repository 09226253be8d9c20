"""The block list as files for other products, and from a CSV file.

csv: as it is kept. rpz: a response policy zone (draft-vixie-dnsop-dns-rpz) that answers NXDOMAIN. hosts: a hosts file that leads
nowhere. proxy: one host or URL a line, as proxies read them.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from hinomi.errors import InputError, TooLarge
from hinomi.query.moment import parse_moment
from hinomi.response.block_object import TYPES, BlockObject, ObjectRefused, normal_object

COLUMNS = ("type", "value", "action", "risk", "expires", "description")
MAX_IMPORT_BYTES = 1 << 20
MAX_IMPORT_ROWS = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


# Which types stand in a file; entries that are only listed ("log") stand in csv alone.
CARRIED: dict[str, frozenset[str]] = {
    "csv": frozenset(TYPES),
    "rpz": frozenset({"domain"}),
    "hosts": frozenset({"domain"}),
    "proxy": frozenset({"url", "domain", "ip"}),
}


def export(objects: Sequence[BlockObject], format_: str, version: int) -> tuple[str, str]:
    """(text, media type); InputError for a format that is not known."""
    if format_ not in _FORMATS:
        raise InputError(f"format: one of {', '.join(_FORMATS)}")
    lines = _FORMATS[format_](objects, version)
    return "".join(f"{line}\n" for line in lines), "text/csv" if format_ == "csv" else "text/plain"


def _csv(objects: Sequence[BlockObject], _version: int) -> Iterator[str]:
    for row in [COLUMNS, *map(_row, objects)]:
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(row)
        yield line.getvalue()


def _row(one: BlockObject) -> tuple[str, ...]:
    # A description that a spreadsheet would take for a formula is shown as text.
    told = f"'{one.description}" if one.description.startswith(_FORMULA) else one.description
    return one.type, one.value, one.action, one.risk, _moment(one.expires_ms), told


def _moment(ms: int | None) -> str:
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")


def _rpz(objects: Sequence[BlockObject], version: int) -> Iterator[str]:
    yield "$TTL 60"
    yield f"@ SOA localhost. root.localhost. {version} 60 60 86400 60"
    yield "@ NS localhost."
    for name in _domains(objects):
        yield f"{name} CNAME ."
        yield f"*.{name} CNAME ."


def _hosts(objects: Sequence[BlockObject], version: int) -> Iterator[str]:
    yield f"# Hinomi block list, version {version}"
    for name in _domains(objects):
        yield f"0.0.0.0 {name}"
        yield f":: {name}"


def _proxy(objects: Sequence[BlockObject], version: int) -> Iterator[str]:
    yield f"# Hinomi block list, version {version}"
    for one in objects:
        if one.action != "block":
            continue
        if one.type == "url":
            parts = urlsplit(one.value)
            yield f"{parts.netloc}{parts.path}{'?' if parts.query else ''}{parts.query}"
        elif one.type in ("domain", "ip"):
            yield one.value


def _domains(objects: Iterable[BlockObject]) -> Iterator[str]:
    return (one.value for one in objects if one.type == "domain" and one.action == "block")


_FORMATS: dict[str, Callable[[Sequence[BlockObject], int], Iterator[str]]] = {
    "csv": _csv, "rpz": _rpz, "hosts": _hosts, "proxy": _proxy,
}  # fmt: skip
FORMATS = tuple(_FORMATS)


def read_csv(raw: bytes, now_ms: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(objects ready for BlockList.add, errors {line, en, ja}). The first row names the columns; type and value are needed."""
    if len(raw) > MAX_IMPORT_BYTES:
        raise TooLarge(f"a file may have at most {MAX_IMPORT_BYTES} bytes")
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
        rows = list(zip(range(2, MAX_IMPORT_ROWS + 3), reader, strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the file is no CSV in UTF-8: {error}") from None
    if not {"type", "value"} <= set(reader.fieldnames or ()):
        raise InputError(f"the first row has to name the columns: {', '.join(COLUMNS)}")
    if len(rows) > MAX_IMPORT_ROWS:
        raise TooLarge(f"at most {MAX_IMPORT_ROWS} rows")
    found: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for line, row in rows:
        try:
            found.append(_read_row(row, now_ms))
        except ObjectRefused as error:
            errors.append({"line": line, **error.details["text"]})
        except InputError as error:
            errors.append({"line": line, "en": str(error), "ja": str(error)})
    return found, errors


def _read_row(row: dict[Any, Any], now_ms: int) -> dict[str, Any]:
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    expires = parse_moment(given["expires"]) if given["expires"] else None
    told = {name: given[name] for name in ("type", "value", "action", "risk", "description")}
    normal_object({**told, "expires_ms": expires}, now_ms)
    return {**told, "expires_ms": expires}
