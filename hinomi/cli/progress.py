"""How far a long word is, on standard error: a bar where it is a terminal, else a plain line now and then.

Both tell what is done of all, the rate, and the time that is left at that rate.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from hinomi.cli.frame import say

PLAIN_EVERY_S = 5.0  # for a log: the first at once, then not oftener than that
Unit = tuple[str, str]  # English, Japanese
BYTES: Unit = ("bytes", "バイト")
ROWS: Unit = ("rows", "行")
FILES: Unit = ("files", "ファイル")
DAYS: Unit = ("days", "日分")
ACTIVITIES: Unit = ("activities", "件")

Show = Callable[[int, int], None]  # done, and in all; 0 while nobody knows


@contextmanager
def progress(text: str, unit: Unit, *, quiet: bool) -> Iterator[Show]:
    """`text`: what is being done, in the person's language."""
    if quiet:
        yield lambda _done, _total: None
    elif sys.stderr.isatty():
        with _bar(text, unit) as show:
            yield show
    else:
        yield PlainLines(text, unit, sys.stderr, time.monotonic)


class PlainLines:
    """Called as `Show`; `clock` in seconds."""

    def __init__(self, text: str, unit: Unit, stream: TextIO, clock: Callable[[], float]) -> None:
        self._text, self._unit, self._stream, self._clock = text, unit, stream, clock
        self._started_s, self._next_s = clock(), float("-inf")

    def __call__(self, done: int, total: int) -> None:
        now_s = self._clock()
        if now_s < self._next_s:
            return
        self._next_s = now_s + PLAIN_EVERY_S
        told = how_far(done, total, now_s - self._started_s, self._unit)
        print(f"{self._text}: {told}", file=self._stream, flush=True)


def how_far(done: int, total: int, seconds: float, unit: Unit) -> str:
    """120,000 of 480,000 rows, 25 %, 40,000/s, 0:09 left. What is not known yet is left out."""
    rate = done / seconds if seconds >= 1 else 0.0
    parts = [_share(done, total, unit)]
    if total:
        parts.append(f"{done / total:.0%}".replace("%", " %"))
    if rate:
        parts.append(say(f"{rate:,.0f}/s", f"毎秒 {rate:,.0f}"))
        if total > done:
            parts.append(
                say(f"{_clock_time((total - done) / rate)} left", f"残り {_clock_time((total - done) / rate)}")
            )
    return say(", ", "、").join(parts)


def _share(done: int, total: int, unit: Unit) -> str:
    if not total:
        return say(f"{done:,} {unit[0]}", f"{done:,} {unit[1]}")
    return say(f"{done:,} of {total:,} {unit[0]}", f"{total:,} {unit[1]}中 {done:,} {unit[1]}")


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def _bar(text: str, unit: Unit) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    started_s = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None, told="")

        def show(done: int, total: int) -> None:
            told = how_far(done, total, time.monotonic() - started_s, unit)
            bar.update(task, completed=done, total=total or None, told=told)

        yield show
