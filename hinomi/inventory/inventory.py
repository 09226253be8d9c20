"""The endpoints there are: what each sensor said of itself last, and whether it is there now.

A sensor's word is kept as it came (bounded by the gateway) and read into an `Endpoint` when somebody asks.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.inventory.store import endpoints
from hinomi.schema.endpoint import Endpoint, EndpointQuery, EndpointType, Interface, Isolation
from hinomi.schema.page import Page
from hinomi.wire.inventory import HostFacts, read_facts, write_facts

MAX_GROUP = 64
MAX_WORDS = 10
MAX_ADDRESSES = 20  # asked for at once
_MAX_HOLDERS = 200  # 10.0.0.1 also stands in 10.0.0.10
_ORDERS: dict[str, ColumnElement[Any]] = {
    "guid": endpoints.c.guid,
    "name": endpoints.c.folded,
    "type": endpoints.c.type,
    "lastSeen": endpoints.c.last_seen_ms,
    "firstSeen": endpoints.c.first_seen_ms,
    "connected": endpoints.c.connected,
    "isolation": endpoints.c.isolation,
    "group": endpoints.c.group,
}
_SEARCHED = 8000  # characters of what a search looks into
_VERSIONS = ("policy_version", "pattern_version", "block_version")


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint and one action: `cannot` says why it is not able to do it, "" when it is."""

    guid: str
    name: str
    platform: str
    group: str
    is_connected: bool
    last_seen_ms: int
    cannot: str


