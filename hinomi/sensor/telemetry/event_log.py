"""The Windows event log as a collector sees it: channels that are read on from a mark, each event rendered as XML.

Two of them: `wevtapi.py` (the log of this host) and `event_folder.py` (rendered events in files, on any system).
"""

from dataclasses import dataclass
from typing import Protocol

# What detection content reads: Hinomi's sources (docs/reference/sources.md). One that a host does not have is told.
CHANNELS = (
    "Security",
    "System",
    "Application",
    "Microsoft-Windows-Sysmon/Operational",
    "Microsoft-Windows-PowerShell/Operational",
    "Windows PowerShell",
    "Microsoft-Windows-Windows Defender/Operational",
    "Microsoft-Windows-TaskScheduler/Operational",
    "Microsoft-Windows-WMI-Activity/Operational",
    "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    "Microsoft-Windows-Bits-Client/Operational",
    "Microsoft-Windows-CodeIntegrity/Operational",
    "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
    "ForwardedEvents",
)


class ChannelMissingError(Exception):
    """The channel cannot be read here, and why."""


class MarkStaleError(Exception):
    """The event that the mark names is not there any more: the log was cleared, or ran over what was not read."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in their order, at least one; `mark` says where to go on after the last."""

    events: tuple[str, ...]
    mark: str


class ChannelReader(Protocol):
    """Of one channel, in one thread."""

    def read(self, most: int) -> Batch | None:
        """The next events, at once; None when there are none now. OSError."""
        ...

    def close(self) -> None: ...


class EventLog(Protocol):
    def missing(self) -> str | None:
        """Why there is no such log here; None when there is."""
        ...

    def open(self, channel: str, mark: str) -> ChannelReader:
        """Read on after `mark`; "": from a day ago. ChannelMissingError, MarkStaleError."""
        ...

    def wait(self, seconds: float) -> None:
        """Until there may be something new, `wake` was called, or the time is over."""
        ...

    def wake(self) -> None: ...
