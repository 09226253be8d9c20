"""Which mail stores this server can open."""

from collections.abc import Callable
from typing import Any

import orjson
from cryptography.fernet import Fernet

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import InputError
from hinomi.response.mail.imap import ImapStore
from hinomi.response.mail.mail_store import MailStore
from hinomi.response.mail.maildir import MaildirStore
from hinomi.response.mail.store import CONNECTORS
from hinomi.response.sealed_registry import SealedRegistry

MAX_MAILBOXES = 10_000
MAX_SETTINGS_BYTES = 1 << 20
KINDS = ("imap", "maildir")
_KNOWN = {
    "imap": {"host", "port", "security", "ca", "mailboxes", "login"},
    "maildir": {"root", "inner"},
}


class MailConnectors(SealedRegistry[MailStore]):
    """A store that was opened is closed by whoever opened it."""

    def __init__(self, database: Database, audit: Audit, box: Fernet, clock: Callable[[], float]) -> None:
        super().__init__(CONNECTORS, "mail connector", _made, database=database, audit=audit, box=box, clock=clock)


def _made(name: str, kind: str, settings: dict[str, Any], secret: dict[str, Any]) -> MailStore:
    _check(kind, settings)
    return ImapStore(name, settings, secret) if kind == "imap" else MaildirStore(name, settings)


def _check(kind: str, settings: dict[str, Any]) -> None:
    if kind not in KINDS:
        raise InputError(f"kind: one of {', '.join(KINDS)}")
    strange = sorted(set(settings) - _KNOWN[kind])
    if strange or len(orjson.dumps(settings)) > MAX_SETTINGS_BYTES:
        raise InputError(f"settings of {kind}: {', '.join(sorted(_KNOWN[kind]))}")
    if kind == "imap":
        mailboxes = settings.get("mailboxes")
        if not isinstance(settings.get("host"), str) or not settings["host"]:
            raise InputError("host: the IMAP server's name")
        if not isinstance(mailboxes, list) or not 0 < len(mailboxes) <= MAX_MAILBOXES:
            raise InputError(f"mailboxes: a list of 1 to {MAX_MAILBOXES} names")
