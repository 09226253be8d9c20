"""PowerShell: the Operational log (4103, 4104), the classic log (400, 600, 800) and PowerShell 7.

The classic log has no named values: a message in `Data`, or in the rendered message alone. Its `Name=value` lines are
offered under their names as well.
"""

import re
from collections.abc import Callable
from typing import Any

from hinomi.normalise.source import Mapping, Recipe, Source, Take, categories
from hinomi.normalise.values import alone, domain_of, text, user_of

_LINE = r"^\s*{}\s*=[ \t]*(.*?)\s*$"


def _written(name: str) -> Callable[..., str | None]:
    """A reader of `name=value` out of the first text that has such a line."""
    line = re.compile(_LINE.format(name), re.MULTILINE)

    def read(*contents: Any) -> str | None:
        for content in contents:
            found = line.search(text(content) or "")
            if found:
                return found[1] or None
        return None

    return read


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
_WRITTEN = ("HostName", "HostApplication", "HostVersion", "EngineVersion", "RunspaceId", "PipelineId", "CommandName")
_MORE = ("CommandType", "ScriptName", "CommandPath", "CommandLine", "NewEngineState", "ProviderName", "UserId")
_CLASSIC_NATIVE: dict[str, Recipe] = {
    "Data": Take(_contents, "Data", "Message"),
    **{name: Take(_written(name), "Data", "Message") for name in _WRITTEN + _MORE},
}
_CLASSIC_FIELDS: dict[str, Recipe] = {
    "processCmd": Take(_written("HostApplication"), "Data", "Message"),
    "objectCmd": Take(_written("CommandLine"), "Data", "Message"),
    "objectFilePath": Take(_written("ScriptName"), "Data", "Message"),
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
