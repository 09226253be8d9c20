"""The pattern set: hashes and YARA rules that sensors scan for. Every change is a new version, which sensors then pull.

add / remove -> version n+1 -> its bytes (wire.pattern_set) -> GET /sensor/v1/patterns/n+1
"""

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import InputError, NotFound, Refused
from hinomi.response.pattern_store import PATTERNS, VERSIONS
from hinomi.response.yara_check import rule_names
from hinomi.schema.principal import Principal
from hinomi.wire.pattern_set import HASH_LENGTHS, HashPattern, PatternSet, pack

MAX_ENTRIES = 100_000
KEPT_VERSIONS = 20
MAX_NAME, MAX_COMMENT = 200, 1000
YARA = "yara"
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """`kind`: sha1, sha256 or yara. `value`: the hash, or the text of the rules. `source`: the task it came from."""

    id: str
    kind: str
    value: str
    name: str
    comment: str
    source: str
    created_by: str
    created_ms: int
    since_version: int


@dataclass(frozen=True, slots=True)
class PatternVersion:
    version: int
    sha256: str
    entries: int
    made_by: str
    made_ms: int


FIRST = PatternVersion(0, "", 0, "", 0)


class Patterns:
    """`clock` gives seconds since 1970 UTC. Thread-safe."""

    def __init__(self, database: Database, audit: Audit, folder: Path, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._folder, self._clock = database, audit, folder, clock
        self._turn = threading.Lock()
        self.on_change: list[Callable[[PatternVersion], object]] = []  # called after the commit
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    # ---- looking ----------------------------------------------------------------------------------------------------
    def all(self) -> list[Pattern]:
        """Newest first."""
        with self._database.read() as connection:
            return _entries(connection)[::-1]

    def current(self) -> PatternVersion:
        """Version 0 before anything was added."""
        with self._database.read() as connection:
            return _current(connection)

    def path(self, version: int) -> Path | None:
        """The file that sensors get; None when the version is unknown or older than the last twenty."""
        path = self._folder / f"{int(version)}.bin"
        return path if path.is_file() else None

    def blob(self, version: int) -> bytes:
        """Its bytes; NotFound."""
        path = self.path(version)
        if path is None:
            raise NotFound(f"there is no pattern set of version {version} any more")
        return path.read_bytes()

    # ---- changing ---------------------------------------------------------------------------------------------------
    def add_hash(
        self, by: Principal, kind: str, value: str, *, name: str, comment: str = "", source: str = ""
    ) -> Pattern:
        """InputError for what is no hash; Refused (Exists) when it is there already."""
        value = value.strip().lower()
        if HASH_LENGTHS.get(kind) != len(value) or set(value) - set("0123456789abcdef"):
            raise InputError("a hash is sha1 (40 hex digits) or sha256 (64 hex digits)")
        return self._add(by, kind, value, name, comment, source)

    def add_yara(self, by: Principal, text: str, *, name: str = "", comment: str = "", source: str = "") -> Pattern:
        """One or more rules. YaraRefused with lines; Refused when a rule of that name is there already."""
        names = rule_names(text)
        if not names:
            raise InputError("there is no YARA rule in the text")
        return self._add(by, YARA, text, name or ", ".join(names)[:MAX_NAME], comment, source)

    def remove(self, by: Principal, id_: str) -> PatternVersion:
        with self._turn, self._database.begin() as connection:
            old = next((one for one in _entries(connection) if one.id == id_), None)
            if old is None:
                raise NotFound(f"there is no pattern {id_[:40]!r}")
            connection.execute(sa.delete(PATTERNS).where(PATTERNS.c.id == id_))
            made = self._new_version(connection, by)
            self._audit.add(connection, by, "remove pattern", id_, _told(old) | {"version": made.version})
        self._tell(made)
        return made

    # ---- within -----------------------------------------------------------------------------------------------------
    def _add(self, by: Principal, kind: str, value: str, name: str, comment: str, source: str) -> Pattern:
        name, comment = name.strip(), comment.strip()
        if not _NAME.fullmatch(name) or len(comment) > MAX_COMMENT:
            raise InputError(f"a pattern has a name of 1 to {MAX_NAME} characters, a comment of at most {MAX_COMMENT}")
        with self._turn:
            before = self.all()
            _require_new(kind, value, before)
            with self._database.begin() as connection:
                version = _current(connection).version + 1
                made = Pattern(
                    secrets.token_hex(8), kind, value, name, comment, source[:200], by.name, self._now_ms(), version
                )
                connection.execute(sa.insert(PATTERNS).values(**_row(made)))
                new = self._new_version(connection, by)
                self._audit.add(connection, by, "add pattern", made.id, _told(made) | {"version": version})
        self._tell(new)
        return made

    def _new_version(self, connection: Connection, by: Principal) -> PatternVersion:
        """The bytes are on disk before the version is: a sensor never asks for what is not there."""
        entries = _entries(connection)
        version = _current(connection).version + 1
        packed = pack(_set_of(version, entries))
        self._write(version, packed)
        made = PatternVersion(version, hashlib.sha256(packed).hexdigest(), len(entries), by.name, self._now_ms())
        connection.execute(
            sa.insert(VERSIONS).values(
                version=version, sha256=made.sha256, entries=made.entries, made_by=by.name, made_ms=made.made_ms
            )
        )
        return made

    def _tell(self, version: PatternVersion) -> None:
        for told in self.on_change:
            told(version)

    def _write(self, version: int, packed: bytes) -> None:
        path = self._folder / f"{version}.bin"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(packed)
            stream.flush()
            os.fsync(stream.fileno())
        (self._folder / f"{version - KEPT_VERSIONS}.bin").unlink(missing_ok=True)

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _require_new(kind: str, value: str, before: Sequence[Pattern]) -> None:
    if len(before) >= MAX_ENTRIES:
        raise InputError(f"the pattern set has {len(before)} entries; remove those that are not needed any more")
    same = next((one for one in before if (one.kind, one.value) == (kind, value)), None)
    if same is not None:
        en, ja = f"this pattern is there already: {same.name}", f"同じパターンが登録済みです: {same.name}"
        raise Refused(en, "Exists", id=same.id, text={"en": en, "ja": ja})
    if kind == YARA and any(one.kind == YARA for one in before):
        rule_names(_joined([*(one.value for one in before if one.kind == YARA), value]))  # names may not stand twice


def _set_of(version: int, entries: Sequence[Pattern]) -> PatternSet:
    hashes = tuple(HashPattern(one.kind, one.value, one.name) for one in entries if one.kind != YARA)
    return PatternSet(version, hashes, _joined([one.value for one in entries if one.kind == YARA]))


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(texts)


def _entries(connection: Connection) -> list[Pattern]:
    """Oldest first."""
    wanted = sa.select(PATTERNS).order_by(PATTERNS.c.since_version)
    return [Pattern(**row._asdict()) for row in connection.execute(wanted)]


def _current(connection: Connection) -> PatternVersion:
    row = connection.execute(sa.select(VERSIONS).order_by(VERSIONS.c.version.desc()).limit(1)).first()
    return FIRST if row is None else PatternVersion(**row._asdict())


def _row(one: Pattern) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Pattern.__slots__}


def _told(one: Pattern) -> dict[str, Any]:
    """For the audit log."""
    value = one.value if one.kind != YARA else f"({len(one.value)} characters)"
    return {"kind": one.kind, "name": one.name, "value": value, "source": one.source}
