"""Script files that a command line names: `cmd.exe /c "C:\\t\\run me.bat"` runs `C:\\t\\run me.bat`."""

import re

MAX_COMMAND = 32_768
MAX_SCRIPTS = 8
EXTENSIONS = ("bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "hta", "py", "sh")

_ENDING = rf"\.(?:{'|'.join(EXTENSIONS)})"
# A quoted path ends at its quote; a bare one at a blank, a quote or what a shell puts between commands.
_QUOTED = re.compile(rf"[\"']([^\"'<>|*?\r\n]{{1,400}}?{_ENDING})(?=[\"'\s])", re.IGNORECASE)
_BARE = re.compile(rf"(?<![^\s\"'=,;(&|@])([^\s\"'<>|*?=,;()&]{{1,400}}{_ENDING})(?![\w.\\/-])", re.IGNORECASE)
_BLANK_PATH = re.compile(r"^(?:.*\s)?((?:[A-Za-z]:|\\\\)\\?.*)$")


def script_files(command: str) -> list[str]:
    """Paths as written, in their order, each once (letters' case aside); at most MAX_SCRIPTS."""
    text = command[:MAX_COMMAND]
    found: dict[int, str] = {}
    covered: list[tuple[int, int]] = []
    for match in _QUOTED.finditer(text):
        found[match.start(1)] = _from_drive(match.group(1))
        covered.append(match.span(1))
    for match in _BARE.finditer(text):
        if not any(start <= match.start(1) < end for start, end in covered):
            found[match.start(1)] = match.group(1)
    unique: dict[str, str] = {}
    for place in sorted(found):
        unique.setdefault(found[place].lower(), found[place])
    return list(unique.values())[:MAX_SCRIPTS]


def _from_drive(quoted: str) -> str:
    """Of a whole quoted command (`cmd /c C:\\a b.bat`) the part from the drive on."""
    found = _BLANK_PATH.match(quoted)
    return found.group(1) if found else quoted.rsplit(" ", 1)[-1] if _looks_like_command(quoted) else quoted


def _looks_like_command(quoted: str) -> bool:
    return " /" in quoted or " -" in quoted
