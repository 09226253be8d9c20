"""SQL Server in the Application log: logons (18456), settings changed (15457), audit records (33205).

An instance is called MSSQLSERVER or MSSQL$NAME: the provider's name begins alike, so the rest is chosen by prefix.
"""

import re
from typing import Any

from hinomi.normalise.source import Mapping, Recipe, Source, Take
from hinomi.normalise.values import address, alone, text

_CLIENT = re.compile(r"\[(?:CLIENT|クライアント): ?([^][]{1,100})\]")
_AUDIT = re.compile(r"^(statement|server_principal_name|client_ip|object_name):(.*)$", re.MULTILINE)


def _part(data: Any, index: int) -> str | None:
    parts = data if type(data) is list else [data]
    return text(parts[index]) if index < len(parts) else None


def _user(data: Any) -> str | None:
    return _part(data, 0)


def _client(data: Any) -> str | None:
    found = _CLIENT.search(text(data) or "")
    return address(found[1]) if found else None


def _audited(name: str) -> Any:
    def read(data: Any) -> str | None:
        return next((found[2].strip() or None for found in _AUDIT.finditer(text(data) or "") if found[1] == name), None)

    return read


_FAILED: dict[str, Recipe] = {
    "objectUser": Take(_user, "Data"),
    "logonUser": Take(lambda data: alone(_user(data)), "Data"),
    "src": Take(_client, "Data"),
}
_AUDITED: dict[str, Recipe] = {
    "processUser": Take(_audited("server_principal_name"), "Data"),
    "objectCmd": Take(_audited("statement"), "Data"),
    "objectName": Take(_audited("object_name"), "Data"),
    "src": Take(_audited("client_ip"), "Data"),
}

SOURCE = Source(
    name="windows_mssql",
    providers=frozenset({"mssqlserver", "mssql$"}),
    otherwise=Mapping(10),
    events={
        18456: Mapping(6, 505, fields=_FAILED),
        15457: Mapping(10, fields={"objectName": Take(_user, "Data")}),
        33205: Mapping(10, fields=_AUDITED),
    },
)