class Inventory:
    """All methods are thread-safe. `clock`: seconds since 1970 UTC."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock
        self._lock = threading.Lock()
        self._servers: frozenset[str] | None = None

    # ---- what the gateway tells -------------------------------------------------------------------------------------
    def seen(
        self,
        guid: str,
        *,
        at_ms: int,
        connected: bool | None = None,
        facts: HostFacts | None = None,
        isolation: Isolation | None = None,
        skew_ms: int | None = None,
        **versions: int | None,
    ) -> None:
        """Keep what is told of a sensor. `versions`: policy_version, pattern_version, block_version."""
        values: dict[str, Any] = {"last_seen_ms": at_ms}
        told = {"connected": connected, "isolation": isolation and str(isolation), "skew_ms": skew_ms}
        told |= {name: versions[name] for name in versions.keys() & set(_VERSIONS)}
        values |= {name: value for name, value in told.items() if value is not None}
        if facts is not None:
            values |= _told_by(guid, facts)
        with self._database.begin() as connection:
            self._keep(connection, guid, values)
        if facts is not None:
            self._forget()

    def _keep(self, connection: Connection, guid: str, values: dict[str, Any]) -> None:
        if connection.execute(update(endpoints).where(endpoints.c.guid == guid).values(**values)).rowcount:
            return
        blank: dict[str, Any] = {
            "name": guid,
            "folded": guid,
            "type": str(EndpointType.DESKTOP),
            "platform": "",
            "facts": {},
        }
        blank |= {"isolation": str(Isolation.UNKNOWN), "connected": False, "first_seen_ms": values["last_seen_ms"]}
        connection.execute(insert(endpoints).values(**(blank | {"guid": guid} | values)))

    def nobody_is_connected(self) -> None:
        """At the start of a server: who is there will say so."""
        with self._database.begin() as connection:
            connection.execute(update(endpoints).where(endpoints.c.connected).values(connected=False))

    # ---- what people ask --------------------------------------------------------------------------------------------
    def get(self, guid: str) -> Endpoint:
        with self._database.read() as connection:
            row = connection.execute(select(endpoints).where(endpoints.c.guid == guid)).first()
        if row is None:
            raise NotFound(f"there is no endpoint {guid[:80]!r} with a sensor")
        return _endpoint(row)

    def find(self, text: str) -> Endpoint:
        """By GUID or by host name in any case. NotFound; Conflict when several bear the name."""
        wanted = text.strip().lower()
        named = or_(endpoints.c.guid == wanted, func.lower(endpoints.c.name) == wanted)
        with self._database.read() as connection:
            rows = connection.execute(select(endpoints).where(named, endpoints.c.revoked.is_(False)).limit(3)).all()
        if not rows:
            raise NotFound(f"there is no endpoint {text[:80]!r} with a sensor")
        if len(rows) > 1:
            raise Conflict(f"several endpoints are called {text[:80]!r}; name one by its GUID")
        return _endpoint(rows[0])

    def find_any(self, text: str) -> Endpoint:
        """As `find`, and by GUID also one that was revoked."""
        try:
            return self.get(text)
        except NotFound:
            return self.find(text)

    def page(self, query: EndpointQuery) -> Page[Endpoint]:
        """InputError for an order that is not known."""
        if query.order not in _ORDERS:
            raise InputError(f"orderBy: {query.order[:64]!r} is not one of {', '.join(_ORDERS)}")
        wanted = select(endpoints).where(*_conditions(query))
        key = _ORDERS[query.order]
        ordered = wanted.order_by(key.desc() if query.is_descending else key.asc(), endpoints.c.guid)
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
            rows = connection.execute(ordered.offset(query.skip).limit(query.top)).all()
        following = query.skip + len(rows)
        return Page(tuple(_endpoint(row) for row in rows), total, str(following) if following < total else "")

    def names_at(self, addresses: Collection[str]) -> dict[str, str]:
        """The endpoints that have these addresses, by address; an address that several have is told of the last seen."""
        wanted = {one: one.lower() for one in list(addresses)[:MAX_ADDRESSES] if one}
        if not wanted:
            return {}
        holds = or_(*(endpoints.c.folded.contains(one[:64], autoescape=True) for one in wanted.values()))
        query = select(endpoints).where(holds, endpoints.c.revoked.is_(False)).order_by(endpoints.c.last_seen_ms)
        with self._database.read() as connection:
            found = [_endpoint(row) for row in connection.execute(query.limit(_MAX_HOLDERS))]
        names = {ip.lower(): each.name for each in found for ip in each.ips}
        return {address: names[lower] for address, lower in wanted.items() if lower in names}

    def servers(self) -> frozenset[str]:
        """GUIDs of the endpoints that are servers."""
        with self._lock:
            found = self._servers
        if found is None:
            wanted = select(endpoints.c.guid).where(endpoints.c.type == str(EndpointType.SERVER))
            with self._database.read() as connection:
                found = frozenset(connection.execute(wanted).scalars())
            with self._lock:
                self._servers = found
        return found

    def block_versions(self) -> dict[str, int]:
        """Which block list each endpoint holds that is there now."""
        wanted = select(endpoints.c.guid, endpoints.c.block_version).where(endpoints.c.connected)
        with self._database.read() as connection:
            return {row.guid: row.block_version for row in connection.execute(wanted)}

    def standing(self, action: str) -> list[Standing]:
        """Every endpoint that was not revoked, by name, and why it cannot do `action`; its facts are not read whole."""
        cannot = endpoints.c.facts["cannot"][action].as_string().label("cannot")
        columns = (endpoints.c.guid, endpoints.c.name, endpoints.c.platform, endpoints.c.group, endpoints.c.connected)
        wanted = select(*columns, endpoints.c.last_seen_ms, cannot).where(endpoints.c.revoked.is_(False))
        with self._database.read() as connection:
            found = connection.execute(wanted.order_by(endpoints.c.name, endpoints.c.guid)).all()
        return [Standing(*row[:6], row.cannot or "") for row in found]

    # ---- what people change; the caller writes the audit row in the same transaction ---------------------------------
    def set_group(self, connection: Connection, guid: str, group: str) -> None:
        if len(group) > MAX_GROUP:
            raise InputError(f"group: at most {MAX_GROUP} characters")
        self._change(connection, guid, group=group.strip())

    def set_revoked(self, connection: Connection, guid: str) -> None:
        self._change(connection, guid, revoked=True, connected=False)

    def set_isolation(self, connection: Connection, guid: str, isolation: Isolation) -> None:
        self._change(connection, guid, isolation=str(isolation))

    def remove(self, connection: Connection, guid: str) -> None:
        """Out of the list; its activities, alerts and tasks stay."""
        if not connection.execute(delete(endpoints).where(endpoints.c.guid == guid)).rowcount:
            raise NotFound(f"there is no endpoint {guid[:80]!r}")
        self._forget()

    def _change(self, connection: Connection, guid: str, **values: Any) -> None:
        if not connection.execute(update(endpoints).where(endpoints.c.guid == guid).values(**values)).rowcount:
            raise NotFound(f"there is no endpoint {guid[:80]!r}")

    def _forget(self) -> None:
        with self._lock:
            self._servers = None


def _told_by(guid: str, facts: HostFacts) -> dict[str, Any]:
    words = (facts.name, guid, facts.os_name, facts.os_version, facts.last_user, *facts.ips, *facts.users)
    values: dict[str, Any] = {
        "name": facts.name,
        "folded": " ".join(words).lower()[:_SEARCHED],
        "type": str(EndpointType.SERVER if facts.type == EndpointType.SERVER else EndpointType.DESKTOP),
        "platform": facts.os_platform[:16],
        "facts": write_facts(facts),
    }
    values |= {name: getattr(facts, name) for name in _VERSIONS}
    if facts.isolation in (Isolation.ON, Isolation.OFF):
        values["isolation"] = facts.isolation
    return values


def _conditions(query: EndpointQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        or_(
            endpoints.c.folded.contains(word.lower()[:256], autoescape=True),
            func.lower(endpoints.c.group).contains(word.lower()[:256], autoescape=True),
        )
        for word in query.search.split()[:MAX_WORDS]
    ]
    chosen = (
        (endpoints.c.type, [str(one) for one in query.types]),
        (endpoints.c.platform, query.platforms),
        (endpoints.c.group, query.groups),
    )
    found += [column.in_(values) for column, values in chosen if values]
    if query.is_connected is not None:
        found.append(endpoints.c.connected.is_(query.is_connected))
    if query.is_isolated is not None:
        is_on = endpoints.c.isolation == str(Isolation.ON)
        found.append(is_on if query.is_isolated else ~is_on)
    return [and_(*found)] if found else []


def _endpoint(row: Row[Any]) -> Endpoint:
    facts = read_facts(row.facts) if row.facts else None
    known: Mapping[str, Any] = _facts(facts) if facts else {}
    return Endpoint(
        guid=row.guid,
        name=row.name,
        type=EndpointType(row.type),
        isolation=Isolation(row.isolation),
        is_connected=row.connected,
        first_seen_ms=row.first_seen_ms,
        last_seen_ms=row.last_seen_ms,
        skew_ms=row.skew_ms,
        group=row.group,
        is_revoked=row.revoked,
        policy_version=row.policy_version,
        pattern_version=row.pattern_version,
        block_version=row.block_version,
        **known,
    )


def _facts(facts: HostFacts) -> dict[str, Any]:
    return {
        "os_name": facts.os_name,
        "os_version": facts.os_version,
        "os_platform": facts.os_platform,
        "kernel": facts.kernel,
        "architecture": facts.architecture,
        "interfaces": tuple(Interface(each.name, each.mac, each.addresses) for each in facts.interfaces),
        "users": facts.users,
        "last_user": facts.last_user,
        "software": facts.software,
        "sensor_version": facts.sensor_version,
        "package": facts.package,
        "collectors": {
            name: {
                "active": one.active,
                "reason": one.reason,
                "watches": list(one.watches),
                "lost": one.lost,
                "spare": one.spare,
            }
            for name, one in facts.collectors.items()
        },
        "actions": facts.actions,
        "cannot": facts.cannot,
        "untested": facts.untested,
        "health": facts.health,
    }
