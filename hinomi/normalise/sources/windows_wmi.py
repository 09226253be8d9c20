"""WMI-Activity: operations, consumers and bindings (5857 to 5861), as the engine itself tells them."""

from hinomi.normalise.source import Mapping, Source, Take
from hinomi.normalise.values import domain_of, first, user_alone, user_of

SOURCE = Source(
    name="windows_wmi",
    providers=frozenset({"microsoft-windows-wmi-activity"}),
    channels=frozenset({"microsoft-windows-wmi-activity/operational"}),
    events={},
    otherwise=Mapping(
        event=12,
        fields={
            "objectName": Take(first, "Namespace", "NamespaceName"),
            "objectCmd": Take(first, "Query", "Operation", "CONSUMER"),
            "eventDataOperation": "Operation",
            "eventDataConsumer": Take(first, "CONSUMER", "Consumer"),
            "processPid": Take(first, "ClientProcessId", "Processid", "ProcessID"),
            "processUser": Take(user_of, "User"),
            "processUserDomain": Take(domain_of, "User"),
            "logonUser": Take(user_alone, "User"),
            "objectFilePath": "ProviderPath",
        },
    ),
)
