"""One value of a record -> one value of the vocabulary. Each takes any JSON value and never raises; None is missing.

The record's types are not to be trusted: the same port is 445 in one recording and "445" in the next.
"""

import re
from typing import Any

NOTHING = frozenset({"", "-", "N/A", "?"})
_LARGEST = (1 << 63) - 1

# Integrity levels: text of Sysmon or the RID of the label's SID -> band (Windows SDK, winnt.h SECURITY_MANDATORY_*)
_INTEGRITY = {
    "untrusted": 0, "low": 4096, "medium": 8192, "mediumplus": 8448, "medium plus": 8448, "high": 12288,
    "system": 16384, "protectedprocess": 20480, "appcontainer": 4096,
}  # fmt: skip
_INTEGRITY_NAMES = {0: "Untrusted", 4096: "Low", 8192: "Medium", 8448: "MediumPlus", 12288: "High", 16384: "System"}
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "47": "gre", "58": "icmpv6"}  # IANA protocol numbers
_DEVICE = re.compile(r"\\device\\harddiskvolume\d+\\", re.IGNORECASE)


def text(value: Any) -> str | None:
    """Text as it stands; the dashes and blanks that Windows writes for "nothing" are missing."""
    if type(value) is str:
        return None if value in NOTHING else value
    if value is None:
        return None
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is list:
        return ", ".join(part for part in map(text, value) if part) or None
    return str(value)


def integer(value: Any) -> int | None:
    """Decimal or 0x text, or a number, within 63 bits."""
    if type(value) is int:
        found = value
    elif type(value) is str:
        try:
            found = int(value, 16) if value[:2] in ("0x", "0X") else int(value) if len(value) < 20 else -1
        except ValueError:
            return None
    else:
        return None
    return found if 0 <= found <= _LARGEST else None


def address(value: Any) -> str | None:
    """An IP address without the noise around it: ::ffff: of IPv4, brackets and ports, LOCAL."""
    found = text(value)
    if found is None or found.upper() == "LOCAL":
        return None
    if found[:7].lower() == "::ffff:" and "." in found:
        return found[7:]
    return found


# Addresses that every machine has, or none: loopback, unspecified, link-local, multicast and broadcast (RFC 6890)
_NOBODYS = re.compile(r"127\.|0\.0\.0\.0|169\.254\.|2(?:2[4-9]|3\d)\.|255\.|::1?$|fe[89ab]|ff", re.IGNORECASE)


def own_address(value: Any) -> list[str] | None:
    """An address by which a machine can be told, as a list of one."""
    found = address(value)
    return None if found is None or _NOBODYS.match(found) else [found]


def base_name(value: Any) -> str | None:
    """The last part of a path of either style."""
    found = text(value)
    return found.replace("/", "\\").rpartition("\\")[2] or None if found else None


def integrity(value: Any) -> int | None:
    """Band of an integrity level given as "High", as "S-1-16-12288" or as "12288"."""
    found = text(value)
    if found is None:
        return None
    return _INTEGRITY.get(found.lower(), integer(found.rpartition("-")[2]))


def integrity_name(value: Any) -> str | None:
    """The word Sysmon uses for a band."""
    band = integrity(value)
    return None if band is None else _INTEGRITY_NAMES.get(band)


def protocol(value: Any) -> str | None:
    """Lower-case name of a transport protocol given by name or number."""
    found = text(value)
    return None if found is None else _PROTOCOLS.get(found, found.lower())


def user_of(account: Any) -> str | None:
    """`user` of `DOMAIN\\user`."""
    found = text(account)
    return found.rpartition("\\")[2] or None if found else None


def domain_of(account: Any) -> str | None:
    """`DOMAIN` of `DOMAIN\\user`."""
    found = text(account)
    return found.rpartition("\\")[0] or None if found else None


def account(domain: Any, user: Any) -> str | None:
    """`DOMAIN\\user`, or the user alone."""
    name, where = text(user), text(domain)
    return f"{where}\\{name}" if name and where else name


def alone(value: Any) -> list[str] | None:
    """A list of one text, for the fields that are lists."""
    found = text(value)
    return None if found is None else [found]


def user_alone(value: Any) -> list[str] | None:
    return alone(user_of(value))


def domain_alone(value: Any) -> list[str] | None:
    return alone(domain_of(value))


def first(*values: Any) -> str | None:
    """The first that is there."""
    return next((found for found in map(text, values) if found is not None), None)


def hash_named(name: str) -> Any:
    """A reader of one hash out of Sysmon's "SHA1=..,MD5=..,SHA256=..,IMPHASH=.."; lower case."""
    marker = f"{name.upper()}="

    def read(hashes: Any) -> str | None:
        if type(hashes) is not str:
            return None
        at = hashes.upper().find(marker)
        if at < 0 or (at > 0 and hashes[at - 1] not in ", "):
            return None
        found = hashes[at + len(marker) :].partition(",")[0].strip().lower()
        return None if not found.strip("0") else found  # all zeros: not computed

    return read


md5, sha1, sha256, imphash = map(hash_named, ("MD5", "SHA1", "SHA256", "IMPHASH"))


def drive_path(value: Any) -> str | None:
    """A guess at the drive of a kernel path: the log says which volume, never its letter; nearly always it is C."""
    found = text(value)
    return None if found is None else _DEVICE.sub(lambda _: "C:\\", found.removeprefix("\\??\\"), count=1)


def is_yes(value: Any) -> bool:
    return value is True or (type(value) is str and value.lower() in ("true", "yes", "1"))
