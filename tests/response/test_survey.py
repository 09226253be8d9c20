from collections.abc import Sequence
from dataclasses import replace

import pytest

from hinomi.response.action import Words
from hinomi.response.block_object import BlockObject
from hinomi.response.holding import Held, Holder, Holders
from hinomi.response.survey import MOST_SHOWN, Place, State, Survey

IP = BlockObject("ip", "192.0.2.77", created_ms=100)
URL = BlockObject("url", "https://bad.example/", created_ms=100)
NO_NFT = "nft is not installed (package nftables)"


def linux(number: int, word: str = "blocked", **more: object) -> Holder:
    reasons = {"ip": NO_NFT} if word == "unsupported" else {}
    known = Holder(f"g{number}", f"web-{number}", "linux", at_ms=200, enforced={"ip": word}, reasons=reasons)
    return replace(known, **more)  # type: ignore[arg-type]


def test_of_25_hosts_one_has_no_nft_and_that_is_what_is_told() -> None:
    survey = Survey(Holders([*(linux(number) for number in range(24)), linux(24, "unsupported")]))
    place, *exports = survey.places(IP)
    assert (place.name, place.state, [(part.state, part.count) for part in place.parts]) == (
        "linux",
        State.PARTLY,
        [(Held.ENFORCED, 24), (Held.NOT_ENFORCED, 1)],
    )
    assert [(reason.en, count) for reason, count in place.reasons] == [(NO_NFT, 1)]
    assert [row.holder.name for row in place.parts[1].rows] == ["web-24"]
    assert [(one.kind, one.name, one.state) for one in exports] == [
        ("export", "csv", State.NOT_ENFORCED),
        ("export", "proxy", State.NOT_ENFORCED),
    ]
    assert survey.counted(IP)[0] is State.PARTLY


def test_platforms_and_groups_are_places_of_their_own_the_largest_first() -> None:
    survey = Survey(Holders([linux(1), linux(2), linux(3, group="Sales"), linux(4, platform="windows")]))
    found = [(place.name, place.group) for place in survey.places(IP) if place.kind == "endpoints"]
    assert found == [("linux", ""), ("linux", "Sales"), ("windows", "")]


def test_only_the_first_endpoints_of_a_state_are_shown_and_all_are_counted() -> None:
    (part,) = Survey(Holders(map(linux, range(60)))).places(IP)[0].parts
    assert (part.count, len(part.rows)) == (60, MOST_SHOWN)


def test_what_was_fetched_after_it_came_onto_the_list_is_handed_on() -> None:
    def states(fetched: dict[str, int]) -> tuple[State, list[tuple[str, State]]]:
        survey = Survey(Holders([linux(1)]), fetched=fetched)
        return survey.counted(URL)[0], [(one.name, one.state) for one in survey.places(URL) if one.kind == "export"]

    assert states({"proxy": 101, "csv": 99}) == (
        State.HANDED_ON,
        [("csv", State.NOT_ENFORCED), ("proxy", State.HANDED_ON)],
    )
    assert states({"proxy": 100})[0] is State.NOT_ENFORCED


def test_an_exception_and_a_value_that_is_only_listed_are_enforced_nowhere() -> None:
    survey = Survey(Holders([linux(1)]), excepted={IP.key}, fetched={"csv": 500})
    assert (survey.counted(IP), survey.places(IP)) == ((State.EXCEPTED, {}), ())
    watched = replace(IP, value="192.0.2.78", action="log")
    assert survey.counted(watched)[0] is State.LISTED
    assert [(one.kind, one.name) for one in survey.places(watched)] == [("export", "csv")]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["blocked"], State.ENFORCED),
        (["blocked", "flagged"], State.PARTLY),
        (["flagged"], State.PARTLY),
        (["unsupported"], State.NOT_ENFORCED),
        ([], State.NOT_ENFORCED),
    ],
)
def test_the_state_of_an_entry_is_that_of_its_endpoints(words: Sequence[str], state: State) -> None:
    assert Survey(Holders(linux(*each) for each in enumerate(words))).counted(IP)[0] is state


@pytest.mark.parametrize(
    ("mail", "state"),
    [
        ([State.ENFORCED], State.ENFORCED),
        ([State.ENFORCED, State.NOT_ENFORCED], State.PARTLY),
        ([State.WAITING, State.NOT_ENFORCED], State.WAITING),
        ([], State.HANDED_ON),
    ],
)
def test_endpoints_do_not_count_for_senders_but_mail_does(mail: list[State], state: State) -> None:
    one = BlockObject("senderMailAddress", "mallory@bad.example", created_ms=100)
    why = ((Words("why", "理由"), 1),)
    places = [Place("mail", str(number), each, reasons=why) for number, each in enumerate(mail)]
    survey = Survey(Holders([linux(1)]), fetched={"csv": 101}, others=(lambda _: places,))
    assert survey.counted(one)[0] is state
    assert [place for place in survey.places(one) if place.kind == "mail"] == places
