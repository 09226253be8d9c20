"""Where entries of the block list hold, as known at one moment: on endpoints by platform and group, elsewhere, in what is handed on.

    Survey(holders, ...).counted(entry) -> (State, Counter)     of a long list, cheaply
    Survey(holders, ...).places(entry)  -> places with reasons and endpoints, bounded

Thinking only; `enforcement.py` reads. What others fetch is "handed on" once it was fetched after the entry was made: nobody
tells us what became of it there.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hinomi.response.action import Words
from hinomi.response.block_files import CARRIED
from hinomi.response.block_object import ON_SENSORS, BlockObject
from hinomi.response.holding import Held, Holder, Holders, holding

MOST_SHOWN = 25  # endpoints of one state
MOST_REASONS = 5


class State(StrEnum):
    """Of one place, and of an entry over all of them."""

    ENFORCED = "enforced"
    PARTLY = "partly"
    WAITING = "waiting"  # on its way
    HANDED_ON = "handedOn"  # fetched by somebody else, who may enforce it
    NOT_ENFORCED = "notEnforced"
    LISTED = "listed"  # it is to be watched for only
    EXCEPTED = "excepted"  # an exception keeps it from having any effect


@dataclass(frozen=True, slots=True)
class Row:
    """An endpoint. `is_verified`: a look there found the list in force; None: nobody could look, or it has taken none."""

    holder: Holder
    reason: Words
    is_verified: bool | None = None
    task: str = ""  # that brought its list, or was to


@dataclass(frozen=True, slots=True)
class Part:
    """The endpoints of a place that are in one state: how many, and the first of them."""

    state: Held
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """`kind`: endpoints (`name` is the platform), mail (a connector) or export (a format). `at_ms`: when it was fetched last, or all its mailboxes looked through; 0 for never.

    `reasons`: why it is not enforced there, the most frequent first, with how many they hold for.
    """

    kind: str
    name: str
    state: State
    group: str = ""
    reasons: tuple[tuple[Words, int], ...] = ()
    at_ms: int = 0
    parts: tuple[Part, ...] = ()


Others = Callable[[BlockObject], Sequence[Place]]  # what stands beside endpoints says of an entry
_NEVER = Words("Nobody has fetched the list in this format.", "この形式のリストはまだ取得されていません。")
_OLD = Words("Not fetched since the entry was added.", "この項目の追加後はまだ取得されていません。")


@dataclass(frozen=True, slots=True)
class Survey:
    """`sent`: entries that endpoints are sent, None when all fit. `fetched`: format -> when (ms), 0 for never."""

    holders: Holders
    excepted: Collection[tuple[str, str]] = frozenset()
    fetched: Mapping[str, int] | None = None
    sent: Collection[tuple[str, str]] | None = None
    others: tuple[Others, ...] = ()

    def counted(self, one: BlockObject) -> tuple[State, Counter[Held]]:
        """The state over all places, and how many endpoints are in which."""
        if (quiet := self._quiet(one)) is not None:
            return quiet, Counter()
        counts = self.holders.counts(one, self._is_sent(one))
        enforcing = [state_of(counts)] if one.type in ON_SENSORS else []
        enforcing += [place.state for place in self._others(one)]
        return _whole(enforcing, [place.state for place in self._exports(one)]), counts

    def places(self, one: BlockObject) -> tuple[Place, ...]:
        """Those of endpoints first, the largest before the others; all of them."""
        if self._quiet(one) is State.EXCEPTED:
            return ()
        told: dict[tuple[str, str], dict[Held, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for holder in self.holders.all if one.action == "block" else ():
            state, reason = holding(one, holder, self._is_sent(one))
            told[holder.platform, holder.group][state].append(Row(holder, reason))
        found = sorted(told.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0]))
        on_endpoints = (_of_endpoints(platform, group, rows) for (platform, group), rows in found)
        return (*on_endpoints, *self._others(one), *self._exports(one))

    def _others(self, one: BlockObject) -> list[Place]:
        return [place for ask in self.others for place in ask(one)] if one.action == "block" else []

    def _exports(self, one: BlockObject) -> list[Place]:
        return [self._export(name, one) for name in CARRIED if _is_carried(one, name)]

    def _export(self, format_: str, one: BlockObject) -> Place:
        at_ms = (self.fetched or {}).get(format_, 0)
        if at_ms > one.created_ms:
            return Place("export", format_, State.HANDED_ON, at_ms=at_ms)
        return Place("export", format_, State.NOT_ENFORCED, reasons=((_OLD if at_ms else _NEVER, 1),), at_ms=at_ms)

    def _is_sent(self, one: BlockObject) -> bool:
        return self.sent is None or one.key in self.sent

    def _quiet(self, one: BlockObject) -> State | None:
        if one.key in self.excepted:
            return State.EXCEPTED
        return State.LISTED if one.action == "log" else None


def _is_carried(one: BlockObject, format_: str) -> bool:
    return one.type in CARRIED[format_] and (one.action == "block" or format_ == "csv")


def state_of(counts: Mapping[Held, int]) -> State:
    """Of endpoints together; refused only once it was seen is not more than partly."""
    there = {state for state, count in counts.items() if count}
    if there == {Held.ENFORCED}:
        return State.ENFORCED
    if there & {Held.ENFORCED, Held.FLAGGED}:
        return State.PARTLY
    return State.WAITING if Held.WAITING in there else State.NOT_ENFORCED


def _whole(enforcing: Sequence[State], exports: Sequence[State]) -> State:
    """What holds somewhere counts before what is under way, and that before what was only handed on."""
    if enforcing and set(enforcing) == {State.ENFORCED}:
        return State.ENFORCED
    if State.ENFORCED in enforcing or State.PARTLY in enforcing:
        return State.PARTLY
    if State.WAITING in enforcing:
        return State.WAITING
    return State.HANDED_ON if State.HANDED_ON in exports else State.NOT_ENFORCED


def _of_endpoints(platform: str, group: str, told: Mapping[Held, list[Row]]) -> Place:
    parts = tuple(Part(state, len(told[state]), tuple(told[state][:MOST_SHOWN])) for state in Held if told.get(state))
    open_ = Counter(row.reason for state, rows in told.items() if state is not Held.ENFORCED for row in rows)
    state = state_of({part.state: part.count for part in parts})
    return Place("endpoints", platform, state, group, tuple(open_.most_common(MOST_REASONS)), parts=parts)
