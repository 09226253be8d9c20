"""A small process between the sensor and a script: whatever the script starts ends with it.

    python -P -m hinomi.sensor.script_guard OUTPUT_FD CGROUP PROGRAM ARGUMENT...      CGROUP: a folder, or "" for none

Standard input is a lifeline: when its other end closes (time is over, cancelled, or the sensor was killed) everything is killed.
Standard output: one JSON line, {"status": wait status, "left": processes that could not be killed, "refused": forks}.
It is the reaper of all below it, so nothing gets away by leaving its session or its parent; what is in the cgroup goes with it.
"""

import ctypes
import json
import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path

from hinomi.sensor.process_bound import ProcessBound
from hinomi.sensor.shell_guard import below, kill_below

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
LOOK_MS = 1000


def main(arguments: list[str]) -> None:
    output, folder, *words = arguments
    bound = ProcessBound(Path(folder)) if folder else None
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # only the lifeline ends a script
    pid = os.fork()
    if pid == 0:
        _become(int(output), bound, words)
    os.close(int(output))
    status = _wait(pid)
    left = kill_below(os.getpid(), pid)
    if bound is not None:
        left = max(left, bound.kill())
    status = _reap(pid) if status is None else status
    _bury_all()
    with suppress(OSError):  # the sensor is gone
        os.write(1, json.dumps({"status": status, "left": left, "refused": bound.refused() if bound else 0}).encode())
    if bound is not None:
        bound.remove()


def _become(output: int, bound: ProcessBound | None, words: list[str]) -> None:
    """In the child: own session, own cgroup, then the script. Never returns."""
    try:
        os.setsid()
        if bound is not None:
            bound.admit(os.getpid())
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, 65_536)  # one system call, however many there are
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(name, signal.SIG_DFL)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # ours, not its
        os.execve(words[0], words, environment)  # noqa: S606  (a script of the library; its command was signed)
    except BaseException as error:  # noqa: BLE001  (a forked child must never run on as its parent)
        os.write(2, f"{words[0]}: {error}\n".encode(errors="replace"))
    finally:
        os._exit(127)


def _wait(pid: int) -> int | None:
    """Until the script ended (its wait status) or the lifeline closed (None). Ended orphans are buried on the way."""
    watched, script = select.poll(), os.pidfd_open(pid)
    watched.register(script, select.POLLIN)
    watched.register(0, select.POLLIN | select.POLLHUP)
    while True:
        ready = dict(watched.poll(LOOK_MS))
        if script in ready:
            return _reap(pid)
        if 0 in ready and not os.read(0, 64):
            return None
        for child in below(os.getpid()):
            if child != pid:
                with suppress(ChildProcessError):
                    os.waitpid(child, os.WNOHANG)


def _reap(pid: int) -> int:
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return signal.SIGKILL


def _bury_all() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
