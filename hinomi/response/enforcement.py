"""What the server knows of where the block list holds, read together: `survey.py` makes the states of it.

Enforcement.survey() -> Survey, for a whole list;   Enforcement.of(entry) -> Enforced, with the tasks of the endpoints shown
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from hinomi.database import Database
from hinomi.errors import NotFound
from hinomi.inventory.inventory import Inventory, Standing
from hinomi.response.action import Words
from hinomi.response.block_list import APPLY, BlockList
from hinomi.response.block_object import BlockObject, normal_value
from hinomi.response.block_store import SPARED
from hinomi.response.holding import Held, Holder, Holders
from hinomi.response.mail.enforcement import mail_enforcement
from hinomi.response.mail_places import mail_places
from hinomi.response.store import TASKS
from hinomi.response.survey import Others, Part, Place, Row, State, Survey
from hinomi.schema.task import ENDED, TaskState

MOST_PLACES = 100  # of endpoints: a platform and a group each
_LOOKED = {TaskState.VERIFIED: True, TaskState.FAILED: False}


@dataclass(frozen=True, slots=True)
class Enforced:
    """`left_out`: places beyond MOST_PLACES."""

    one: BlockObject
    state: State
    places: tuple[Place, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Brought:
    """The newest task that brought an endpoint a list, or was to."""

    id: str
    state: TaskState
    created_ms: int
    error: Mapping[str, Any] | None


class Enforcement:
    """Reads; thread-safe. `clock`: seconds since 1970 UTC."""

    def __init__(
        self, database: Database, inventory: Inventory, block_list: BlockList, clock: Callable[[], float]
    ) -> None:
        self._database, self._inventory, self._block_list, self._clock = database, inventory, block_list, clock

    def survey(self) -> Survey:
        told = {row["sensor"]: row for row in self._block_list.enforcement()}
        holders = Holders(_holder(one, told.get(one.guid)) for one in self._inventory.standing(APPLY))
        sent = None
        if any(row["left_out"] for row in told.values()):
            sent = {(each["type"], each["value"]) for each in self._block_list.sent()[0]["objects"]}
        excepted = {(row["type"], row["value"]) for row in self._block_list.exceptions()}
        return Survey(holders, excepted, self._block_list.fetched(), sent, (self._mail(),))

    def _mail(self) -> Others:
        with self._database.read() as connection:
            # asked of an entry that is listed: so at least one sender is
            return mail_places(mail_enforcement(connection, is_listed=True, now_ms=int(self._clock() * 1000)))

    def of(self, value: str, type_: str = "") -> Enforced:
        """NotFound when it is not on the list. `type_` "": whichever type it stands there with."""
        one, survey = self._find(value, type_), self.survey()
        places = survey.places(one)
        shown = self._with_tasks(places[:MOST_PLACES])
        return Enforced(one, survey.counted(one)[0], shown, len(places) - len(shown))

    def _find(self, value: str, type_: str) -> BlockObject:
        plain = normal_value(type_, value) if type_ else value.strip()
        for one in self._block_list.all():
            if type_ in ("", one.type) and one.value in (plain, plain.lower()):
                return one
        raise NotFound(f"{value[:80]!r} is not on the block list")

    def _with_tasks(self, places: Iterable[Place]) -> tuple[Place, ...]:
        """What became of the task that brought each of the endpoints shown its list, or was to."""
        told = tuple(places)
        tasks = self._newest(row.holder.guid for place in told for part in place.parts for row in part.rows)

        def filled(part: Part) -> Part:
            return replace(
                part, rows=tuple(_with_task(part.state, row, tasks.get(row.holder.guid)) for row in part.rows)
            )

        return tuple(replace(place, parts=tuple(map(filled, place.parts))) for place in told)

    def _newest(self, guids: Iterable[str]) -> dict[str, _Brought]:
        """By sensor."""
        wanted = sa.select(sa.func.max(TASKS.c.id)).where(TASKS.c.sensor.in_(list(guids)), TASKS.c.action == APPLY)
        columns = (TASKS.c.id, TASKS.c.sensor, TASKS.c.state, TASKS.c.created_ms, TASKS.c.error)
        with self._database.read() as connection:
            rows = connection.execute(sa.select(*columns).where(TASKS.c.id.in_(wanted.group_by(TASKS.c.sensor))))
            return {row.sensor: _Brought(row.id, TaskState(row.state), row.created_ms, row.error) for row in rows}


def _holder(one: Standing, told: Mapping[str, Any] | None) -> Holder:
    known = Holder(one.guid, one.name, one.platform, one.group, one.is_connected, one.last_seen_ms, one.cannot)
    if told is None:
        return known
    reasons = dict(told["reasons"])
    spared = frozenset(str(reasons.pop(SPARED, "")).split())
    return replace(known, at_ms=told["at_ms"], enforced=told["enforced"], reasons=reasons, spared=spared)


def _with_task(state: Held, row: Row, task: _Brought | None) -> Row:
    if task is None:
        return row
    found = replace(row, task=task.id)
    if task.created_ms == row.holder.at_ms:
        found = replace(found, is_verified=_LOOKED.get(task.state))
    if task.error and task.state in ENDED and (state is Held.WAITING or found.is_verified is False):
        message = str(task.error["message"])
        return replace(found, reason=Words(message, task.error.get("ja") or message))
    return found
