"""PowerShell: the Operational log (4103, 4104), the classic log (400, 600, 800) and PowerShell 7.

The classic log has no named values: a message in `Data`, or in the rendered message alone. Its `Name=value` lines are
offered under their names as well.
"""

from collections.abc import Callable
from typing import Any

from hinomi.normalise.source import Mapping, Recipe, Source, Take, categories
from hinomi.normalise.values import alone, domain_of, text, user_of

_MOST_TRIES = 20  # a name may stand inside other values, but an attacker must not make us look for ever


def _written(name: str) -> Callable[..., str | None]:
    """A reader of `name = value` out of the first text that has such a line.

    By plain search: messages may be long, and there is one search for each name.
    """

    def read(*contents: Any) -> str | None:
        return next((value for content in contents if (value := _line_value(_lines(content), name))), None)

    return read


def _lines(content: Any) -> str:
    return "\n".join(map(str, content)) if type(content) is list else text(content) or ""


def _line_value(words: str, name: str) -> str | None:
    at = words.find(name)
    for _ in range(_MOST_TRIES):
        if at < 0:
            return None
        end = words.find("\n", at)
        key, equals, value = words[at : end if end >= 0 else None].partition("=")
        if equals and key.rstrip() == name and not words[words.rfind("\n", 0, at) + 1 : at].strip():
            return value.strip() or None
        at = words.find(name, at + 1)
    return None


def _contents(data: Any, message: Any) -> Any:
    """What rules call Data: the unnamed values; the message of records that lost them on the way."""
    return data if data not in (None, "", []) else text(message)


def _user(context: Any) -> str | None:
    return user_of(_context_user(context))


def _domain(context: Any) -> str | None:
    return domain_of(_context_user(context))


def _logon(context: Any) -> list[str] | None:
    return alone(_user(context))


_context_user = _written("User")

_SCRIPT = Mapping(
    event=10,
    categories=categories("ps_script"),
    fields={"objectFilePath": "Path", "processPid": "ExecutionProcessID"},
)
_MODULE = Mapping(
    event=10,
    categories=categories("ps_module"),
    fields={
        "processPid": "ExecutionProcessID",
        "processCmd": Take(_written("Host Application"), "ContextInfo"),
        "objectName": Take(_written("Command Name"), "ContextInfo"),
        "objectFilePath": Take(_written("Script Name"), "ContextInfo"),
        "processUser": Take(_user, "ContextInfo"),
        "processUserDomain": Take(_domain, "ContextInfo"),
        "logonUser": Take(_logon, "ContextInfo"),
    },
)
_WRITTEN = ("HostName", "HostApplication", "EngineVersion", "CommandLine", "ScriptName")
_CLASSIC_NATIVE: dict[str, Recipe] = {
    "Data": Take(_contents, "Data", "Message"),
    **{name: Take(_written(name), "Data", "Message") for name in _WRITTEN},
}
_CLASSIC_FIELDS: dict[str, Recipe] = {
    "processCmd": "HostApplication",
    "objectCmd": "CommandLine",
    "objectFilePath": "ScriptName",
    "eventMessage": Take(text, "Message"),
}


def _classic(*names: str) -> Mapping:
    return Mapping(10, 0, categories(*names), _CLASSIC_FIELDS, _CLASSIC_NATIVE)


SOURCE = Source(
    name="windows_powershell",
    providers=frozenset({"microsoft-windows-powershell", "powershellcore", "powershell"}),
    channels=frozenset({
        "microsoft-windows-powershell/operational",
        "powershellcore/operational",
        "windows powershell",
    }),
    otherwise=Mapping(10, fields={"processPid": "ExecutionProcessID", "eventMessage": Take(text, "Message")}),
    events={
        4103: _MODULE,
        4104: _SCRIPT,
        400: _classic("ps_classic_start"),
        403: _classic(),
        600: _classic("ps_classic_provider_start"),
        800: _classic("ps_classic_script"),
    },
)  # fmt: skip
