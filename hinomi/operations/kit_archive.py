"""What a kit brought, opened: bounded, its names distrusted, nothing of it run or written to disk in the clear.

zip of the Python collection   members encrypted (AES) by a password that is sealed to our key, or typed by a person
tar or zip of the scripts      password.sealed and evidence.enc (openssl enc -aes-256-cbc -pbkdf2): a tar.gz or zip within
tar.gz                         of a host without openssl: not encrypted
"""

import base64
import binascii
import gzip
import hashlib
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import orjson
import pyzipper
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hinomi.errors import InputError, NotFound, TooLarge
from hinomi.ingest.archive import BoundedInfo
from hinomi.operations.kit import KitKey

MAX_UPLOAD_BYTES = 512 << 20
MAX_MEMBERS = 1000
MAX_PART_BYTES = 64 << 20
MAX_FILE_BYTES = 64 << 20
MAX_TOTAL_BYTES = 1 << 30
MAX_SEALED_BYTES = 320 << 20  # of an evidence.enc, which is decrypted in memory
MAX_DIRECTORY_BYTES = 1 << 20
_ITERATIONS = 10_000
_END_BYTES = 22  # APPNOTE.TXT 4.3.16, without the comment
_PARTS = ("system.json", "kit.json", "manifest.sha256", "sealed.json")
_NAME = re.compile(r"[a-z_]{1,40}\.jsonl|files/[0-9a-f]{64}")
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.{1,100})")
_CHUNK = 1 << 18
# what the readers of archives raise over bytes that are none of their own
_BROKEN = (
    zipfile.BadZipFile, pyzipper.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError, OverflowError,
    NotImplementedError, lzma.LZMAError, KeyError, IndexError, AttributeError,
)  # fmt: skip


class Contents:
    """`parts`: name -> bytes of the text members; `files`: SHA-256 -> size of the suspicious files, whose bytes stay in the archive.

    `problems`: what does not fit together, in English for the report's own list.
    """

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.files: dict[str, int] = {}
        self.sums: dict[str, str] = {}
        self.problems: list[str] = []
        self.is_encrypted = True
        self._total = 0

    def take(self, name: str, stream: IO[bytes]) -> None:
        """One member, read to its end with the limits held; TooLarge over them."""
        if name not in _PARTS and not _NAME.fullmatch(name):
            self._tell(f"ignored member {name[:100]!r}")
            return
        if name in self.sums:
            self._tell(f"{name} stands there twice")
            return
        if len(self.sums) >= MAX_MEMBERS:
            raise TooLarge(f"a collection has at most {MAX_MEMBERS} members")
        is_file = name.startswith("files/")
        held, made, size = bytearray(), hashlib.sha256(), 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            self._total += len(chunk)
            if size > (MAX_FILE_BYTES if is_file else MAX_PART_BYTES) or self._total > MAX_TOTAL_BYTES:
                raise TooLarge(f"{name} is larger than a collection may be")
            made.update(chunk)
            if not is_file:
                held += chunk
        self.sums[name] = made.hexdigest()
        if not is_file:
            self.parts[name] = bytes(held)
        elif made.hexdigest() != name[6:]:
            self._tell(f"{name} is not what its name says")
        else:
            self.files[name[6:]] = size

    def check_manifest(self) -> None:
        """Every member as the manifest has it; a lie is told, not refused: the rest may still be of use."""
        told = dict[str, str]()
        for line in self.parts.get("manifest.sha256", b"").decode("utf-8", "replace").splitlines()[: 2 * MAX_MEMBERS]:
            found = _SUM.fullmatch(line)
            if found:
                told[found[2].removeprefix("./")] = found[1]
        for name, digest in self.sums.items():
            if name not in ("manifest.sha256", "sealed.json") and told.get(name) != digest:
                self._tell(f"{name} is not what the manifest says")
        for name in told.keys() - self.sums.keys():
            self._tell(f"{name[:100]} is in the manifest and not there")

    def _tell(self, problem: str) -> None:
        if len(self.problems) < 100:
            self.problems.append("".join(each if each.isprintable() else "?" for each in problem))


def open_archive(path: Path, key: KitKey, password: str = "") -> Contents:
    """InputError when it is no collection, or cannot be opened with our key or the password; TooLarge over the limits."""
    found = Contents()
    try:
        with path.open("rb") as stream:
            _read(stream, key, password, found)
    except _BROKEN as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this is no collection of the kit that can be read: {type(error).__name__}") from None
    if "kit.json" not in found.parts:
        raise InputError("this is no collection of the kit: it has no kit.json")
    found.check_manifest()
    return found


def _read(stream: IO[bytes], key: KitKey, password: str, into: Contents) -> None:
    head = stream.read(4)
    stream.seek(0)
    if head[:2] == b"\x1f\x8b":
        into.is_encrypted = False
        _read_tar(gzip.GzipFile(fileobj=stream), into)
    elif head == b"PK\x03\x04":
        _require_small_directory(stream)
        _read_zip(stream, key, password, into)
    else:
        _read_sealed(dict(_tar_members(stream)), key, into)


