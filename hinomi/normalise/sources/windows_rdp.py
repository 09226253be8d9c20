"""Remote desktop: sessions (TerminalServices-LocalSessionManager), logons (RemoteConnectionManager 1149), RdpCoreTS."""

from typing import Any

from hinomi.normalise.source import Mapping, Recipe, Source, Take
from hinomi.normalise.values import address, alone, domain_of, first, text, user_alone, user_of


def _client_ip(value: Any) -> str | None:
    """The address of "203.0.113.9:51234" (RdpCoreTS 131)."""
    found = text(value)
    if found is None:
        return None
    return address(found.rpartition(":")[0].strip("[]") if found.count(":") == 1 or "]" in found else found)


_SESSION: dict[str, Recipe] = {
    "objectUser": Take(user_of, "User"),
    "objectUserDomain": Take(domain_of, "User"),
    "logonUser": Take(user_alone, "User"),
    "src": Take(address, "Address"),
    "sessionId": Take(first, "SessionID", "Session"),
}
# 1149 names its values only in its text: Param1 user, Param2 domain, Param3 address
_AUTHENTICATED: dict[str, Recipe] = {
    "objectUser": "Param1",
    "objectUserDomain": "Param2",
    "logonUser": Take(alone, "Param1"),
    "userDomain": Take(alone, "Param2"),
    "src": Take(address, "Param3"),
}
_LOGIN = Mapping(6, 505, fields=_SESSION)
_LOGOUT = Mapping(6, 506, fields=_SESSION)

SOURCE = Source(
    name="windows_rdp",
    providers=frozenset(
        {
            "microsoft-windows-terminalservices-localsessionmanager",
            "microsoft-windows-terminalservices-remoteconnectionmanager",
            "microsoft-windows-remotedesktopservices-rdpcorets",
        }
    ),
    otherwise=Mapping(10, fields=_SESSION | {"src": Take(_client_ip, "ClientIP")}),
    events={
        21: _LOGIN,
        25: _LOGIN,
        23: _LOGOUT,
        24: _LOGOUT,
        131: Mapping(3, 203, fields={"src": Take(_client_ip, "ClientIP"), "proto": "ConnType"}),
        1149: Mapping(6, 505, fields=_AUTHENTICATED),
    },
)
