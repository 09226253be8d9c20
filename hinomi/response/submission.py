"""The submission package: what is sent to somebody else for analysis, and the request that goes with it.

    submission.zip     password "virus"          what mail gateways and sandboxes of vendors open by themselves
      sample.zip       random password           as the sensor packed it, unchanged; the password is in the request

Two layers, because the outer one is no secret: who receives the mail opens it, a scanner on the way does not run it.
"""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyzipper

from hinomi.errors import InputError
from hinomi.response.files import CHUNK, CollectedFile
from hinomi.response.zip_crypto import MAX_BYTES, classic_zip
from hinomi.schema.task import ResponseTask

OUTER_PASSWORD = "virus"  # noqa: S105  (known to all on purpose: what sandboxes try by themselves)
HELP_PAGE = "docs/how-to/submit-a-sample.md"


class Recipient(StrEnum):
    TEAM = "team"  # our own analysts
    VENDOR = "vendor"  # a vendor's address for samples, by mail or form
    MISP = "misp"  # an event of a MISP instance


class Encryption(StrEnum):
    CLASSIC = "zipcrypto"  # every unpacker, Windows Explorer and old sandboxes too
    AES = "aes"  # 7-Zip, WinZip, unzip of Python; needed from 32 MiB on


_RECIPIENTS = {
    Recipient.TEAM: ("the analysis team", "解析チーム"),
    Recipient.VENDOR: ("the vendor's sample desk", "ベンダーの検体受付窓口"),
    Recipient.MISP: ("the MISP event", "MISP イベント"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where samples go: `team`, `vendor:samples@example.com`, `misp:https://misp.example`."""

    recipient: Recipient
    address: str = ""


def read_desk(text: str) -> Desk:
    """InputError that says what would be right."""
    kind, _, address = text.partition(":")
    if kind not in set(Recipient) or len(address) > 300 or any(not each.isprintable() for each in address):
        raise InputError("samples go to team, vendor:ADDRESS or misp:ADDRESS")
    return Desk(Recipient(kind), address.strip())


@dataclass(frozen=True, slots=True)
class Request:
    """The text that goes with the package; `lines` are (label, value) in both languages."""

    subject: dict[str, str]
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of the file, for the request. `result` is what the sensor said of it."""

    host: str
    os: str
    path: str
    file: CollectedFile
    inner_password: str
    alert_id: str = ""
    result: dict[str, Any] = field(default_factory=dict)


def sample_of(task: ResponseTask, file: CollectedFile, inner_password: str) -> Sample:
    path = str(task.result.get("path") or task.parameters.get("path") or file.name)
    return Sample(task.target.name, task.target.os, path, file, inner_password, task.alert_id, dict(task.result))


def encryption_for(size_bytes: int, wished: Encryption | None = None) -> Encryption:
    """Classic unless it is too large for that; InputError when classic is wished and cannot be."""
    if wished is Encryption.CLASSIC and size_bytes > MAX_BYTES:
        raise InputError(f"classic zip encryption is for at most {MAX_BYTES >> 20} MiB; ask for aes")
    return wished or (Encryption.CLASSIC if size_bytes <= MAX_BYTES else Encryption.AES)


def write_package(inner: Path, name: str, into: Path, encryption: Encryption) -> None:
    """`into` becomes the outer zip (0600) round the inner one, which is taken byte for byte."""
    handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        if encryption is Encryption.CLASSIC:
            stream.write(classic_zip({name: inner.read_bytes()}, OUTER_PASSWORD))
            return
        with pyzipper.AESZipFile(stream, "w", pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(OUTER_PASSWORD.encode())
            with inner.open("rb") as source, archive.open(name, "w", force_zip64=True) as member:
                while chunk := source.read(CHUNK):
                    member.write(chunk)


def request_of(sample: Sample, desk: Desk, encryption: Encryption) -> Request:
    """The request in both languages. The password of the inner zip stands in its remarks (備考)."""
    return Request(
        {
            "en": f"Request for analysis of a suspicious file: {_short(sample)}",
            "ja": f"不審ファイルの解析依頼: {_short(sample)}",
        },
        {"en": _text(sample, desk, encryption, 0), "ja": _text(sample, desk, encryption, 1)},
    )


def _short(sample: Sample) -> str:
    return f"{sample.path.replace(chr(92), '/').rpartition('/')[2][:80]} ({sample.host})"


_OPENING = (
    "To: {who}\n\nPlease analyse the attached file and tell us whether it is malicious, and from which pattern on it is found.",
    "{who} 御中\n\n添付ファイルの解析をお願いします。不正なものかどうか、また対応するパターンの番号をお知らせください。",
)
_LABELS = {
    "host": ("Host", "ホスト名"),
    "os": ("Operating system", "OS"),
    "path": ("Path", "ファイルパス"),
    "size": ("Size (bytes)", "サイズ (バイト)"),
    "modified": ("Last modified (ms since 1970 UTC)", "更新日時 (1970 年からのミリ秒、UTC)"),
    "alert": ("Alert", "アラート"),
    "outer": ("Outer zip", "外側の zip"),
}
_OUTER = (
    "submission.zip, password virus ({how})",
    "submission.zip、パスワード virus ({how})",
)
_HOW = {
    Encryption.CLASSIC: ("classic zip encryption, ZipCrypto", "従来の zip 暗号化 (ZipCrypto)"),
    Encryption.AES: ("AES-256", "AES-256"),
}
_REMARKS = ("Remarks", "備考")
_INNER = (
    "The zip inside ({name}) opens with the password: {password}",
    "中の zip ({name}) を開くパスワード: {password}",
)
_WARNING = (
    "Do not open the file inside outside a place made for that.",
    "中のファイルは、解析専用の環境以外では開かないでください。",
)


def _text(sample: Sample, desk: Desk, encryption: Encryption, language: int) -> str:
    who = _RECIPIENTS[desk.recipient][language] + (f" <{desk.address}>" if desk.address else "")
    result = sample.result
    facts = [
        ("host", sample.host),
        ("os", sample.os),
        ("path", sample.path),
        ("size", str(result.get("size_bytes", ""))),
        ("modified", str(result.get("modified_ms", ""))),
        ("alert", sample.alert_id),
        ("outer", _OUTER[language].format(how=_HOW[encryption][language])),
    ]
    hashes = [
        (name.upper().replace("SHA", "SHA-"), str(result[name])) for name in ("sha1", "sha256") if result.get(name)
    ]
    lines = [f"{_LABELS[name][language]}: {_line(value)}" for name, value in facts if value]
    lines[3:3] = [f"{name}: {_line(value)}" for name, value in hashes]
    inner = _INNER[language].format(name=INNER_NAME, password=sample.inner_password)
    return "\n".join(
        [_OPENING[language].format(who=who), "", *lines, "", f"{_REMARKS[language]}: {inner}", _WARNING[language], ""]
    )


INNER_NAME, OUTER_NAME = "sample.zip", "submission.zip"


def _line(value: str) -> str:
    """One line, whatever a hostile host calls its files."""
    return "".join(each if each.isprintable() else "?" for each in value)[:1000]
