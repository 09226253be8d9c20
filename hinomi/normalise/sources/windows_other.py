"""Windows providers that have no file of their own: kept whole, as WINDOWS_EVENT, values under their own names."""

from hinomi.normalise.source import Mapping, Source, Take
from hinomi.normalise.values import address, alone, first, text, user_of

SOURCE = Source(
    name="windows_other",
    events={},
    otherwise=Mapping(
        event=10,
        fields={
            "eventMessage": Take(text, "Message"),
            "processFilePath": Take(first, "ProcessName", "Image", "ProcessPath"),
            "processUser": Take(user_of, "SubjectUserName"),
            "objectUser": Take(user_of, "TargetUserName"),
            "src": Take(address, "IpAddress"),
            "logonUser": Take(alone, "TargetUserName"),
        },
    ),
)
