"""The same tables for a ClickHouse cluster: replicated on every shard, and one distributed table over them under the
name that Hinomi asks.

A machine's rows lie together on one shard (shard key: endpointGuid), so process trees and side tables need no other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hinomi.errors import InputError
from hinomi.lake import observation, tables

_LOCAL = "_local"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) ")
_ENGINE = re.compile(r"ENGINE = (\w*)MergeTree(?:\((\w+)\))? (.*?)\s*SETTINGS ", re.DOTALL)
_SHARD_KEY = {"observed": "cityHash64(guid)", "observed_slices": "slice"}
_AGE = {"observed": "arrived"}  # what the time to live counts from; else the moment of arrival
_STAYS = ("detections", "observed_slices")


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """`cold_days`: after so many days parts move to the volume `cold` of `policy`; `keep_days`: then they go.

    Raises InputError for names that are none.
    """

    cluster: str
    database: str = "hinomi"
    cold_days: int | None = None
    keep_days: int | None = None
    policy: str = "hot_cold"

    def __post_init__(self) -> None:
        for name in (self.cluster, self.database, self.policy):
            if not _NAME.fullmatch(name):
                raise InputError(f"{name[:80]!r} is no name: letters, digits and _ only")


def statements(plan: ClusterPlan) -> Iterator[str]:
    """In order. Running them again does nothing but add the columns that are new."""
    yield f"CREATE DATABASE IF NOT EXISTS {plan.database} ON CLUSTER '{plan.cluster}'"
    made = [*tables.statements(), observation.TABLE, observation.SLICES_TABLE]
    for statement in made:
        yield _replicated(statement, plan)
    for statement in made:
        yield _distributed(_table_of(statement), plan)
    for table, wanted in tables.columns().items():
        added = ", ".join(f"ADD COLUMN IF NOT EXISTS `{name}` {kind}" for name, kind in wanted.items())
        for name in (f"{table}{_LOCAL}", table):
            yield f"ALTER TABLE {plan.database}.{name} ON CLUSTER '{plan.cluster}' {added}"
    for view in (tables.view(), observation.VIEW):
        yield _over_local(view, plan)
    yield _renewed(plan)


def _table_of(statement: str) -> str:
    return _CREATE.findall(statement)[0]  # type: ignore[no-any-return]


def _replicated(statement: str, plan: ClusterPlan) -> str:
    table = _table_of(statement)
    named = statement.replace(
        f"CREATE TABLE IF NOT EXISTS {table} ",
        f"CREATE TABLE IF NOT EXISTS {plan.database}.{table}{_LOCAL} ON CLUSTER '{plan.cluster}' ",
        1,
    )
    policy = f"storage_policy = '{plan.policy}', " if plan.cold_days else ""
    ending = f"{_time_to_live(table, plan)}SETTINGS {policy}"

    def engine(found: re.Match[str]) -> str:
        place = f"'/clickhouse/tables/{{shard}}/{plan.database}/{table}', '{{replica}}'"
        more = f", {found[2]}" if found[2] else ""
        return f"ENGINE = Replicated{found[1]}MergeTree({place}{more}) {found[3]} {ending}"

    return _ENGINE.sub(engine, named, count=1)


def _time_to_live(table: str, plan: ClusterPlan) -> str:
    age = _AGE.get(table, "toDateTime(ingestTime)")
    rules = []
    if plan.cold_days and table != "observed_slices":
        rules.append(f"{age} + INTERVAL {plan.cold_days} DAY TO VOLUME 'cold'")
    if plan.keep_days and table not in _STAYS:
        rules.append(f"{age} + INTERVAL {plan.keep_days} DAY DELETE")
    return f"TTL {', '.join(rules)} " if rules else ""


def _distributed(table: str, plan: ClusterPlan) -> str:
    local, key = f"{table}{_LOCAL}", _SHARD_KEY.get(table, "cityHash64(endpointGuid)")
    return (
        f"CREATE TABLE IF NOT EXISTS {plan.database}.{table} ON CLUSTER '{plan.cluster}' AS {plan.database}.{local} "
        f"ENGINE = Distributed('{plan.cluster}', '{plan.database}', '{local}', {key})"
    )


def _renewed(plan: ClusterPlan) -> str:
    """A view that an older Hinomi made asks as that one did."""
    asked = re.sub(r"\bFROM activities\b", f"FROM {plan.database}.activities{_LOCAL}", observation.RENEW_VIEW)
    return asked.replace("TABLE observed_view", f"TABLE {plan.database}.observed_view ON CLUSTER '{plan.cluster}'", 1)


def _over_local(view: str, plan: ClusterPlan) -> str:
    """A view fills a shard's side table from what that shard was given."""
    moved = re.sub(r"\b(TO|FROM) (activities|processes|observed)\b", rf"\1 {plan.database}.\2{_LOCAL}", view)
    return re.sub(r"(EXISTS )(\w+) ", rf"\1{plan.database}.\2 ON CLUSTER '{plan.cluster}' ", moved, count=1)
