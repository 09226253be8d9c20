"""The senders that the block list names, and since when: what arrived before is left alone."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from hinomi.database import Database
from hinomi.response.block_list import BlockList
from hinomi.response.block_object import BlockObject
from hinomi.response.mail.senders import TYPE
from hinomi.response.mail.store import LISTED_SENDERS


@dataclass(frozen=True, slots=True)
class ListedSender:
    """`is_held`: its letters are taken; else they are only told (action `log`)."""

    value: str
    since_ms: int
    expires_ms: int | None
    is_held: bool

    def covers(self, arrived_ms: int, not_before_ms: int, now_ms: int) -> bool:
        """To the second: mail stores keep no finer time."""
        is_over = self.expires_ms is not None and self.expires_ms <= now_ms
        return not is_over and arrived_ms // 1000 >= max(self.since_ms, not_before_ms) // 1000


class ListedSenders:
    """Read anew when the list has another version. For one thread."""

    def __init__(self, database: Database, block_list: BlockList) -> None:
        self._database, self._block_list = database, block_list
        self._version = -1
        self._known: dict[str, ListedSender] = {}

    def now(self) -> dict[str, ListedSender]:
        """By address; one that has expired since the reading may be among them, see `covers`."""
        if self._block_list.version != self._version:
            version, objects = self._block_list.effective()
            mine = [one for one in objects if one.type == TYPE]
            since = self._since(mine)
            self._known = {
                one.value: ListedSender(one.value, since[one.value], one.expires_ms, one.action == "block")
                for one in mine
            }
            self._version = version
        return self._known

    def _since(self, listed: Iterable[BlockObject]) -> dict[str, int]:
        """When each came onto the list. One that is written anew while it stands there keeps its moment: no letter slips by."""
        created = {one.value: one.created_ms for one in listed}
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(LISTED_SENDERS)).all()
            known: dict[str, int] = {row.value: row.since_ms for row in rows}
            gone = [{"gone": value} for value in known if value not in created]
            new = [{"value": value, "since_ms": at} for value, at in created.items() if value not in known]
            if gone:
                connection.execute(
                    sa.delete(LISTED_SENDERS).where(LISTED_SENDERS.c.value == sa.bindparam("gone")), gone
                )
            if new:
                connection.execute(sa.insert(LISTED_SENDERS), new)
        return created | {value: at for value, at in known.items() if value in created}
