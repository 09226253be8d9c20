"""Audit messages: pieces, hex, interleaving, and whatever a hostile program writes."""

import string

from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry.audit_events import (
    CWD,
    EOE,
    EXECVE,
    SYSCALL,
    AuditEvent,
    EventAssembler,
    address_of,
    arguments_of,
    fields_of,
    number_of,
    text_of,
)

STAMP = b"1700000000.123:%d"


def message(serial: int, body: bytes) -> bytes:
    return b"audit(" + STAMP % serial + b"): " + body


def encoded(argument: bytes) -> bytes:
    """As audit_log_n_untrustedstring of the kernel writes it."""
    plain = argument and all(0x21 <= byte <= 0x7E and byte != 0x22 for byte in argument)
    return b'"' + argument + b'"' if plain else argument.hex().upper().encode()


def execve(arguments: list[bytes], cut: int) -> list[bytes]:
    """The EXECVE bodies of these arguments, those longer than `cut` in pieces and in messages of their own."""
    bodies, line = [], b"argc=%d" % len(arguments)
    for number, argument in enumerate(arguments):
        if len(argument) <= cut:
            line += b" a%d=" % number + encoded(argument)
            continue
        bodies.append(line)
        line = b"a%d_len=%d" % (number, len(argument) * 2)
        for piece, at in enumerate(range(0, len(argument), cut)):
            bodies.append(line + b" a%d[%d]=" % (number, piece) + argument[at : at + cut].hex().upper().encode())
            line = b""
    return [*bodies, line] if line else bodies


@given(st.lists(st.binary(min_size=0, max_size=200), max_size=20), st.integers(8, 64))
def test_arguments_come_back_whole(arguments: list[bytes], cut: int) -> None:
    found = arguments_of(execve(arguments, cut))
    assert found == [argument.decode(errors="replace") for argument in arguments]


@given(st.binary(max_size=2000))
def test_any_bytes_are_taken(content: bytes) -> None:
    assembler = EventAssembler()
    for kind in (SYSCALL, EXECVE, CWD, EOE, 1112, 0):
        assembler.add(kind, content)
        assembler.add(kind, message(1, content))
    for argument in arguments_of([content]):
        assert isinstance(argument, str)
    fields_of(content)
    text_of(content)
    number_of(content)
    address_of(content)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=200))
def test_events_that_come_between_each_other_are_told_apart(order: list[int]) -> None:
    """Of each serial: three messages and the end, in any mixture with the others."""
    parts = {serial: [(SYSCALL, b"s"), (EXECVE, b"e"), (CWD, b"c"), (EOE, b"")] for serial in set(order)}
    mixed = [(serial, *parts[serial].pop(0)) for serial in [*order, *sorted(set(order)) * 4] if parts[serial]]
    assembler = EventAssembler()
    whole: list[AuditEvent] = []
    for serial, kind, body in mixed:
        event = assembler.add(kind, message(serial, body))
        whole += [event] if event else []
    assert {event.stamp for event in whole} == {STAMP % serial for serial in set(order)}
    assert all([kind for kind, _ in event.messages] == [SYSCALL, EXECVE, CWD] for event in whole)
    assert len(assembler) == 0


def test_events_without_an_end_are_given_up_and_counted() -> None:
    assembler = EventAssembler()
    for serial in range(5000):
        assembler.add(SYSCALL, message(serial, b"x=1"))
    assert (len(assembler), assembler.torn) == (4096, 904)


def test_a_program_cannot_speak_for_the_kernel() -> None:
    """Its name stands behind what the kernel says, quoted without blanks or in hex; a second pid= counts for nothing."""
    fields = fields_of(b'pid=7 comm="x" exe=2F746D702F61207069643D31 pid=1')
    assert number_of(fields[b"pid"]) == 7
    assert text_of(fields[b"exe"]) == "/tmp/a pid=1"


def test_values_that_mean_nothing_are_missing() -> None:
    assert number_of(b"4294967295") is None
    assert number_of(b"9" * 400) is None
    assert text_of(b"(null)") is None
    assert text_of(b"odd") is None
    assert text_of(b'"') is None


def test_addresses() -> None:
    assert address_of(b"020000097F0000010000000000000000") == ("127.0.0.1", 9)
    assert address_of(b"0A0001BB00000000" + b"00" * 10 + b"FFFF" + b"C6336407" + b"00000000") == ("198.51.100.7", 443)
    assert address_of(b"0100" + b"2F746D70") is None
    assert address_of(b"0200") is None


@given(st.text(alphabet=string.printable, max_size=400))
def test_a_huge_argument_number_costs_nothing(tail: str) -> None:
    assert arguments_of([b'a999999="x" a0="y" ' + tail.encode().replace(b"a", b"b")])[0] == "y"
