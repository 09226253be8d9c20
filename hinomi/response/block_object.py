"""A value to block or to watch: its six types, each with one spelling."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hinomi.errors import InputError

MAX_VALUE = 2048
ACTIONS = ("block", "log")
RISKS = ("high", "medium", "low")
# What a sensor refuses (sensor/block_list.py); the rest is for exports.
ON_SENSORS = ("ip", "domain", "fileSha1", "fileSha256")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_MAIL = re.compile(r"[^@\s\"<>,;]{1,64}@([^@\s]{1,253})")


@dataclass(frozen=True, slots=True)
class BlockObject:
    """`expires_ms` None: never. `action` log: on the list, and blocked nowhere. Times: ms since 1970 UTC."""

    type: str
    value: str
    action: str = "block"
    risk: str = "high"
    expires_ms: int | None = None
    description: str = ""
    created_by: str = ""
    created_ms: int = 0
    source: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.type, self.value


class ObjectRefused(InputError):
    def __init__(self, en: str, ja: str) -> None:
        super().__init__(en)
        self.details = {"text": {"en": en, "ja": ja}}


def normal_value(type_: str, value: str) -> str:
    """The one spelling; ObjectRefused says what would be right."""
    read = _READERS.get(type_)
    if read is None:
        known = ", ".join(_READERS)
        raise ObjectRefused(f"type: one of {known}", f"type: {known} のいずれかが必要です")
    text = value.strip()
    if not 0 < len(text) <= MAX_VALUE or not text.isprintable():
        raise ObjectRefused(
            f"value: 1 to {MAX_VALUE} printable characters", f"value: 1〜{MAX_VALUE} 文字の印字可能な文字"
        )
    return read(text)


def normal_object(given: Mapping[str, Any], now_ms: int) -> BlockObject:
    """From {type, value, action?, risk?, expires_ms?, description?}."""
    type_, action, risk = str(given.get("type", "")), given.get("action") or "block", given.get("risk") or "high"
    if action not in ACTIONS:
        raise ObjectRefused("action: block or log", "action: block または log が必要です")
    if risk not in RISKS:
        raise ObjectRefused("risk: high, medium or low", "risk: high、medium、low のいずれかが必要です")
    expires = given.get("expires_ms")
    if expires is not None and (type(expires) is not int or not now_ms < expires < 1 << 53):
        raise ObjectRefused("expires: a moment in the future", "expires: 未来の日時が必要です")
    description = str(given.get("description") or "")[:1000].replace("\0", "")
    return BlockObject(type_, normal_value(type_, str(given.get("value", ""))), action, risk, expires, description)


def _hash(digits: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(rf"[0-9a-f]{{{digits}}}", value.lower()):
            raise ObjectRefused(f"value: {digits} hexadecimal digits", f"value: 16 進数 {digits} 桁が必要です")
        return value.lower()

    return read


def _ip(value: str) -> str:
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        raise ObjectRefused(
            "value: one IP address, no network", "value: IP アドレスを 1 つ指定してください (ネットワークは不可)"
        ) from None
    if found.is_loopback or found.is_unspecified or found.is_multicast:
        raise ObjectRefused("value: this address cannot be blocked", "value: このアドレスはブロックできません")
    return str(found)


def _domain(value: str) -> str:
    try:
        plain = value.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        plain = ""
    labels = plain.split(".")
    if len(labels) < 2 or len(plain) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ObjectRefused(
            "value: a domain like bad.example, no wildcard", "value: bad.example のようなドメイン (ワイルドカード不可)"
        )
    return plain


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme.lower() not in ("http", "https", "ftp") or not parts.hostname or " " in value:
        raise ObjectRefused(
            "value: a URL like https://bad.example/x", "value: https://bad.example/x のような URL が必要です"
        )
    host = parts.hostname if ":" not in parts.hostname else f"[{parts.hostname}]"
    return urlunsplit((parts.scheme.lower(), host if port is None else f"{host}:{port}", parts.path, parts.query, ""))


def _sender(value: str) -> str:
    found = _MAIL.fullmatch(value)
    if found is None:
        raise ObjectRefused(
            "value: an address like user@bad.example", "value: user@bad.example のようなアドレスが必要です"
        )
    return f"{value.rpartition('@')[0]}@{_domain(found[1])}".lower()


_READERS: dict[str, Callable[[str], str]] = {
    "fileSha1": _hash(40), "fileSha256": _hash(64), "ip": _ip, "domain": _domain, "url": _url,
    "senderMailAddress": _sender,
}  # fmt: skip
TYPES = tuple(_READERS)
