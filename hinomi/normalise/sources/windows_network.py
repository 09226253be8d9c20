"""Network parts of Windows with logs of their own: DNS client, firewall, SMB, WinRM, NTLM."""

from hinomi.normalise.source import Mapping, Recipe, Source, Take
from hinomi.normalise.values import address, alone, first, user_alone, user_of

_NETWORK: dict[str, Recipe] = {
    "hostName": Take(first, "QueryName", "ServerName", "TargetName", "connection"),
    "src": Take(address, "ClientAddress"),
    "dst": Take(address, "ServerAddress"),
    "objectUser": Take(lambda *names: user_of(first(*names)), "UserName", "TargetUserName"),
    "logonUser": Take(user_alone, "UserName"),
    "smbSharedName": "ShareName",
    "processFilePath": Take(first, "ModifyingApplication", "ProcessName"),
    "objectFilePath": "ApplicationPath",
    "objectName": "RuleName",
}
_QUERY = Mapping(4, 301, fields={"hostName": "QueryName", "objectIps": Take(alone, "QueryResults")})

SOURCE = Source(
    name="windows_network",
    providers=frozenset(
        {
            "microsoft-windows-dns-client",
            "microsoft-windows-windows firewall with advanced security",
            "microsoft-windows-smbclient",
            "microsoft-windows-smbserver",
            "microsoft-windows-winrm",
            "microsoft-windows-ntlm",
            "microsoft-windows-security-netlogon",
        }
    ),
    otherwise=Mapping(10, fields=_NETWORK),
    events={3006: _QUERY, 3008: _QUERY, 3020: _QUERY},
)
