"""What one endpoint does about one entry of the block list, and why it does no more. Thinking only.

Holder (what is known of the endpoint), BlockObject -> holding() -> (Held, Words);   Holders.counts(): of all at once
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from hinomi.response.action import Words
from hinomi.response.block_object import ON_SENSORS, BlockObject
from hinomi.response.sensor_reasons import in_japanese


class Held(StrEnum):
    """The better one first."""

    ENFORCED = "enforced"  # refused, as the endpoint says
    FLAGGED = "flagged"  # refused only once it was seen there
    WAITING = "waiting"  # no list that holds it was taken yet
    NOT_ENFORCED = "notEnforced"


@dataclass(frozen=True, slots=True)
class Holder:
    """An endpoint. `cannot`: why it takes no list at all; `at_ms`: when the list was made that it took last, 0: none.

    `enforced`, `reasons`: type -> what it says of it. `spared`: values that it leaves out, for they cover its own server.
    """

    guid: str
    name: str
    platform: str = ""
    group: str = ""
    is_connected: bool = True
    last_seen_ms: int = 0
    cannot: str = ""
    at_ms: int = 0
    enforced: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    spared: frozenset[str] = frozenset()


NOTHING = Words("", "")
_NOT_ON_HOSTS = {
    "url": Words("Hosts do not enforce URLs: hand the list to a proxy.", "URL は端末では適用されません。プロキシーにリストを渡してください。"),
    "senderMailAddress": Words("A matter of the mail server, not of a host.", "端末ではなくメールサーバーで適用する種別です。"),
}  # fmt: skip
_NO_ROOM = Words(
    "Left out: the list is longer than what an endpoint is sent; entries of higher risk come first.",
    "リストが送信上限を超えたため除外されました (リスクの高い項目が優先されます)。",
)
_SPARED = Words("Spared: it covers the server that the endpoint speaks to.", "エンドポイントの接続先サーバーを含むため対象外です。")  # fmt: skip
_AWAY = Words("Not connected; it takes the list when it comes back.", "未接続です。再接続時にリストを適用します。")
_SOON = Words("It has not taken the newest list yet.", "最新のリストをまだ適用していません。")
_WORDS = {"blocked": Held.ENFORCED, "flagged": Held.FLAGGED}


def holding(one: BlockObject, holder: Holder, is_sent: bool = True) -> tuple[Held, Words]:
    """`is_sent`: the entry is among what endpoints are sent (a list that is too long leaves some out)."""
    if one.type not in ON_SENSORS:
        return Held.NOT_ENFORCED, _NOT_ON_HOSTS.get(one.type, NOTHING)
    if not is_sent:
        return Held.NOT_ENFORCED, _NO_ROOM
    if one.created_ms >= holder.at_ms:
        return _before(holder)
    state = _after(one.type, holder)
    if state is Held.WAITING:
        return state, _SOON if holder.is_connected else _AWAY
    if one.value in holder.spared:
        return Held.NOT_ENFORCED, _SPARED
    reason = holder.reasons.get(one.type, "")
    return state, Words(reason, in_japanese(reason))


def _before(holder: Holder) -> tuple[Held, Words]:
    if holder.cannot:
        return Held.NOT_ENFORCED, Words(holder.cannot, in_japanese(holder.cannot))
    return Held.WAITING, _SOON if holder.is_connected else _AWAY


def _after(type_: str, holder: Holder) -> Held:
    """It took a list that may hold the entry. Of a type it says nothing of there was none on that list."""
    word = holder.enforced.get(type_)
    return Held.WAITING if word is None else _WORDS.get(word, Held.NOT_ENFORCED)


class Holders:
    """All endpoints at once: a list of ten thousand entries is counted without asking each endpoint about each of them."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self.all = tuple(holders)
        self._before = _times(self.all, lambda one: _before(one)[0])
        self._after = {kind: _times(self.all, partial(_after, kind)) for kind in ON_SENSORS}
        self._sparing: dict[str, list[Holder]] = defaultdict(list)
        for holder in self.all:
            for value in holder.spared:
                self._sparing[value].append(holder)

    def counts(self, one: BlockObject, is_sent: bool = True) -> Counter[Held]:
        """As many as `holding` says of each; without those of which there are none."""
        if one.type not in ON_SENSORS or not is_sent:
            return +Counter({Held.NOT_ENFORCED: len(self.all)})
        found: Counter[Held] = Counter()
        for state, times in self._before.items():
            found[state] += bisect_right(times, one.created_ms)
        for state, times in self._after[one.type].items():
            found[state] += len(times) - bisect_right(times, one.created_ms)
        for holder in self._sparing.get(one.value, ()):
            state = _after(one.type, holder)
            if one.created_ms < holder.at_ms and state is not Held.WAITING:
                found[state] -= 1
                found[Held.NOT_ENFORCED] += 1
        return +found


def _times(holders: Iterable[Holder], state_of: Callable[[Holder], Held]) -> dict[Held, list[int]]:
    """State -> when the lists were made, in order."""
    found: dict[Held, list[int]] = defaultdict(list)
    for one in sorted(holders, key=lambda each: each.at_ms):
        found[state_of(one)].append(one.at_ms)
    return found
