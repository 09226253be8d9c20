"""DNS messages, honest and not."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry import dns


def name(text: str) -> bytes:
    return b"".join(bytes([len(part)]) + part for part in text.encode().split(b".") if part) + b"\0"


def message(text: str, kind: int = 1, *answers: bytes, number: int = 7, flags: int = 0x0100) -> bytes:
    head = struct.pack(">HHHHHH", number, flags, 1, len(answers), 0, 0)
    return head + name(text) + struct.pack(">HH", kind, 1) + b"".join(answers)


def answer(kind: int, content: bytes, owner: bytes = b"\xc0\x0c") -> bytes:
    return owner + struct.pack(">HHIH", kind, 1, 60, len(content)) + content


def test_a_question() -> None:
    assert dns.read(message("www.Example.com", 28)) == dns.Message(7, False, "www.Example.com", "AAAA")
    assert dns.read(message("x", 4242)) == dns.Message(7, False, "x", "TYPE4242")
    assert dns.read(message("", 2)) == dns.Message(7, False, ".", "NS")


def test_an_answer() -> None:
    told = dns.read(
        message(
            "www.example.com", 1,
            answer(5, b"\x01a\xc0\x10"),
            answer(1, bytes([198, 51, 100, 7])),
            answer(28, bytes(15) + b"\x01"),
            answer(16, b"\x05a\xffb c"),
            answer(15, b"\x00\x0a\x02mx\xc0\x10"),
            answer(4242, b"?"),
            flags=0x8180,
        )
    )  # fmt: skip
    assert told is not None
    assert told.answers == ("a.example.com", "198.51.100.7", "::1", "a\\255b\\032c", "mx.example.com")
    assert told.result == "NOERROR"
    assert (dns.read(message("no.example", flags=0x8183)) or told).result == "NXDOMAIN"
    assert (dns.read(message("no.example", flags=0x818F)) or told).result == "RCODE15"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        message("a")[:-1],
        message("a", flags=0x2800),  # an update
        struct.pack(">HHHHHH", 1, 0, 2, 0, 0, 0) + name("a") + bytes(9),  # two questions
        struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\xc0\x0c" + bytes(9),  # a pointer to itself
        struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\x40a" + bytes(9),  # a kind of label that is none
        struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\x3f" + b"a" * 20,  # a label that ends behind the message
        struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + (b"\x01a" * 200) + bytes(9),  # too long
    ],
)
def test_what_is_no_message_is_none(broken: bytes) -> None:
    assert dns.read(broken) is None


def test_a_circle_of_pointers_ends() -> None:
    circle = message("a", 1, answer(5, b"\xc0\x2e"), answer(5, b"\xc0\x1f"), flags=0x8180)
    told = dns.read(circle)
    assert told is not None
    assert len(told.answers) <= 2


@given(st.binary(max_size=700))
def test_any_bytes_are_read_without_harm(content: bytes) -> None:
    told = dns.read(content)
    if told is not None:
        assert len(told.name) <= 4 * 256
        assert len(told.answers) <= 32


@given(
    st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=6),
    st.sampled_from([1, 16, 28]),
    st.integers(0, 65535),
)
def test_a_name_of_any_bytes_can_be_told_apart(labels: list[bytes], kind: int, number: int) -> None:
    wire = b"".join(bytes([len(each)]) + each for each in labels) + b"\0"
    told = dns.read(struct.pack(">HHHHHH", number, 256, 1, 0, 0, 0) + wire + struct.pack(">HH", kind, 1))
    assert told is not None
    assert told.number == number
    assert told.name.isascii()
    assert told.name.isprintable()
    assert len(told.name.split(".")) == len(labels)


@given(st.data())
def test_a_message_that_is_cut_or_changed_is_read_without_harm(data: st.DataObject) -> None:
    whole = bytearray(message("www.example.com", 1, answer(5, b"\x01a\xc0\x10"), answer(1, bytes(4)), flags=0x8180))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    dns.read(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
