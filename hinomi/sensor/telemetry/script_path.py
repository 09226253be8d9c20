"""The script that an interpreter is told to run: `/bin/sh -e ./a.sh x` in /srv runs /srv/a.sh."""

import posixpath
import re
from collections.abc import Sequence
from functools import lru_cache

_SHELL = re.compile(r"(?:[abdkz]|da|ba|tc|c|fi|mk)?sh")
_OTHER = re.compile(
    r"python[\d.]*|pypy[\d.]*|perl[\d.]*|ruby[\d.]*|node(?:js)?|php[\d.]*|lua[\d.]*|luajit|pwsh|tclsh[\d.]*|expect"
)
_LONGEST_NAME = 255  # of a file
# options after which the next word is no script: the code itself, a module, or the option's value
_SHELL_CODE = re.compile(r"-[A-Za-z]{0,6}[cs][A-Za-z]{0,6}")
_CODE = frozenset(("-c", "-e", "-E", "-m", "-r", "--eval", "-Command", "-command", "-EncodedCommand", "-p", "--print"))
_VALUED = frozenset(("-o", "+o", "-O", "-W", "-X", "-I", "-C", "--rcfile", "--init-file", "--require", "-d"))
_FILE = frozenset(("-f", "-File", "-file", "--file"))


def script_of(exe: str | None, arguments: Sequence[str], folder: str | None) -> str | None:
    """The absolute path as far as it can be told; None when there is no script in the arguments."""
    names = ((arguments[0] if arguments else "").rpartition("/")[2].lstrip("-"), (exe or "").rpartition("/")[2])
    kind = next((found for name in names if len(name) <= _LONGEST_NAME and (found := _kind(name))), None)
    if kind is None:
        return None
    found = _operand(arguments[1:], is_shell=kind == "shell")
    if found is None or found in ("-", "") or "\n" in found or len(found) > 4096:
        return None
    return posixpath.normpath(posixpath.join(folder or "/", found)) if folder or found.startswith("/") else found


@lru_cache(1024)  # the programs of a host are few
def _kind(name: str) -> str | None:
    if _SHELL.fullmatch(name):
        return "shell"
    return "other" if _OTHER.fullmatch(name) else None


def _operand(words: Sequence[str], *, is_shell: bool) -> str | None:
    """The first word that is no option."""
    skip = False
    for at, word in enumerate(words[:64]):
        if skip:
            skip = False
        elif word == "--" or (word in _FILE and not is_shell):
            return words[at + 1] if at + 1 < len(words) else None
        elif word in _VALUED:
            skip = True
        elif _SHELL_CODE.fullmatch(word) if is_shell else word in _CODE:
            return None
        elif word[:1] not in ("-", "+"):
            return word
    return None
