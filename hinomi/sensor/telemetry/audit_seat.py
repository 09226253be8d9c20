"""A place at the kernel's audit: as its daemon where there is none, beside it where there is one; and how to leave it again."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hinomi.sensor.telemetry import audit_rules, packet_filter
from hinomi.sensor.telemetry.audit_link import AuditLink, Status

_BACKLOG = 32_768  # messages the kernel keeps while the reader is not there
LOCKED = 2  # status.enabled: nobody may change rules before the next start
_ANSWER = 2  # NLMSG_ERROR
_HEARS_S = 3.0
_DEAF = "another audit daemon runs, and beside one nothing is heard outside the machine's own network namespace"


def refusal() -> str | None:
    """Why there is no place for us; None when there is one. Asks the kernel for its state; that changes nothing."""
    try:
        link = AuditLink()
    except OSError as error:
        return f"no audit in this kernel: {error}"
    try:
        status = link.status()
    except PermissionError:
        return "needs CAP_AUDIT_CONTROL in the machine's own user and pid namespace"
    except OSError as error:
        return f"the kernel's audit does not answer: {error}"
    finally:
        link.close()
    return "the audit rules are locked until the next start (enabled=2)" if status.enabled == LOCKED else None


class AuditSeat:
    """`control` asks and changes, `reading` hears. `alone`: this process is the audit daemon. `types`: hear of these only."""

    def __init__(self, types: Sequence[int] = ()) -> None:
        """OSError where the kernel has no audit."""
        self.control = AuditLink()
        try:
            self.reading = AuditLink()
        except OSError:
            self.control.close()
            raise
        self._types = tuple(types)
        self._before: Status | None = None
        self.alone = False
        self.lost_before = 0

    def sit_down(self) -> None:
        """OSError when the kernel does not let us."""
        self._take_leavings()
        before = self._before = self.control.status()
        self.lost_before = before.lost
        self.reading.widen()
        self.alone = not before.pid and self._took_over(before)
        if not self.alone:
            self.reading.listen()
            if not self._hears(before):
                raise OSError(_DEAF)
        if self._types:
            packet_filter.attach(self.reading.socket, packet_filter.of_netlink_types((_ANSWER, *self._types)))
        self.reading.time_out(0.5)

    def leave(self) -> None:
        """The kernel's audit as it was, as far as it was ours and no other sensor needs it; harmless when called twice."""
        before, self._before = self._before, None
        if before is None or not self.alone:
            return
        with suppress(OSError):
            self.control.change(pid=0)
        with suppress(OSError):
            if not self._others():
                self.control.change(
                    enabled=min(before.enabled, 1),
                    failure=before.failure,
                    backlog_limit=before.backlog_limit,
                    backlog_wait_time=before.backlog_wait_time,
                )
                if self._others():  # it sat down in this very moment
                    self.control.change(enabled=1)

    def close(self) -> None:
        self.reading.close()
        self.control.close()

    def _take_leavings(self) -> None:
        """A sensor that was killed left its rules: whoever gets its number next would not be seen."""
        for identity in self.control.rules():
            pid = audit_rules.owner(identity)
            if pid and not _is_there(pid):
                with suppress(OSError):
                    while True:  # it may stand there several times
                        self.control.remove(identity)

    def _others(self) -> bool:
        """Whether another sensor on this kernel has rules in force."""
        owners = map(audit_rules.owner, self.control.rules())
        return any(pid and pid != os.getpid() and _is_there(pid) for pid in owners)

    def _hears(self, before: Status) -> bool:
        """Whether the kernel tells us what is meant for all: beside a daemon it does so only in the first network namespace.

        Which one is the first cannot be asked; a setting that is set to what it is makes a message.
        """
        self.control.change(enabled=1)
        self.reading.time_out(_HEARS_S)
        self.control.change(failure=before.failure)
        return bool(self.reading.receive_all()) or self.reading.overruns > 0

    def _took_over(self, before: Status) -> bool:
        # the wait must go first: with it a reader that stalls would hold up every exec of the host
        self.control.change(failure=0, backlog_wait_time=0, backlog_limit=max(_BACKLOG, before.backlog_limit))
        try:
            self.reading.take_over()
        except FileExistsError:
            return False
        return True


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
