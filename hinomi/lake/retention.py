"""What the lake keeps, and what goes: by days and by bytes, each source of records by its own rule. Plans, no I/O.

A rule speaks of the day of *arrival*, as the partitions do. What goes is whole days where every source of the day goes,
else the rows of some sources of one day. Today is never touched.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hinomi.errors import InputError

EVERY = "*"  # all sources that have no rule of their own, together
SIDE = ("processes", "observed", "detections")  # tables with a rule of their own name
_UNITS = {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_RULE = re.compile(r"\s*(?P<name>\*|[A-Za-z0-9_.-]{1,80})\s*:\s*(?P<bounds>.*?)\s*")
_BOUND = re.compile(r"(?P<number>[0-9]{1,9})(?P<unit>[dMGT])")


@dataclass(frozen=True, slots=True)
class Keep:
    """Whichever comes first; None is no bound. `bytes` is on disk."""

    days: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class SourceDay:
    """What one source has of one day of arrival. `bytes`: of the day's parts, its share by rows."""

    day: date
    source: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Removal:
    """What goes. `sources` empty: the whole partition, else only their rows. `why`: days, bytes, or both by comma."""

    table: str
    partition: str  # as ClickHouse writes its id: 20261123, 202611
    sources: tuple[str, ...]
    rows: int
    bytes: int
    why: str


def parse_rules(text: str) -> dict[str, Keep]:
    """`*: 365d 500G, windows_sysmon: 90d, detections: 730d`. Empty keeps everything. InputError says what is wrong."""
    rules: dict[str, Keep] = {}
    for part in filter(str.strip, text.split(",")):
        found = _RULE.fullmatch(part)
        if found is None:
            raise InputError(f"{part.strip()[:80]!r}: a rule is SOURCE: 90d 200G, with * for all other sources")
        if found["name"] in rules:
            raise InputError(f"{found['name']} has two rules")
        rules[found["name"]] = _keep(found["name"], found["bounds"].split())
    return rules


def _keep(name: str, words: Sequence[str]) -> Keep:
    bounds: dict[str, int] = {}
    for word in words:
        found = _BOUND.fullmatch(word)
        kind = "days" if found and found["unit"] == "d" else "bytes"
        if found is None or int(found["number"]) == 0 or kind in bounds:
            raise InputError(f"{name}: {word[:40]!r}; what is kept is days (90d) and bytes (500M, 200G, 2T), each once")
        bounds[kind] = int(found["number"]) * _UNITS.get(found["unit"], 1)
    if not bounds or (name in SIDE and "bytes" in bounds):
        raise InputError(
            f"{name}: say how many days it is kept (90d){'' if name in SIDE else ', how many bytes (200G)'}"
        )
    return Keep(**bounds)


def plan(
    rules: Mapping[str, Keep], held: Sequence[SourceDay], today: date, spared: frozenset[date] = frozenset()
) -> list[Removal]:
    """What the rules take away of activities, oldest day first. `spared`: days that stay whatever the rules say."""
    reasons: dict[tuple[date, str], set[str]] = {}
    for group in _groups(rules, held):
        keep, old = group[0], [one for one in group[1] if one.day < today and one.day not in spared]
        for one in _too_old(keep, old, today):
            reasons.setdefault((one.day, one.source), set()).add("days")
        for one in _too_much(keep, group[1], old):
            reasons.setdefault((one.day, one.source), set()).add("bytes")
    return _by_day(held, reasons)


def plan_months(rules: Mapping[str, Keep], months: Iterable[tuple[str, str, int, int]], today: date) -> list[Removal]:
    """The same for side tables, (table, partition, rows, bytes) each: a month goes when its last day is too old.

    `detections` hold their own copy of the activity and stay unless a rule names them; the others follow `*`.
    """
    found = []
    for table, month, rows, size in months:
        keep = rules.get(table) or (Keep() if table == "detections" else rules.get(EVERY, Keep()))
        if keep.days is not None and _last_day(month) < today - timedelta(days=keep.days):
            found.append(Removal(table, month, (), rows, size, "days"))
    return found


def _groups(rules: Mapping[str, Keep], held: Sequence[SourceDay]) -> Iterable[tuple[Keep, list[SourceDay]]]:
    """Sources that share a rule."""
    sources = {one.source for one in held}
    for name, keep in rules.items():
        meant = sources - rules.keys() if name == EVERY else {name} & sources
        yield keep, sorted((one for one in held if one.source in meant), key=lambda one: (one.day, one.source))


def _too_old(keep: Keep, old: Sequence[SourceDay], today: date) -> list[SourceDay]:
    if keep.days is None:
        return []
    return [one for one in old if one.day < today - timedelta(days=keep.days)]


def _too_much(keep: Keep, every: Sequence[SourceDay], old: Sequence[SourceDay]) -> list[SourceDay]:
    """Oldest days first, until the rest is within the bound."""
    over = sum(one.bytes for one in every) - (keep.bytes or 0)
    gone: list[SourceDay] = []
    if keep.bytes is None:
        return gone
    for one in old:
        if over <= 0 and (not gone or gone[-1].day != one.day):
            break
        gone.append(one)
        over -= one.bytes
    return gone


def _by_day(held: Sequence[SourceDay], reasons: Mapping[tuple[date, str], set[str]]) -> list[Removal]:
    days: dict[date, list[SourceDay]] = {}
    for one in held:
        days.setdefault(one.day, []).append(one)
    found = []
    for day, parts in sorted(days.items()):
        gone = [one for one in parts if (one.day, one.source) in reasons]
        if not gone:
            continue
        sources = () if len(gone) == len(parts) else tuple(sorted(one.source for one in gone))
        why = ", ".join(sorted(set().union(*(reasons[one.day, one.source] for one in gone))))
        rows, size = sum(one.rows for one in gone), sum(one.bytes for one in gone)
        found.append(Removal("activities", f"{day:%Y%m%d}", sources, rows, size, why))
    return found


def _last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[4:6])
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
