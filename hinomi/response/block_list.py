"""The block list: what is on it, its version, and how it comes to the endpoints. An exception always wins over it.

A change makes a new version; each connected sensor that holds another is sent the list as the internal task
`apply_block_list`, and says by type what it does about it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import HinomiError, InputError, NotFound, Refused
from hinomi.response import block_store as rows
from hinomi.response.block_files import FORMATS
from hinomi.response.block_object import ON_SENSORS, BlockObject, normal_object, normal_value
from hinomi.response.life import SERVER
from hinomi.response.tasks import Tasks
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.task import ResponseTask, Target, TargetKind, TaskState

MAX_OF_TYPE = 10_000
MAX_EXCEPTIONS = 5_000
MAX_SENT_OBJECTS = 10_000  # what the action takes
MAX_SENT_BYTES = 700 << 10  # of one command, see wire.command.MAX_COMMAND_BYTES
RETRY_MS = 600_000  # a sensor that failed to take a version is not asked again at once
FETCHED_MS = 60_000  # a product that asks every second is written down once a minute
APPLY = "apply_block_list"
_RISK = {"high": 0, "medium": 1, "low": 2}


class BlockList:
    """Thread-safe. `endpoints`: guid -> version it holds, of the endpoints that are there now and can take a list."""

    is_repeatable = True

    def __init__(
        self,
        database: Database,
        audit: Audit,
        tasks: Tasks,
        clock: Callable[[], float],
        endpoints: Callable[[], Mapping[str, int]],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._audit, self._tasks, self._clock = database, audit, tasks, clock
        self._endpoints, self._changed = endpoints, changed
        self._tried: dict[str, tuple[int, int]] = {}  # sensor -> (version, when)
        self._fetched: dict[str, tuple[int, int]] = {}  # format -> (version, when)

    # ---- what is on it ----------------------------------------------------------------------------------------------
    def all(self) -> list[BlockObject]:
        """By type, newest first; those that an exception covers are among them."""
        with self._database.read() as connection:
            return rows.everything(connection)

    def effective(self) -> tuple[int, list[BlockObject]]:
        """(version, what counts): without what has expired and what an exception covers."""
        with self._database.read() as connection:
            now_ms = self._now_ms()
            found = [one for one in rows.not_excepted(connection) if not _over(one, now_ms)]
            return rows.version(connection), found

    @property
    def version(self) -> int:
        with self._database.read() as connection:
            return rows.version(connection)

    def add(self, by: Principal, given: Iterable[Mapping[str, Any]], source: str = "") -> list[BlockObject]:
        """All or none. Over MAX_OF_TYPE of one type the one nearest to its expiry leaves."""
        require(by, Permission.RESPOND)
        now_ms = self._now_ms()
        made = [normal_object(each, now_ms) for each in given]
        made = [replace(each, created_by=by.name[:64], created_ms=now_ms, source=source[:32]) for each in made]
        if made:
            with self._database.begin() as connection:
                dropped = [left for each in made if (left := self._put(connection, each))]
                told = {"objects": [f"{one.type} {one.value}" for one in made[:20]], "count": len(made)}
                told |= {"dropped": dropped[:20]} if dropped else {}
                told |= {"action": made[0].action, "version": rows.next_version(connection)}
                self._audit.add(connection, by, "block_list.add", made[0].value, told)
            self._changed()
        return made

    @staticmethod
    def _put(connection: Connection, made: BlockObject) -> str | None:
        rows.put(connection, made)
        if rows.count(connection, made.type) <= MAX_OF_TYPE:
            return None
        left = rows.nearest_expiry(connection, made.type, made.key)
        if left is not None:
            connection.execute(sa.delete(rows.OBJECTS).where(rows.one(made.type, left)))
        return left

    def remove(self, by: Principal, keys: Sequence[tuple[str, str]]) -> int:
        """How many there were; NotFound when none of them was."""
        require(by, Permission.RESPOND)
        with self._database.begin() as connection:
            gone = 0
            for type_, value in keys:
                where = rows.one(type_, normal_value(type_, value))
                gone += connection.execute(sa.delete(rows.OBJECTS).where(where)).rowcount
            if not gone:
                raise NotFound("none of these is on the block list")
            told = {"count": gone, "version": rows.next_version(connection)}
            self._audit.add(connection, by, "block_list.remove", keys[0][1], told)
        self._changed()
        return gone

    def expire(self) -> int:
        """Let go of what has expired; how many. Called now and then."""
        where = sa.and_(rows.OBJECTS.c.expires_ms.is_not(None), rows.OBJECTS.c.expires_ms <= self._now_ms())
        with self._database.read() as connection:
            if connection.execute(sa.select(rows.OBJECTS.c.type).where(where).limit(1)).first() is None:
                return 0
        with self._database.begin() as connection:
            gone: int = connection.execute(sa.delete(rows.OBJECTS).where(where)).rowcount
            told = {"count": gone, "version": rows.next_version(connection)}
            self._audit.add(connection, SERVER, "block_list.expire", "", told)
        self._changed()
        return gone

    # ---- exceptions -------------------------------------------------------------------------------------------------
    def exceptions(self) -> list[dict[str, Any]]:
        with self._database.read() as connection:
            return [dict(row._asdict()) for row in rows.exceptions(connection)]

    def add_exception(self, by: Principal, type_: str, value: str, description: str) -> None:
        """The value is never blocked, whoever puts it on the list; for those who change content."""
        require(by, Permission.CONTENT)
        plain = normal_value(type_, value)
        with self._database.begin() as connection:
            if len(rows.exceptions(connection)) >= MAX_EXCEPTIONS:
                raise InputError(f"at most {MAX_EXCEPTIONS} exceptions")
            self._drop_exception(connection, type_, plain)
            row = {"type": type_, "value": plain, "description": description[:1000], "created_by": by.name[:64]}
            connection.execute(sa.insert(rows.EXCEPTIONS).values(**row, created_ms=self._now_ms()))
            told = {"type": type_, "description": description[:200], "version": rows.next_version(connection)}
            self._audit.add(connection, by, "block_list.except", plain, told)
        self._changed()

    def remove_exception(self, by: Principal, type_: str, value: str) -> None:
        require(by, Permission.CONTENT)
        plain = normal_value(type_, value)
        with self._database.begin() as connection:
            if not self._drop_exception(connection, type_, plain):
                raise NotFound("there is no such exception")
            told = {"type": type_, "version": rows.next_version(connection)}
            self._audit.add(connection, by, "block_list.unexcept", plain, told)
        self._changed()

    @staticmethod
    def _drop_exception(connection: Connection, type_: str, value: str) -> int:
        where = sa.and_(rows.EXCEPTIONS.c.type == type_, rows.EXCEPTIONS.c.value == value)
        gone: int = connection.execute(sa.delete(rows.EXCEPTIONS).where(where)).rowcount
        return gone

    # ---- on endpoints -----------------------------------------------------------------------------------------------
    def push(self) -> int:
        """Ask every connected sensor that holds another version to take this one; how many were asked."""
        self.expire()
        version = self.version
        if not version:
            return 0
        now_ms, asked = self._now_ms(), 0
        behind = [guid for guid, held in self._endpoints().items() if held != version]
        due = [guid for guid in behind if not self._was_tried(guid, version, now_ms)]
        if not due:
            return 0
        parameters, left_out = self.sent()
        for guid in due:
            self._tried[guid] = (version, now_ms)
            try:
                self._tasks.ask(
                    SERVER, APPLY, Target(TargetKind.ENDPOINT, guid), parameters, expires_s=3600, source="server"
                )
                asked += 1
            except Refused:
                continue  # under way already, or this endpoint cannot
            except HinomiError:
                continue  # gone meanwhile
        self._left_out = left_out
        return asked

    _left_out = 0

    def sent(self) -> tuple[dict[str, Any], int]:
        """(parameters of apply_block_list, how many objects did not fit): what a sensor can block, worst risk first."""
        version, objects = self.effective()
        wanted = [one for one in objects if one.type in ON_SENSORS and one.action == "block"]
        wanted.sort(key=lambda one: (_RISK[one.risk], -one.created_ms))
        found: list[dict[str, Any]] = []
        size = 0
        for one in wanted[:MAX_SENT_OBJECTS]:
            told = {"type": one.type, "value": one.value, **({"expires_ms": one.expires_ms} if one.expires_ms else {})}
            size += len(orjson.dumps(told)) + 1
            if size > MAX_SENT_BYTES:
                break
            found.append(told)
        return {"version": version, "objects": found}, len(wanted) - len(found)

    def _was_tried(self, guid: str, version: int, now_ms: int) -> bool:
        tried = self._tried.get(guid)
        return tried is not None and tried[0] == version and now_ms - tried[1] < RETRY_MS

    def applied(self, task: ResponseTask) -> int | None:
        """A sensor took a list: keep what it does about each type, and when the list was made; the version it holds now."""
        if task.action != APPLY or task.state is not TaskState.EXECUTED:
            return None
        version = task.result.get("version")
        if type(version) is not int or version != task.parameters.get("version"):
            return None
        values = {"enforced": _texts(task.result.get("enforced")), "reasons": _texts(task.result.get("reasons"))}
        values["reasons"].pop(rows.SPARED, None)
        if spared := _spared(task):
            values["reasons"][rows.SPARED] = spared
        with self._database.begin() as connection:
            left = self._left_out
            rows.set_enforcement(
                connection, task.target.id, version=version, at_ms=task.created_ms, left_out=left, **values
            )
        return version

    def disproved(self, task: ResponseTask) -> None:
        """Somebody looked whether the list that a sensor took is in force there, and it is not: its own word does not count."""
        if task.action != APPLY or task.error is None:
            return
        with self._database.begin() as connection:
            held = rows.enforcement_of(connection, task.target.id)
            if held is None or held.at_ms != task.created_ms:
                return  # of a list before that one, or it took none
            reason = task.error.message[:300]
            enforced = {kind: word if word == "unsupported" else "disproved" for kind, word in held.enforced.items()}
            reasons = {
                kind: reason if enforced.get(kind) == "disproved" else text for kind, text in held.reasons.items()
            }
            reasons |= {kind: reason for kind, word in enforced.items() if word == "disproved"}
            values = {"version": held.version, "at_ms": held.at_ms, "left_out": held.left_out}
            rows.set_enforcement(connection, task.target.id, **values, enforced=enforced, reasons=reasons)

    # ---- handed on ----------------------------------------------------------------------------------------------------
    def handed_on(self, format_: str) -> None:
        """Somebody fetched the list in this format: kept once a minute, and at once after a change."""
        version, now_ms = self.version, self._now_ms()
        known = self._fetched.get(format_)
        if known is not None and known[0] == version and now_ms - known[1] < FETCHED_MS:
            return
        self._fetched[format_] = (version, now_ms)
        with self._database.begin() as connection:
            rows.set_fetched(connection, format_, now_ms)

    def fetched(self) -> dict[str, int]:
        """Format -> when it was fetched last (ms); 0: never."""
        with self._database.read() as connection:
            return {format_: rows.fetched(connection, format_) for format_ in FORMATS}

    def enforcement(self) -> list[dict[str, Any]]:
        """By endpoint: {sensor, version, at_ms, enforced, reasons, left_out}."""
        with self._database.read() as connection:
            return [dict(row._asdict()) for row in connection.execute(sa.select(rows.ENFORCEMENT))]

    # ---- as a carrier of block_object and unblock_object -------------------------------------------------------------
    def carries(self, action: str, target: Target) -> bool:
        return target.kind is TargetKind.OBJECT and action in ("block_object", "unblock_object")

    def carry(self, task: ResponseTask) -> Mapping[str, Any]:
        given = task.parameters
        by = replace(SERVER, name=task.created_by)
        if task.action == "block_object":
            self.add(by, [{**given, "description": task.description}], source=task.source or "task")
        else:
            self.remove(by, [(given["type"], given["value"])])
        return {"version": self.version, "endpoints": sorted(self._endpoints())[:100], "listed": self._is_listed(given)}

    def _is_listed(self, given: Mapping[str, Any]) -> bool:
        with self._database.read() as connection:
            where = rows.one(given["type"], given["value"])
            return connection.execute(sa.select(rows.OBJECTS.c.type).where(where)).first() is not None

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _over(one: BlockObject, now_ms: int) -> bool:
    return one.expires_ms is not None and one.expires_ms <= now_ms


def _spared(task: ResponseTask) -> str:
    """Values that the sensor leaves out, parted by blanks: only such as were sent to it."""
    told = task.result.get("spared")
    sent = {each["value"] for each in task.parameters["objects"] if each["type"] == "ip"}
    return " ".join(sorted(sent & {str(each) for each in told})) if isinstance(told, list) else ""


def _texts(given: Any) -> dict[str, str]:
    """What a sensor says, bounded."""
    found = given if isinstance(given, dict) else {}
    return {str(name)[:32]: str(value)[:300] for name, value in list(found.items())[:20]}
