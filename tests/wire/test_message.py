"""Control messages: whatever is written is read back, and nothing else is let in."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError, TooLarge
from hinomi.wire import message as wire
from hinomi.wire.inventory import CollectorState, HostFacts, Interface
from hinomi.wire.policy import Exclusion, SensorPolicy, WatchedPlace

FACTS = HostFacts(
    name="pc-1",
    interfaces=(Interface("eth0", "02:00:00:00:00:01", ("192.0.2.7",)),),
    software=(("bash", "5.2"),),
    collectors={"audit": CollectorState(True, watches=("process",))},
    cannot={"isolate_endpoint": "no nftables"},
    health={"rss_bytes": 1},
)
EXAMPLES = [
    wire.Hello(1, "s", "0" * 16, 3, 1, 2, "boot", unfinished=("a" * 32,)),
    wire.Facts(FACTS),
    wire.Receipt("a" * 32, "refused", 1, "forged"),
    wire.Progress("a" * 32, "half", 0.5),
    wire.Result("a" * 32, 1, {"killed": [{"pid": 1}]}),
    wire.Result("a" * 32, 1, error=wire.Failure("not_found", "gone", "ありません")),
    wire.Shell("a" * 32, "output", b"\x00\xff", number=1),
    wire.RefusedPolicy(2, "no"),
    wire.Welcome(1, 5),
    wire.Policy(SensorPolicy(3, places=(WatchedPlace("/srv"),), exclusions=(Exclusion("exe", "/bin/true"),))),
    wire.CommandMessage(b"{}", b"s" * 64),
    wire.Cancel("a" * 32),
    wire.Ack(7),
    wire.Update("1.2", "linux-x86_64-py3.11", "0" * 64, 5, 2, True, b"s" * 64),
    wire.UpdateOutcome("0" * 64, "1.2", "rolled_back", "why"),
    wire.Bye("stopping"),
    wire.Error("TooLarge", "no", 3),
]


def test_every_message_has_an_example_and_comes_back_as_it_went() -> None:
    assert {type(each) for each in EXAMPLES} == set(wire.TYPES.values())
    for each in EXAMPLES:
        assert wire.read_message(wire.write_message(each)) == each


def test_each_message_is_of_a_side() -> None:
    assert set(wire.TYPES.values()) == wire.FROM_SENSOR | wire.FROM_SERVER


def test_a_message_of_the_other_side_is_refused() -> None:
    with pytest.raises(InputError, match="welcome"):
        wire.read_message(wire.write_message(wire.Welcome(1, 5)), wire.FROM_SENSOR)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"type":"hello"}',
        '{"type":["hello"]}',
        '{"type":"ack","batch":"7"}',
        '{"type":"ack","batch":1e99}',
        '{"type":"ack","batch":true}',
        '{"type":"ack","batch":99999999999999999999}',
        '{"type":"shell","shell":"a","what":"input","data":"%%%"}',
        '{"type":"progress","command":"' + "a" * 33 + '"}',
        '{"type":"result","command":"a","at_ms":1,"result":[]}',
        '{"type":"result","command":"a","at_ms":1,"result":' + '{"a":' * 30 + "1" + "}" * 30 + "}",
        '{"type":"facts","facts":{"name":"x","software":[["only one"]]}}',
        '{"type":"facts","facts":{"name":"x","collectors":{"a":true}}}',
    ],
)
def test_what_is_malformed_is_refused_with_words(text: str) -> None:
    with pytest.raises(InputError, match=r"\w"):
        wire.read_message(text)


def test_an_oversized_message_is_not_even_parsed() -> None:
    with pytest.raises(TooLarge):
        wire.read_message('{"type":"bye","reason":"' + "a" * wire.MAX_TEXT_BYTES)


def test_a_newer_side_may_say_more() -> None:
    assert wire.read_message('{"type":"ack","batch":7,"mood":"good"}') == wire.Ack(7)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "batch", "facts", "policy", "name", "software", "data"]), inner)))  # fmt: skip
def test_no_json_makes_the_reader_stumble(value: object) -> None:
    try:
        text = orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return
    for name in wire.TYPES:
        candidate = orjson.dumps({**value, "type": name}) if isinstance(value, dict) else text
        try:
            wire.read_message(candidate)
        except InputError:
            continue


def test_a_batch_frame_carries_its_number() -> None:
    assert wire.read_batch(wire.write_batch(1 << 40, b"packed")) == (1 << 40, b"packed")
    for short in (b"", b"12345678"):
        with pytest.raises(InputError):
            wire.read_batch(short)
    with pytest.raises(TooLarge):
        wire.read_batch(b"x" * (wire.MAX_FRAME_BYTES + 1))
