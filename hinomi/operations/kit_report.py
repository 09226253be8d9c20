"""Reports of the collector kit: an uploaded collection becomes evidence, a report, and activities of its host.

The collection is kept byte for byte as it came (encrypted, 0600) in data/kit; nothing of it is run, and no file that the host
called suspicious is written anywhere outside it.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
import zstandard

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound, Refused
from hinomi.inventory.inventory import Inventory
from hinomi.normalise.identity import endpoint_guid
from hinomi.operations.kit import KitKey
from hinomi.operations.kit_archive import Contents, open_archive, password_of
from hinomi.operations.kit_records import Origin, codes_of, kit_batch
from hinomi.operations.kit_store import REPORTS
from hinomi.operations.kit_words import reason_text
from hinomi.schema.principal import Principal
from hinomi.schema.record import RecordBatch

MAX_ROWS = 100_000  # of a part, as the collection writes at most
MAX_SHOWN = 2000  # rows of a part in the report; all of them are in the lake
MAX_REPORT_BYTES = 256 << 20
_HOST = re.compile(r"[\w.-]{1,255}")


@dataclass(frozen=True, slots=True)
class KitReport:
    """`collected_ms`: when the host says it was done. `endpoint`: the GUID its activities have. `files`: how many came with it."""

    id: str
    host: str
    ips: list[str]
    os: str
    platform: str
    made_by: str
    endpoint: str
    collected_ms: int
    uploaded_ms: int
    uploaded_by: str
    name: str
    sha256: str
    size_bytes: int
    suspicious: int
    files: int
    activities: int
    complete: bool
    encrypted: bool


class KitReports:
    """`append` lays a batch in the spool; `clock`: seconds since 1970 UTC."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        inventory: Inventory,
        folder: Path,
        key: KitKey,
        clock: Callable[[], float],
        append: Callable[[RecordBatch], int],
    ) -> None:
        self._database, self._audit, self._inventory = database, audit, inventory
        self._folder, self._key, self._clock, self._append = folder, key, clock, append
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def new_upload(self) -> Path:
        """Where an upload is to be written before `take`; the caller removes it when it comes to nothing."""
        return self._folder / f"{secrets.token_hex(16)}.upload"

    def take(self, by: Principal, upload: Path, name: str, password: str = "") -> KitReport:
        """Read, keep and import an uploaded collection; `upload` is moved.

        InputError or TooLarge when it is none, or cannot be opened; Refused (Exists, `id`) when it is here already.
        """
        sha256, size = _hash_of(upload)
        self._refuse_known(sha256)
        contents = open_archive(upload, self._key, password)
        rows, bad = _rows(contents)
        told = _object(contents.parts["kit.json"]) | _object(contents.parts.get("system.json", b"{}"))
        report = self._described(by, told, contents, rows, name, sha256, size)
        origin = Origin(report.id, report.endpoint, report.host, tuple(report.ips), report.collected_ms)
        batch = kit_batch(origin, rows, report.name)
        report = KitReport(**(asdict(report) | {"activities": len(batch.records)}))
        problems = [*contents.problems, *bad]
        self._write(
            report.id,
            {
                "findings": findings(rows, contents.files),
                "sections": _sections(rows),
                "system": told,
                "problems": problems,
            },
        )
        upload.rename(self._evidence(report.id))
        with self._database.begin() as connection:
            connection.execute(sa.insert(REPORTS).values(**asdict(report)))
            details = {
                "host": report.host,
                "sha256": sha256,
                "suspicious": report.suspicious,
                "problems": len(problems),
            }
            self._audit.add(connection, by, "upload kit report", report.id, details)
        self._append(batch)
        return report

    def all(self) -> list[KitReport]:
        """Newest first, at most a thousand."""
        wanted = sa.select(REPORTS).order_by(REPORTS.c.uploaded_ms.desc(), REPORTS.c.id).limit(1000)
        with self._database.read() as connection:
            return [KitReport(**row._asdict()) for row in connection.execute(wanted)]

    def get(self, id_: str) -> KitReport:
        with self._database.read() as connection:
            row = connection.execute(sa.select(REPORTS).where(REPORTS.c.id == id_)).first()
        if row is None:
            raise NotFound(f"there is no report {id_[:40]!r}")
        return KitReport(**row._asdict())

    def details(self, id_: str) -> dict[str, Any]:
        """{"findings": suspicious first, "sections": {part: rows}, "system", "problems"}."""
        path = self._folder / f"{self.get(id_).id}.json.zst"
        with zstandard.ZstdDecompressor().stream_reader(path.read_bytes()) as stream:
            found: dict[str, Any] = orjson.loads(stream.read(MAX_REPORT_BYTES))
        return found

    def evidence(self, by: Principal, id_: str) -> Path:
        """The collection as it came; who took it out is written down."""
        report = self.get(id_)
        with self._database.begin() as connection:
            self._audit.add(connection, by, "download kit evidence", report.id, {"sha256": report.sha256})
        return self._evidence(report.id)

    def password(self, by: Principal, id_: str) -> str:
        """What opens the collection on a person's own machine; who asked is written down. NotFound when it has none here."""
        report = self.get(id_)
        found = password_of(self._evidence(report.id), self._key)
        with self._database.begin() as connection:
            self._audit.add(connection, by, "show kit password", report.id, {"sha256": report.sha256})
        return found

    def remove(self, by: Principal, id_: str) -> None:
        """Collection and report go; the activities stay in the lake."""
        report = self.get(id_)
        with self._database.begin() as connection:
            connection.execute(sa.delete(REPORTS).where(REPORTS.c.id == report.id))
            self._audit.add(connection, by, "remove kit report", report.id, {"sha256": report.sha256})
        self._evidence(report.id).unlink(missing_ok=True)
        (self._folder / f"{report.id}.json.zst").unlink(missing_ok=True)

    # ---- within -----------------------------------------------------------------------------------------------------
    def _refuse_known(self, sha256: str) -> None:
        with self._database.read() as connection:
            known = connection.execute(sa.select(REPORTS.c.id).where(REPORTS.c.sha256 == sha256)).scalar()
        if known is not None:
            en, ja = "this collection is here already", "この収集結果はすでに取り込まれています"
            raise Refused(en, "Exists", id=known, text={"en": en, "ja": ja})

    def _described(
        self,
        by: Principal,
        told: Mapping[str, Any],
        contents: Contents,
        rows: "Rows",
        name: str,
        sha256: str,
        size: int,
    ) -> KitReport:
        host = str(told.get("host", ""))
        if not _HOST.fullmatch(host):
            raise InputError("the collection does not say of which host it is")
        now, finished = self._now_ms(), told.get("finished")
        ips = told.get("ips")
        return KitReport(
            id=secrets.token_hex(8),
            host=host,
            ips=[str(ip)[:64] for ip in ips[:64]] if isinstance(ips, list) else [],
            os=str(told.get("os", ""))[:200],
            platform=str(told.get("platform", ""))[:20],
            made_by=str(told.get("made_by", ""))[:20],
            endpoint=self._endpoint(host),
            collected_ms=finished if type(finished) is int and 0 < finished <= now else now,
            uploaded_ms=now,
            uploaded_by=by.name,
            name=_plain_name(name),
            sha256=sha256,
            size_bytes=size,
            suspicious=len(rows.get("suspicious", ())),
            files=len(contents.files),
            activities=0,
            complete=told.get("complete") is True,
            encrypted=contents.is_encrypted,
        )

    def _endpoint(self, host: str) -> str:
        """The sensor's GUID where the name is that of one endpoint of ours; else the one every log of that name has."""
        try:
            return self._inventory.find(host).guid
        except (NotFound, Conflict):
            return endpoint_guid(host)

    def _write(self, id_: str, report: Mapping[str, Any]) -> None:
        packed = zstandard.ZstdCompressor().compress(orjson.dumps(report, default=str))
        handle = os.open(self._folder / f"{id_}.json.zst", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(packed)

    def _evidence(self, id_: str) -> Path:
        return self._folder / f"{id_}.evidence"

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


Rows = dict[str, list[dict[str, Any]]]


def _rows(contents: Contents) -> tuple[Rows, list[str]]:
    """Every part as its rows, and what could not be read of them."""
    found: Rows = {}
    bad: list[str] = []
    for name, data in contents.parts.items():
        part, dot, ending = name.partition(".")
        if not dot or ending != "jsonl":
            continue
        rows = found[part] = []
        wrong = 0
        for line in data.splitlines()[:MAX_ROWS]:
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                wrong += 1
                continue
            if isinstance(row, dict):
                rows.append(row)
        if wrong:
            bad.append(f"{name}: {wrong} lines are no JSON")
    return found, bad


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise InputError("the collection's own description cannot be read") from None
    return found if isinstance(found, dict) else {}


def findings(rows: Rows, files: Mapping[str, int]) -> list[dict[str, Any]]:
    """Suspicious items, the heaviest first: {kind, value, score, reasons: [{en, ja}], sha256, collected}."""
    found = []
    for row in rows.get("suspicious", ())[:MAX_SHOWN]:
        sha256 = row.get("sha256") if isinstance(row.get("sha256"), str) else None
        score = row.get("score")
        reasons = [reason_text(code) for code in codes_of(row) if code]
        found.append(
            {
                "kind": "file",
                "value": str(row.get("path", ""))[:4096],
                "score": max(0, min(100, score)) if type(score) is int else 0,
                "reasons": [{"en": one.en, "ja": one.ja} for one in reasons],
                "sha256": sha256,
                "sha1": row.get("sha1") if isinstance(row.get("sha1"), str) else None,
                "collected": sha256 in files,
            }
        )
    return sorted(found, key=lambda one: -int(str(one["score"])))


def _sections(rows: Rows) -> dict[str, Sequence[dict[str, Any]]]:
    return {part: rows[part][:MAX_SHOWN] for part in rows if part != "suspicious"}


def _plain_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^\w.-]+", "_", last)[:120].strip("._") or "collection"


def _hash_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        made = hashlib.file_digest(stream, "sha256")
    return made.hexdigest(), path.stat().st_size
