"""BITS-Client: jobs made, started and finished; a finished or started transfer is a download."""

from hinomi.normalise.source import Mapping, Recipe, Source, Take
from hinomi.normalise.values import domain_of, first, user_alone, user_of

_USER = ("jobOwner", "User")
_JOB: dict[str, Recipe] = {
    "request": Take(first, "url", "RemoteName"),
    "objectName": Take(first, "name", "jobTitle"),
    "objectFilePath": "LocalName",
    "processFilePath": "processPath",
    "processPid": "processId",
    "processUser": Take(lambda *names: user_of(first(*names)), *_USER),
    "processUserDomain": Take(lambda *names: domain_of(first(*names)), *_USER),
    "logonUser": Take(lambda *names: user_alone(first(*names)), *_USER),
}
_TRANSFER = Mapping(7, 603, fields=_JOB)

SOURCE = Source(
    name="windows_bits",
    providers=frozenset({"microsoft-windows-bits-client"}),
    channels=frozenset({"microsoft-windows-bits-client/operational"}),
    otherwise=Mapping(10, fields=_JOB),
    events={59: _TRANSFER, 60: _TRANSFER, 16403: _TRANSFER},
)
