"""A small process between the sensor and a remote shell: it makes sure that nothing of the shell outlives its session.

    python -I shell_guard.py SLAVE_FD USER SHELL        standard input: lifeline; standard output: what became of it

It is the reaper of all that the shell starts, also of what leaves the session or its parent behind. When the shell ends, or when the
other end of the lifeline closes (the session is over, or the sensor was killed), it kills every process below itself. It
imports only the standard library and nothing of Hinomi, for it is started as a file.
"""

import ctypes
import fcntl
import json
import os
import pwd
import select
import signal
import sys
import termios
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
GRACE_S = 0.3  # between SIGHUP, on which programs save and end, and SIGKILL
ROUNDS = 200
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def main(arguments: list[str]) -> None:
    slave, user, shell = int(arguments[0]), arguments[1], arguments[2]
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # only the lifeline ends a session
    account = pwd.getpwnam(user)
    pid = os.fork()
    if pid == 0:
        _become_shell(slave, account, shell)
    os.close(slave)
    _tell({"pid": pid})
    status = _wait(pid)
    left = kill_below(os.getpid(), pid)
    _tell({"status": status if status is not None else _reap(pid), "left": left})


def _become_shell(slave: int, account: pwd.struct_passwd, shell: str) -> None:
    """In the child: own session and terminal, the account's rights, then the shell. Never returns."""
    try:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in (0, 1, 2):
            os.dup2(slave, number)
        os.closerange(3, 256)
        for name in range(1, signal.NSIG):
            if name not in (signal.SIGKILL, signal.SIGSTOP):
                _default(name)
        os.umask(0o022)
        if os.getuid() == 0:
            os.fchown(0, account.pw_uid, -1)  # as login(1) does it: programs open their terminal by name
            os.fchmod(0, 0o620)
            os.initgroups(account.pw_name, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # after setuid, which forgets it
        os.chdir(account.pw_dir if Path(account.pw_dir).is_dir() else "/")
        # the endpoint's own shell, named by /etc/shells: what this program is for
        os.execve(shell, ["-" + Path(shell).name], _environment(account, shell))  # noqa: S606
    except BaseException as error:  # noqa: BLE001  (a forked child must never run on as its parent)
        os.write(2, f"{shell}: {error}\r\n".encode(errors="replace"))
    finally:
        os._exit(127)


def _default(number: int) -> None:
    try:
        signal.signal(number, signal.SIG_DFL)
    except (OSError, ValueError):
        return  # a number that the C library keeps for itself


def _environment(account: pwd.struct_passwd, shell: str) -> dict[str, str]:
    return {
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": PATH, "HOME": account.pw_dir, "SHELL": shell,
        "USER": account.pw_name, "LOGNAME": account.pw_name, "HINOMI_REMOTE_SHELL": "1",
    }  # fmt: skip


def _wait(pid: int) -> int | None:
    """Until the shell ended (its wait status) or the lifeline closed (None). Other children are buried on the way."""
    watched = select.poll()
    shell = os.pidfd_open(pid)
    watched.register(shell, select.POLLIN)
    watched.register(0, select.POLLIN | select.POLLHUP)
    while True:
        ready = dict(watched.poll(2000))
        if shell in ready:
            return _reap(pid)
        if 0 in ready and not os.read(0, 64):
            return None
        _bury(pid)


def _reap(pid: int) -> int:
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return signal.SIGKILL


def _bury(but: int) -> None:
    """Take the ended orphans, but not the shell, whose status is wanted."""
    for child in children().get(os.getpid(), []):
        if child != but:
            try:
                os.waitpid(child, os.WNOHANG)
            except ChildProcessError:
                continue


def children() -> dict[int, list[int]]:
    """pid -> its children, of this moment."""
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_bytes()
            except OSError:
                continue
            parent = int(stat[stat.rindex(b")") + 2 :].split()[1])  # proc(5): state, then ppid
            found.setdefault(parent, []).append(int(entry.name))
    return found


def below(pid: int) -> list[int]:
    """Every descendant, parents first."""
    tree, found, waiting = children(), [], [pid]
    while waiting:
        for child in tree.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def kill_below(pid: int, shell: int) -> int:
    """Hang up, wait a moment, then kill until nothing is left; how many could not be killed.

    All are stopped before they are killed, so that a program that forks as fast as it can does not outrun us.
    """
    for each in below(pid):
        _signal(each, signal.SIGHUP)
        _signal(each, signal.SIGCONT)
    _wait_for_end(pid, shell, GRACE_S)
    for _ in range(ROUNDS):
        left = _stop_all(pid)
        if not left:
            break
        for each in left:
            _signal(each, signal.SIGKILL)
        _bury(shell)
        time.sleep(0.01)
    return len([each for each in below(pid) if not _is_dead(each)])


def _stop_all(pid: int) -> list[int]:
    """Stop every descendant, again until none is new: what is stopped forks no further."""
    stopped: set[int] = set()
    for _ in range(ROUNDS):
        found = [each for each in below(pid) if not _is_dead(each)]
        if stopped.issuperset(found):
            return found
        for each in found:
            _signal(each, signal.SIGSTOP)
        stopped.update(found)
    return list(stopped)


def _wait_for_end(pid: int, shell: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(not _is_dead(each) for each in below(pid)):
        _bury(shell)
        time.sleep(0.01)


def _is_dead(pid: int) -> bool:
    try:
        stat = Path("/proc", str(pid), "stat").read_bytes()
    except OSError:
        return True
    return stat[stat.rindex(b")") + 2 : stat.rindex(b")") + 3] in (b"Z", b"X")


def _signal(pid: int, name: int) -> None:
    try:
        os.kill(pid, name)
    except (ProcessLookupError, PermissionError):
        return


def _tell(value: dict[str, int]) -> None:
    try:
        os.write(1, json.dumps(value).encode() + b"\n")
    except OSError:
        return  # the sensor is gone


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