def _require_small_directory(stream: IO[bytes]) -> None:
    """A directory of millions of entries would be read into memory before anybody could count them."""
    size = stream.seek(0, 2)
    tail_bytes = min(size, _END_BYTES + 0xFFFF)
    stream.seek(size - tail_bytes)
    tail = stream.read(tail_bytes)
    stream.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or b"PK\x06\x07" in tail[max(0, place - 20) : place]:
        raise InputError("this is no zip of the kit")
    if struct.unpack_from("<I", tail, place + 12)[0] > MAX_DIRECTORY_BYTES:
        raise TooLarge(f"a collection has at most {MAX_MEMBERS} members")


def _read_zip(stream: IO[bytes], key: KitKey, password: str, into: Contents) -> None:
    with pyzipper.AESZipFile(stream) as archive:
        infos = archive.infolist()
        names = {info.filename for info in infos}
        if len(infos) > MAX_MEMBERS:
            raise TooLarge(f"a collection has at most {MAX_MEMBERS} members")
        if {"password.sealed", "evidence.enc"} <= names:
            limits = {"password.sealed": 4096, "evidence.enc": MAX_SEALED_BYTES}
            _read_sealed({name: _bounded(archive.open(name), most) for name, most in limits.items()}, key, into)
            return
        if "sealed.json" in names:
            password = key.open(_wrapped(_bounded(archive.open("sealed.json"), 8192)))
        archive.setpassword(password.encode() or None)
        for info in infos:
            if info.is_dir():
                continue
            if info.flag_bits & 1 == 0 and info.filename != "sealed.json":
                into.is_encrypted = False
            if info.flag_bits & 1 and not password:
                raise InputError("the collection is encrypted with a password: give it with the upload")
            try:
                member = archive.open(info)
            except RuntimeError:
                raise InputError("the password does not open this collection") from None
            into.take(info.filename, member)


def password_of(path: Path, key: KitKey) -> str:
    """What opens a collection that was sealed to our key; NotFound when it was made for a person, or is not encrypted."""
    with suppress(*_BROKEN), path.open("rb") as stream:
        if stream.read(4) == b"PK\x03\x04":
            with zipfile.ZipFile(stream) as archive:
                return key.open(_wrapped(_bounded(archive.open("sealed.json"), 8192)))
    raise NotFound("this collection has no password that is known here")


def _wrapped(text: bytes) -> bytes:
    try:
        found: Any = orjson.loads(text)
        return base64.b64decode(found["password"], validate=True)
    except (orjson.JSONDecodeError, binascii.Error, KeyError, TypeError, ValueError):
        raise InputError("the sealed password of this collection cannot be read") from None


def _read_sealed(members: Mapping[str, bytes], key: KitKey, into: Contents) -> None:
    """What `openssl enc` wrote: "Salted__", eight bytes of salt, AES-256-CBC with the key of PBKDF2."""
    if not {"password.sealed", "evidence.enc"} <= members.keys():
        raise InputError("this is no collection of the kit")
    sealed = members["evidence.enc"]
    if sealed[:8] != b"Salted__" or len(sealed) % 16:
        raise InputError("the encrypted part of this collection is damaged")
    password = key.open(members["password.sealed"])
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), sealed[8:16], _ITERATIONS, 48)
    opener = Cipher(algorithms.AES(derived[:32]), modes.CBC(derived[32:])).decryptor()
    plain = opener.update(sealed[16:]) + opener.finalize()
    inner = io.BytesIO(plain[: -plain[-1]] if plain and plain[-1] <= 16 else plain)
    if plain[:2] == b"\x1f\x8b":
        _read_tar(gzip.GzipFile(fileobj=inner), into)
    else:
        _require_small_directory(inner)
        with zipfile.ZipFile(inner) as archive:
            for info in archive.infolist()[: MAX_MEMBERS + 1]:
                if not info.is_dir():
                    into.take(info.filename.replace("\\", "/"), archive.open(info))


def _read_tar(stream: IO[bytes] | gzip.GzipFile, into: Contents) -> None:
    with tarfile.open(fileobj=_Counted(stream), mode="r|", tarinfo=BoundedInfo) as archive:  # type: ignore[call-overload]
        for info in archive:
            member = archive.extractfile(info) if info.isreg() else None
            if member is not None:
                into.take(info.name.removeprefix("./"), member)


def _tar_members(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=BoundedInfo) as archive:
        for _, info in zip(range(10), archive, strict=False):
            member = archive.extractfile(info) if info.isreg() else None
            if member is not None:
                yield info.name, _bounded(member, MAX_SEALED_BYTES)


class _Counted:
    """A stream that ends in TooLarge: what a tar says of its sizes, and headers without end, are not believed."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._left = stream, MAX_TOTAL_BYTES + (64 << 20)

    def read(self, size: int = -1) -> bytes:
        found: bytes = self._stream.read(min(size, _CHUNK) if size >= 0 else _CHUNK)
        self._left -= len(found)
        if self._left < 0:
            raise TooLarge("the collection unpacks to more than a collection may be")
        return found


def _bounded(stream: IO[bytes], most: int) -> bytes:
    found = bytearray()
    while chunk := stream.read(_CHUNK):
        found += chunk
        if len(found) > most:
            raise TooLarge("a member is larger than a collection's may be")
    return bytes(found)
