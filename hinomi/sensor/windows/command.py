"""Commands for a Windows host as values: programs with arguments, and PowerShell pipelines that hold no text of anybody's making.

Every value in a pipeline is a literal in single quotes, and the pipeline travels as one base64 word: nothing is ever parsed by a
command shell. Written from about_Quoting_Rules and about_PowerShell_exe.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
SYSTEM32 = r"C:\Windows\System32"
PROLOGUE = "$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue';[Console]::OutputEncoding=[Text.Encoding]::UTF8;"
MOST_CHARACTERS = 32_000  # of a command line (CreateProcess takes 32,767)
_QUOTES = "'\u2018\u2019\u201a\u201b"  # each of them ends a text in single quotes
Value = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments. `timeout_s`: longer than this it is ended."""

    argv: tuple[str, ...]
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """A name and its parameters; a true `bool` is a switch."""

    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def rendered(self) -> str:
        words = (f"-{name}:{_literal(value)}" for name, value in self.parameters.items())
        return " ".join((self.name, *words))


def pipeline(*cmdlets: Cmdlet, timeout_s: float = 60.0) -> Command:
    """ValueError when it does not fit on a command line."""
    script = PROLOGUE + "|".join(each.rendered() for each in cmdlets)
    word = base64.b64encode(script.encode("utf-16-le")).decode()
    if len(word) > MOST_CHARACTERS:
        raise ValueError(f"a command line of {len(word)} characters is too long for Windows")
    return Command((POWERSHELL, "-NoProfile", "-NonInteractive", "-EncodedCommand", word), timeout_s)


def asked(*cmdlets: Cmdlet, of: tuple[str, ...], timeout_s: float = 60.0) -> Command:
    """A pipeline whose objects come back as JSON with the properties `of`; read by `rows`."""
    chosen = Cmdlet("Select-Object", {"Property": of})
    return pipeline(*cmdlets, chosen, Cmdlet("ConvertTo-Json", {"Compress": True, "Depth": 3}), timeout_s=timeout_s)


def rows(text: str) -> list[dict[str, Any]]:
    """One object comes bare and none as nothing; ValueError for what is no JSON."""
    found = json.loads(text) if text.strip() else []
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def program(name: str, *arguments: str, timeout_s: float = 60.0) -> Command:
    """One of the system's own."""
    return Command((rf"{SYSTEM32}\{name}", *arguments), timeout_s)


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    return _quoted(value) if isinstance(value, str) else f"@({','.join(map(_quoted, value))})"


def _quoted(text: str) -> str:
    doubled = "".join(each * 2 if each in _QUOTES else each for each in text)
    return f"'{doubled}'"
