"""A running process as an exec, for sources that only tell that there is one: its details are read from /proc afterwards."""

from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.processes import Exec


def exec_of(pid: int, at_ms: int | None = None) -> Exec | None:
    """None when it is gone already, or is one of the kernel's own. `at_ms`: when the exec was; else the start of the process."""
    stat = proc.stat(pid)
    if stat is None or stat.is_kernel:
        return None
    exe = proc.executable(pid)
    argv = proc.arguments(pid)
    if exe is None and not argv:
        return None  # it ended while it was looked at
    return Exec(
        pid=pid,
        ppid=stat.ppid,
        at_ms=stat.start_ms if at_ms is None else at_ms,
        exe=exe,
        argv=argv,
        uid=proc.user_id(pid),
        cwd=proc.working_folder(pid),
        auid=proc.login_user(pid),
        session=proc.session(pid),
        start=stat.start_ms,
    )
