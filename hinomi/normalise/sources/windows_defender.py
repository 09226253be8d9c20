"""Defender: detections, actions, changed settings. Its values have blanks in their names ("Threat Name")."""

from typing import Any

from hinomi.normalise.source import Mapping, Recipe, Source, Take
from hinomi.normalise.values import domain_alone, domain_of, text, user_alone, user_of


def _path(value: Any) -> str | None:
    """The path of "file:_C:\\x.exe; containerfile:_..."; the first of several."""
    found = text(value)
    return None if found is None else found.split("; ")[0].rpartition(":_")[2] or found


_THREAT: dict[str, Recipe] = {
    "objectName": "Threat Name",
    "objectFilePath": Take(_path, "Path"),
    "processFilePath": "Process Name",
    "processUser": Take(user_of, "Detection User"),
    "processUserDomain": Take(domain_of, "Detection User"),
    "logonUser": Take(user_alone, "Detection User"),
    "userDomain": Take(domain_alone, "Detection User"),
}
# "HKLM\\...\\Paths\\C:\\Tools = 0x0": key and value name, then the data
_SETTING: dict[str, Recipe] = {
    "objectRegistryKeyHandle": Take(lambda value: (text(value) or "").partition(" = ")[0] or None, "New Value"),
    "objectRegistryData": Take(lambda value: (text(value) or "").partition(" = ")[2] or None, "New Value"),
}

SOURCE = Source(
    name="windows_defender",
    providers=frozenset({"microsoft-windows-windows defender"}),
    channels=frozenset({"microsoft-windows-windows defender/operational"}),
    otherwise=Mapping(10, fields=_THREAT),
    events={5007: Mapping(10, fields=_SETTING), 5013: Mapping(10, fields=_SETTING)},
)
