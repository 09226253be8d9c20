"""Packages of the sensor: what is told of one, what is signed of it, and which one follows which.

A package is a .tar.gz with one folder inside; `package.json` in it says version and platform (`read_manifest`).
"""

import json
import platform
import re
import sys
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hinomi.errors import InputError
from hinomi.wire.message import Update

MANIFEST = "package.json"
MAX_PACKAGE_BYTES = 256 << 20
MAX_MANIFEST_BYTES = 4096
_DOMAIN = b"hinomi-sensor-package-2\0"
_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){1,3}")
_PLATFORM = re.compile(r"[a-z0-9]{1,16}-[a-z0-9_]{1,16}-py\d{1,2}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """`platform`: system, machine and minor version of Python, `linux-x86_64-py3.11`: the libraries inside fit no other."""

    version: str
    platform: str


def this_platform() -> str:
    return f"{sys.platform}-{platform.machine().lower()}-py{sys.version_info.major}.{sys.version_info.minor}"


def write_manifest(info: PackageInfo) -> bytes:
    return json.dumps({"version": info.version, "platform": info.platform}).encode() + b"\n"


def read_manifest(content: bytes) -> PackageInfo:
    """InputError."""
    try:
        given = json.loads(content[: MAX_MANIFEST_BYTES + 1])
        info = PackageInfo(str(given["version"]), str(given["platform"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{MANIFEST} says neither version nor platform of a sensor") from None
    if not _VERSION.fullmatch(info.version) or not _PLATFORM.fullmatch(info.platform):
        raise InputError(f"{MANIFEST} names no version and platform of a sensor")
    return info


def is_newer(version: str, than: str) -> bool:
    """Number by number; what is no version is older than all."""
    return _order(version) > _order(than)


def sign_package(key: Ed25519PrivateKey, offer: Update) -> Update:
    """The offer with its signature."""
    return replace(offer, signature=key.sign(signed_part(offer)))


def signed_part(offer: Update) -> bytes:
    """Everything of an offer but the signature."""
    told = (offer.sensor_version, offer.platform, offer.sha256, offer.size_bytes, offer.epoch, offer.goes_back)
    return _DOMAIN + json.dumps(told).encode()


def check_offer(offer: Update, key: bytes, present: PackageInfo, least_epoch: int) -> None:
    """InputError when it is not signed by `key` (in this epoch or a later one), does not fit, is not newer, or too large."""
    if not key:
        raise InputError("this sensor was enrolled without a key for packages")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(offer.signature, signed_part(offer))
    except (InvalidSignature, ValueError):
        raise InputError("the package is not signed by the server's key") from None
    if offer.epoch < least_epoch:
        raise InputError(f"the package was signed in epoch {offer.epoch} of the key; it is {least_epoch} now")
    if offer.platform != present.platform:
        raise InputError(f"the package is for {offer.platform}; this is {present.platform}")
    if not _VERSION.fullmatch(offer.sensor_version):
        raise InputError("the package has no version")
    if not offer.goes_back and not is_newer(offer.sensor_version, present.version):
        raise InputError(f"the package {offer.sensor_version} is not newer than {present.version}")
    if not 0 < offer.size_bytes <= MAX_PACKAGE_BYTES:
        raise InputError(f"a package may have at most {MAX_PACKAGE_BYTES} bytes")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if _VERSION.fullmatch(version) else ()
