"""The directories this server works in, and the tasks on their accounts: `ldap:NAME\\user`, or the name alone where there is one directory."""

import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.fernet import Fernet

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import InputError, NotFound
from hinomi.response.accounts.ldap import LdapDirectory
from hinomi.response.accounts.store import DIRECTORIES
from hinomi.response.sealed_registry import SealedRegistry
from hinomi.response.wish import DIRECTORY, CarryFailed
from hinomi.schema.task import ResponseTask, Target, TargetKind

ACTIONS = ("disable_account", "enable_account", "sign_out", "reset_password")
LOOK = "look_at_account"
PASSWORD_LENGTH = 24
_NEEDED = ("host", "base", "bind_dn")
_KNOWN = {"host", "port", "security", "ca", "base", "bind_dn", "user_attribute"}


class Directories(SealedRegistry[LdapDirectory]):
    """Also a Carrier of response tasks on accounts. Thread-safe: each work opens a connection of its own."""

    is_repeatable = True  # locked is locked; a second new password replaces one that nobody has seen

    def __init__(self, database: Database, audit: Audit, box: Fernet, clock: Callable[[], float]) -> None:
        super().__init__(
            DIRECTORIES,
            "directory",
            _made,
            tells=("host",),
            database=database,
            audit=audit,
            box=box,
            clock=clock,
        )

    # ---- as a carrier -----------------------------------------------------------------------------------------------
    def carries(self, action: str, target: Target) -> bool:
        return action in ACTIONS and self._directory_of(target) is not None

    def carry(self, task: ResponseTask) -> Mapping[str, Any]:
        """{user, before, after}, and the password (sealed by the caller) of a reset."""
        directory, user = self._at(task.target), str(task.parameters["user"])
        if task.action == "sign_out":
            raise CarryFailed(
                "unsupported",
                "A directory keeps no sessions that could be ended: tickets and tokens given out last until they expire. "
                "Disable the account or reset its password, and sign it out on the hosts themselves.",
                "ディレクトリには終了できるセッションがありません。発行済みのチケットやトークンは期限まで有効です。"
                "アカウントを無効にするかパスワードをリセットし、各ホストでサインアウトしてください。",
            )
        if task.action == "reset_password":
            before, password = directory.state(user), make_password()
            return {
                "user": user,
                "before": before,
                "after": directory.set_password(user, password),
                "password": password,
            }
        before, after = directory.set_locked(user, task.action == "disable_account")
        return {"user": user, "before": before, "after": after}

    def look(self, target: Target, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """`look_at_account`: {locked, must_change, dn} read anew; None for other looks and other targets."""
        if action != LOOK or self._directory_of(target) is None:
            return None
        user = str(parameters.get("user") or target.id.rpartition("\\")[2])
        return self._at(target).state(user)

    # ---- within -----------------------------------------------------------------------------------------------------
    def _at(self, target: Target) -> LdapDirectory:
        name = self._directory_of(target)
        if name is None:
            raise NotFound(f"no directory holds {target.id[:80]!r}")
        return self.opened(name)

    def _directory_of(self, target: Target) -> str | None:
        """The directory that is meant; None when it is an account of a host, or it is not clear which."""
        if target.kind is not TargetKind.ACCOUNT:
            return None
        if target.id.startswith(DIRECTORY):
            return target.id.removeprefix(DIRECTORY).partition("\\")[0]
        names = self.names() if "\\" not in target.id else []
        return names[0] if len(names) == 1 else None


def _made(name: str, kind: str, settings: dict[str, Any], secret: str) -> LdapDirectory:
    needed = [each for each in _NEEDED if not isinstance(settings.get(each), str) or not settings[each]]
    if needed or set(settings) - _KNOWN:
        raise InputError(f"settings: {', '.join(sorted(_KNOWN))}; needed: {', '.join(_NEEDED)}")
    return LdapDirectory(name, kind, settings, secret)


def make_password() -> str:
    """Random, with a character of each class, so that every complexity rule takes it; none that are easily confused."""
    classes = (
        string.ascii_lowercase.replace("l", ""),
        string.ascii_uppercase.replace("O", "").replace("I", ""),
        "23456789",
        "-_.+=",
    )
    chosen = [secrets.choice(each) for each in classes]
    chosen += [secrets.choice("".join(classes)) for _ in range(PASSWORD_LENGTH - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
