"""Remote shell: a terminal on this endpoint for a person at the console, recorded by the server, ended by it at any moment."""

import os
import pwd
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.shell_session import ShellSession, Wish

MOST_S = 8 * 3600
SHELLS = Path("/etc/shells")
STANDARD = ("/bin/bash", "/bin/sh")


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return run_shell(work, parameters, time.monotonic)


def run_shell(work: Work, parameters: Mapping[str, Any], clock: Callable[[], float]) -> Mapping[str, Any]:
    wish = _wish(parameters)
    with work.shells.open(str(parameters.get("session", ""))) as line:
        if line is None:
            raise ActionFailed(
                "refused", "No further remote shell can open here.", "これ以上リモートシェルを開けません。"
            )
        return ShellSession(wish, line, work.is_cancelled, clock).run()


def _wish(parameters: Mapping[str, Any]) -> Wish:
    """Who it runs as, and which shell: the server's policy says it, this endpoint checks it."""
    user = str(parameters.get("user") or pwd.getpwuid(os.getuid()).pw_name)
    idle_s, max_s = int(parameters.get("idle_s", 600)), int(parameters.get("max_s", 3600))
    if not 10 <= idle_s <= MOST_S or not 10 <= max_s <= MOST_S:
        raise ActionFailed("refused", "The time limits are not possible.", "制限時間の値が正しくありません。")
    return Wish(user, _shell(_account(user), str(parameters.get("shell") or "")), idle_s, max_s)


def _account(user: str) -> pwd.struct_passwd:
    try:
        account = pwd.getpwnam(user)
    except (KeyError, ValueError):
        raise ActionFailed(
            "not_found", f"There is no user {user[:64]!r} here.", "指定されたユーザーがいません。"
        ) from None
    if os.getuid() not in (0, account.pw_uid):
        raise ActionFailed(
            "not_permitted", "The sensor may not become that user.", "センサーはそのユーザーになれません。"
        )
    return account


def _shell(account: pwd.struct_passwd, wanted: str) -> str:
    """The wanted shell; the account's own or a standard one when none is wanted. Only what /etc/shells names."""
    known = _known_shells()
    for path in [wanted] if wanted else [account.pw_shell, *STANDARD]:
        if path in known and os.access(path, os.X_OK):
            return path
    raise ActionFailed("unsupported", f"There is no shell {wanted[:200]!r} here.", "指定されたシェルがありません。")


def _known_shells() -> frozenset[str]:
    try:
        lines = SHELLS.read_text(errors="replace").splitlines()
    except OSError:
        return frozenset(STANDARD)
    return frozenset(line.strip() for line in lines if line.startswith("/"))


def needs() -> str | None:
    return None if sys.platform == "linux" else "only on Linux"


ACTION = EndpointAction("remote_shell", run, needs, limit_s=MOST_S + 600)
