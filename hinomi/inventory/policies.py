"""Sensor policies: one for each group of endpoints, the one of "" for all others; every version is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.engine import Connection

from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.inventory.store import endpoints, policies
from hinomi.wire.policy import SensorPolicy, read_policy, write_policy

MAX_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """`policy` None: the group has none of its own from this version on, it follows that of all others."""

    group: str
    version: int
    policy: SensorPolicy | None
    changed_by: str
    changed_ms: int
    comment: str


class Policies:
    """`version` rises over all groups together, so that a sensor that changes its group never sees it fall."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def of(self, guid: str) -> SensorPolicy:
        """What an endpoint has to follow now."""
        with self._database.read() as connection:
            group = connection.execute(select(endpoints.c.group).where(endpoints.c.guid == guid)).scalar() or ""
            found = _newest(connection, group)
            if group and (found is None or found.policy is None):
                found = _newest(connection, "")
        if found is None or found.policy is None:
            return SensorPolicy()
        return replace(found.policy, version=found.version)

    def current(self, group: str) -> PolicyVersion | None:
        """The newest version of a group's own policy; None when it never had one."""
        with self._database.read() as connection:
            return _newest(connection, group)

    def versions(self, group: str) -> list[PolicyVersion]:
        """Newest first."""
        wanted = select(policies).where(policies.c.group == group).order_by(policies.c.version.desc())
        with self._database.read() as connection:
            return [_version(row) for row in connection.execute(wanted)]

    def groups(self) -> list[str]:
        """Groups that endpoints are in or policies are of; "" (all others) first."""
        with self._database.read() as connection:
            found = {*connection.execute(select(endpoints.c.group).distinct()).scalars()}
            found |= {*connection.execute(select(policies.c.group).distinct()).scalars()}
        return sorted({"", *found})

    def change(
        self, connection: Connection, who: str, group: str, given: dict[str, Any] | None, base: int, comment: str
    ) -> int:
        """Keep a new version; its number. `base`: the version it was made from; Conflict when there is a newer one.

        `given` None gives the group's own policy up. InputError as in `read_policy`.
        """
        if len(comment) > MAX_COMMENT:
            raise InputError(f"comment: at most {MAX_COMMENT} characters")
        held = _newest(connection, group)
        if (held.version if held else 0) != base:
            raise Conflict(f"the policy of {group or 'all others'} has changed meanwhile")
        if given is None and not group:
            raise InputError("the policy of all others can be changed, not given up")
        written = {} if given is None else write_policy(replace(read_policy(given), version=0, name=group))
        version = (connection.execute(select(func.max(policies.c.version))).scalar() or 0) + 1
        row = {"group": group, "version": version, "policy": written, "changed_by": who, "comment": comment}
        connection.execute(insert(policies).values(**row, changed_ms=int(self._clock() * 1000)))
        return version

    def get(self, group: str, version: int) -> PolicyVersion:
        wanted = select(policies).where(policies.c.group == group, policies.c.version == version)
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound(f"there is no version {version} of the policy of {group or 'all others'}")
        return _version(row)


def _newest(connection: Connection, group: str) -> PolicyVersion | None:
    wanted = select(policies).where(policies.c.group == group).order_by(policies.c.version.desc()).limit(1)
    row = connection.execute(wanted).first()
    return None if row is None else _version(row)


def _version(row: Row[Any]) -> PolicyVersion:
    policy = read_policy(row.policy) if row.policy else None
    return PolicyVersion(row.group, row.version, policy, row.changed_by, row.changed_ms, row.comment)
