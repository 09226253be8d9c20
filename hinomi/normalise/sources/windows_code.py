"""What may run: AppLocker, Code Integrity, Security-Mitigations."""

from hinomi.normalise.source import Mapping, Source, Take
from hinomi.normalise.values import drive_path, first, integer, sha256, text

SOURCE = Source(
    name="windows_code",
    providers=frozenset(
        {
            "microsoft-windows-applocker",
            "microsoft-windows-codeintegrity",
            "microsoft-windows-security-mitigations",
        }
    ),
    events={},
    otherwise=Mapping(
        event=10,
        fields={
            "objectFilePath": Take(
                lambda *paths: drive_path(first(*paths)),
                "FullFilePath",
                "FilePath",
                "FileNameBuffer",
                "File Name",
                "ImageName",
            ),
            "processFilePath": Take(
                lambda *paths: drive_path(first(*paths)), "ProcessNameBuffer", "Process Name", "ProcessPath"
            ),
            "processPid": Take(integer, "ProcessId"),
            "objectFileHashSha256": Take(sha256, "Hashes"),
            "processUser": "TargetUser",
            "eventMessage": Take(text, "Message"),
        },
    ),
)
