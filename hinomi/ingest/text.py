"""Records out of text: lines, JSON values that span lines, tables. Bounded: what is too long is skipped, with a letter.

Every reader yields runs: records of one file in order, or a letter.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from hinomi.ingest.limits import Limits
from hinomi.ingest.stream import BLOCK_BYTES, Stream, Trouble
from hinomi.schema.record import EXCERPT_BYTES

ROWS_PER_RUN = 1000


@dataclass(slots=True)
class Run:
    """Some records and their numbers; `unique`: they carry an id of their own, equal ones are copies."""

    records: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """A part that could not be read, before it is addressed as a dead letter of its file."""

    trouble: Trouble
    excerpt: bytes = b""


Found = Run | Loss


def read_lines(stream: Stream, limits: Limits) -> Iterator[Found]:
    """One record a line (LF or CRLF), numbered from 1; blank lines are none."""
    number, rest, skipping = 0, b"", False
    while block := stream.read(BLOCK_BYTES):
        parts = (rest + block).split(b"\n")
        rest = parts.pop()
        if skipping and parts:
            parts[0], skipping = b"", False
        yield from _run(parts, number, limits)
        number += len(parts)
        if skipping:
            rest = b""
        elif len(rest) > limits.record_bytes:
            yield _too_large(number + 1, limits, rest)
            rest, skipping = b"", True
    yield from _run([rest], number, limits)


def _run(lines: list[bytes], number: int, limits: Limits) -> Iterator[Found]:
    run = Run()
    for line in lines:
        number += 1
        stripped = line.strip()
        if not stripped:
            continue
        if len(stripped) > limits.record_bytes:
            yield _too_large(number, limits, stripped)
        elif not _is_text(stripped):
            yield Loss(Trouble("invalid_text", "the line is not UTF-8", number), stripped[:EXCERPT_BYTES])
        else:
            run.records.append(stripped)
            run.numbers.append(number)
    if run.records:
        yield run


def _is_text(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _too_large(number: int, limits: Limits, content: bytes) -> Loss:
    detail = f"longer than {limits.record_bytes:,} bytes"
    return Loss(Trouble("too_large", detail, number), bytes(content[:EXCERPT_BYTES]))


_STRUCTURE = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')


class _Values:
    """Cuts the objects out of JSON text that spans lines, wherever the blocks are cut: of an array, or one after the other.

    Only brackets and strings are understood; whether an object is sound JSON is for its reader.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()  # the object that is open
        self._open = self._outer = 0  # brackets that are open; of them outside any object
        self._in_string = self._escaped = self._too_large = False
        self.found: list[bytes] = []
        self.lost = 0  # objects over the limit

    def feed(self, block: bytes) -> None:
        at = start = 0  # start: of what belongs to the open object in this block
        while True:
            if self._in_string:
                at = self._leave_string(block, at)
            if self._in_string or not (match := _STRUCTURE.search(block, at)):
                break
            at = match.end()
            sign = block[at - 1]
            if sign == 0x22:
                self._in_string = True
            elif sign in b"{[":
                start = self._enter(sign, at, start)
            elif self._leave():
                self._finish(block[start:at])
        if self._open > self._outer:
            self._hold(block[start:])

    def is_open(self) -> bool:
        return self._open > self._outer

    def _enter(self, sign: int, at: int, start: int) -> int:
        self._open += 1
        if sign == 0x5B and self._open == self._outer + 1:  # [ with no object round it
            self._outer += 1
        elif self._open == self._outer + 1:
            return at - 1
        return start

    def _leave(self) -> bool:
        """Whether that bracket ended an object."""
        if self._open == 0:
            return False
        self._open -= 1
        if self._open < self._outer:
            self._outer = self._open
            return False
        return self._open == self._outer

    def _leave_string(self, block: bytes, at: int) -> int:
        if self._escaped:
            self._escaped, at = False, at + 1
        while match := _IN_STRING.search(block, at):
            at = match.end()
            if block[at - 1] == 0x22:
                self._in_string = False
                return at
            if at == len(block):
                self._escaped = True
                return at
            at += 1
        return len(block)

    def _hold(self, part: bytes) -> None:
        if len(self._held) + len(part) > self._limit:
            self._too_large = True
            self._held.clear()
        elif not self._too_large:
            self._held += part

    def _finish(self, part: bytes) -> None:
        self._hold(part)
        if self._too_large:
            self.lost += 1
        else:
            self.found.append(bytes(self._held))
        self._held.clear()
        self._too_large = False


def read_values(stream: Stream, limits: Limits) -> Iterator[Found]:
    """Objects of a JSON array, or pretty-printed ones after each other; numbered from 1 in their order."""
    values, number = _Values(limits.record_bytes), 0
    while block := stream.read(BLOCK_BYTES):
        values.feed(block)
        found, values.found = values.found, []
        run = Run()
        for value in found:
            number += 1
            if _is_text(value):
                run.records.append(value)
                run.numbers.append(number)
            else:
                yield Loss(Trouble("invalid_text", "the value is not UTF-8", number), value[:EXCERPT_BYTES])
        if run.records:
            yield run
        for _ in range(values.lost):
            number += 1
            yield _too_large(number, limits, b"")
        values.lost = 0
    if values.is_open():
        yield Loss(Trouble("invalid_json", "the text ends within a value", number + 1))
    elif number == 0:
        yield Loss(Trouble("unsupported_file", "JSON without any object"))


def read_table(stream: Stream, limits: Limits) -> Iterator[Found]:
    """Rows of a table with commas and a header (RFC 4180) as JSON objects, numbered from 1."""
    csv.field_size_limit(limits.record_bytes)
    losses: list[Loss] = []
    rows = csv.reader(_text_lines(stream, limits, losses))
    run, number = Run(), 0
    try:
        names = next(rows, [])
        for row in rows:
            number += 1
            run.records.append(orjson.dumps(dict(zip(names, row, strict=False))))
            run.numbers.append(number)
            if number % ROWS_PER_RUN == 0:
                yield run
                run = Run()
    except csv.Error as error:
        losses.append(Loss(Trouble("damaged_record", f"the table cannot be read on: {error}", number + 1)))
    if run.records:
        yield run
    yield from losses


def _text_lines(stream: Stream, limits: Limits, losses: list[Loss]) -> Iterator[str]:
    """Lines with their ends, for a cell in quotes may hold line ends."""
    rest = b""
    while block := stream.read(BLOCK_BYTES):
        parts = (rest + block).split(b"\n")
        rest = parts.pop()
        if len(rest) > limits.record_bytes:
            losses.append(_too_large(0, limits, rest))
            return
        yield from (part.decode(errors="replace") + "\n" for part in parts)
    if rest:
        yield rest.decode(errors="replace")
