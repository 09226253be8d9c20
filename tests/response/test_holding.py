import random
from collections import Counter

import pytest

from hinomi.response.block_object import BlockObject
from hinomi.response.holding import Held, Holder, Holders, holding

IP = BlockObject("ip", "192.0.2.77", created_ms=100)
ENFORCING = Holder("a", "web-1", at_ms=200, enforced={"ip": "blocked"})


@pytest.mark.parametrize(
    ("one", "holder", "state"),
    [
        (IP, ENFORCING, Held.ENFORCED),
        (IP, Holder("a", "web-1"), Held.WAITING),
        (IP, Holder("a", "web-1", at_ms=100, enforced={"ip": "blocked"}), Held.WAITING),  # made before, or as it came
        (IP, Holder("a", "web-1", at_ms=200, enforced={"domain": "blocked"}), Held.WAITING),  # its list held no address
        (IP, Holder("a", "web-1", at_ms=200, enforced={"ip": "flagged"}), Held.FLAGGED),
        (IP, Holder("a", "web-1", at_ms=200, enforced={"ip": "disproved"}), Held.NOT_ENFORCED),
        (IP, Holder("a", "web-1", at_ms=200, enforced={"ip": "anything"}), Held.NOT_ENFORCED),
        (IP, Holder("a", "web-1", cannot="no nft"), Held.NOT_ENFORCED),
        (IP, Holder("a", "web-1", at_ms=200, enforced={"ip": "blocked"}, spared=frozenset({IP.value})), Held.NOT_ENFORCED),
        (BlockObject("url", "https://bad.example/"), ENFORCING, Held.NOT_ENFORCED),
    ],
)  # fmt: skip
def test_an_endpoint_does_what_it_says_of_the_list_it_took(one: BlockObject, holder: Holder, state: Held) -> None:
    found, reason = holding(one, holder)
    assert found is state
    if state in (Held.WAITING, Held.NOT_ENFORCED) and "enforced" not in holder.enforced.values():
        assert bool(reason.en) is bool(reason.ja)


def test_what_did_not_fit_into_what_was_sent_is_not_enforced() -> None:
    state, reason = holding(IP, ENFORCING, is_sent=False)
    assert (state, "longer" in reason.en) == (Held.NOT_ENFORCED, True)


def test_who_is_away_is_told_apart_from_who_was_not_asked_yet() -> None:
    away, there = (holding(IP, Holder("a", "web-1", is_connected=is_there))[1] for is_there in (False, True))
    assert "Not connected" in away.en
    assert away != there


@pytest.mark.parametrize("seed", range(20))
def test_a_long_list_is_counted_as_each_endpoint_by_itself(seed: int) -> None:
    chance = random.Random(seed)
    words = ("blocked", "flagged", "unsupported", "disproved")
    kinds = ("ip", "domain", "fileSha1", "url")
    values = [BlockObject(chance.choice(kinds), str(number), created_ms=chance.randrange(6)) for number in range(8)]
    told = [
        Holder(
            str(number),
            str(number),
            cannot=chance.choice(("", "", "it cannot")),
            at_ms=chance.randrange(6),
            enforced={kind: chance.choice(words) for kind in chance.sample(kinds, 2)},
            spared=frozenset(chance.choice(values).value for _ in range(chance.randrange(3))),
        )
        for number in range(12)
    ]
    holders = Holders(told)
    for one in values:
        for is_sent in (True, False):
            each = Counter(holding(one, holder, is_sent)[0] for holder in told)
            assert holders.counts(one, is_sent) == each, one
