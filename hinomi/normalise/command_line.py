"""What a command line does beside starting a process: scripts handed to PowerShell, registry values set.

Command lines come from attackers: nothing here takes them at their word for more than a second reading.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from itertools import islice

from hinomi.normalise.registry import details, joined

_MOST_COMMANDS = 10  # in one line
_LONGEST_COMMAND = 4096  # characters of one of them
LONGEST = 65_536  # characters looked at; CreateProcess takes 32,767

_POWERSHELL = re.compile(r"(?:powershell|pwsh)(?:\.exe)?[\"']?\s+(?=\S)", re.IGNORECASE)
# -EncodedCommand may be cut short to any beginning, down to -e (about_PowerShell_exe); -ex begins -ExecutionPolicy
_ENCODED = re.compile(
    r"[-/\u2013\u2014\u2015](?:ec|e(?:n(?:c(?:o\w*)?)?)?)[\s:]+[\"']?([A-Za-z0-9+/=]{12,})", re.IGNORECASE
)
_REG_ADD = re.compile(r"\breg(?:\.exe)?[\"']?\s+add\s+", re.IGNORECASE)
_SET_ITEM = re.compile(r"\b(?:(?:set|new)-itemproperty|sp)\s+", re.IGNORECASE)
_WORD = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'|([^\s\"']+)")
_END = frozenset({"&", "&&", "|", "||", ";"})
_DRIVE = re.compile(r"^(HK(?:LM|CU|CR|U|CC)|HKEY_[A-Z_]+):\\?", re.IGNORECASE)

RegistryValue = tuple[str, str | None]  # TargetObject and Details in Sysmon's spelling


def script_of(command_line: str) -> str | None:
    """The text PowerShell is told to run: the command line itself, and behind it what -EncodedCommand holds."""
    line = command_line[:LONGEST]
    if not _POWERSHELL.search(line):
        return None
    encoded = _ENCODED.search(line)
    decoded = _decoded(encoded[1]) if encoded else None
    return line if decoded is None else f"{line}\n{decoded}"


def _decoded(encoded: str) -> str | None:
    """UTF-16 text in Base64, as -EncodedCommand takes it; None when it is something else."""
    padded = encoded.rstrip("=")
    try:
        content = b64decode(padded + "=" * (-len(padded) % 4))
        return content[: len(content) // 2 * 2].decode("utf-16-le").rstrip("\0") or None
    except (Base64Error, ValueError):
        return None


def registry_values(command_line: str) -> list[RegistryValue]:
    """The values that `reg add` and `Set-ItemProperty` / `New-ItemProperty` would set, in their order."""
    line = command_line[:LONGEST].replace("^", "")
    found = [_of_reg_add(_words(line, match.end())) for match in islice(_REG_ADD.finditer(line), _MOST_COMMANDS)]
    found += [
        _of_item_property(_words(line, match.end())) for match in islice(_SET_ITEM.finditer(line), _MOST_COMMANDS)
    ]
    return [value for value in found if value is not None]


def _words(line: str, start: int) -> list[str]:
    """The words up to the end of the command, without their quotes."""
    words: list[str] = []
    for match in _WORD.finditer(line, start, start + _LONGEST_COMMAND):
        word = next(part for part in match.groups() if part is not None)
        if match[3] is not None and word in _END:
            break
        ends = match[3] is not None and word[-1] in ";&|)}"
        words.append(word.rstrip(";&|)}") if ends else word)
        if ends or len(words) > 20:
            break
    return words


def _of_reg_add(words: list[str]) -> RegistryValue | None:
    """reg add KEY /v NAME /t TYPE /d DATA (`reg add /?`); -v for /v is taken as well."""
    if not words or not words[0].lower().lstrip("\\").startswith("hk"):
        return None
    options: dict[str, str] = {}
    rest = words[1:]
    for at, word in enumerate(rest):
        if word[:1] in "/-" and word[1:].lower() in ("v", "t", "d") and at + 1 < len(rest):
            options[word[1:].lower()] = rest[at + 1]
    name = options.get("v", "(Default)")
    target = joined(words[0].rstrip("\\"), name)
    return None if target is None else (target, details(options.get("d"), options.get("t", "REG_SZ")))


_PARAMETERS = {
    "path": "path", "literalpath": "path", "pspath": "path", "name": "name", "value": "value", "type": "type",
    "propertytype": "type",
}  # fmt: skip


def _of_item_property(words: list[str]) -> RegistryValue | None:
    """Named parameters by any case, and the places path, name, value for what is not named."""
    given: dict[str, str] = {}
    loose: list[str] = []
    waiting = ""
    for word in words:
        if waiting:
            given[waiting], waiting = word, ""
        elif word.startswith("-") and len(word) > 1 and not word[1].isdigit():
            waiting = _PARAMETERS.get(word[1:].rstrip(":").lower(), "")
        else:
            loose.append(word)
    for place in ("path", "name", "value"):
        if place not in given and loose:
            given[place] = loose.pop(0)
    path = _DRIVE.sub(lambda drive: f"{drive[1]}\\", given.get("path", ""))
    target = joined(path.rstrip("\\"), given.get("name"))
    if target is None or not target.upper().startswith("HK"):
        return None
    value = given.get("value")
    # Set-ItemProperty writes whole numbers as DWORD unless told otherwise
    kind = given.get("type") or ("DWORD" if value is not None and value.isdecimal() else "")
    return target, details(value, kind)
