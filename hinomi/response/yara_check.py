"""Are these YARA rules that sensors can use? Compiled in a process of their own, with an end."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from hinomi.errors import InputError, TooLarge, Unavailable

MAX_RULES_BYTES = 1 << 20
SECONDS = 20.0
_CHILD = Path(__file__).with_name("yara_child.py")


@dataclass(frozen=True, slots=True)
class YaraError:
    """Where and what, in the compiler's words. `line` and `column` count from 1; 0 when it is of no place."""

    line: int
    column: int
    title: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "column": self.column, "title": self.title, "text": self.text}


class YaraRefused(InputError):
    """`details["errors"]`: every error with its line."""

    code = "BadYara"

    def __init__(self, errors: list[YaraError]) -> None:
        first = errors[0]
        super().__init__(f"line {first.line}: {first.title}")
        self.errors = errors
        self.details = {"errors": [one.as_json() for one in errors]}


def rule_names(text: str, seconds: float = SECONDS) -> list[str]:
    """The names of the rules in the text. YaraRefused with places; InputError when compiling takes too long."""
    if len(text.encode()) > MAX_RULES_BYTES:
        raise TooLarge(f"YARA rules may have at most {MAX_RULES_BYTES} bytes together")
    if "\0" in text:
        raise InputError("YARA rules are text")
    told = _compiled(text, seconds)
    if told["errors"]:
        raise YaraRefused(
            [
                YaraError(int(one["line"] or 0), int(one["column"] or 0), str(one["title"]), str(one["text"])[:2000])
                for one in told["errors"]
            ]
        )
    return [str(name) for name in told["rules"]]


def _compiled(text: str, seconds: float) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603  (our own program)
            [sys.executable, "-I", str(_CHILD)], input=text.encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"these YARA rules take longer than {seconds:g} seconds to compile") from None
    if done.returncode < 0:
        raise InputError("these YARA rules take too much time or memory to compile")
    try:
        found: dict[str, Any] = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        if b"MemoryError" in done.stderr:
            raise InputError("these YARA rules take too much memory to compile") from None
        raise Unavailable(f"the YARA compiler failed: {done.stderr[-300:].decode(errors='replace')}") from None
    return found
