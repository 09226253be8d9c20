"""One mail as bytes -> what is said of it. Mails are hostile: whatever cannot be read is left out, and nothing is unbounded."""

import hashlib
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

MAX_MESSAGE_BYTES = 32 << 20
MAX_PARTS = 500
MAX_SUBJECT = 300
# what the parser of the standard library stumbles over in hostile mails
_TRAPS = (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError, MessageError)
_ID = re.compile(r"<[^\s<>\\\"\x00-\x1f\x7f-\uffff]{1,900}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    sha1: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Letter:
    """`message_id` with its angle brackets; "" when there is none that can be read."""

    message_id: str
    subject: str
    sender: str
    sha256: str
    size_bytes: int
    attachments: tuple[Attachment, ...]


def as_message_id(text: str) -> str:
    """In its one spelling, `<...>`; "" for what is none."""
    text = text.strip()
    text = text if text.startswith("<") else f"<{text}>"
    return text if _ID.fullmatch(text) else ""


def read_letter(raw: bytes) -> Letter:
    """Never raises on what is in a mail."""
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
        attachments = tuple(_attachments(message))
    except _TRAPS:
        message, attachments = _head(raw), ()
    return Letter(
        as_message_id(_header(message, "Message-ID")),
        _header(message, "Subject"),
        _header(message, "From"),
        hashlib.sha256(raw).hexdigest(),
        len(raw),
        attachments,
    )


def _head(raw: bytes) -> Message:
    try:
        return BytesParser(policy=compat32).parsebytes(raw[: 64 << 10], headersonly=True)
    except _TRAPS:
        return Message()


def _header(message: Message, name: str) -> str:
    """As a person reads it, in one line, without what turns text round."""
    try:
        given = message.get(name, "")
        text = str(make_header(decode_header(given)))
    except _TRAPS:
        text = str(message.get(name, "") or "")
    text = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", text).strip()[: MAX_SUBJECT if name != "Message-ID" else 998]


def _attachments(message: Message) -> list[Attachment]:
    found: list[Attachment] = []
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            break
        if part.is_multipart():
            continue
        name = part.get_filename() or ""
        is_text = part.get_content_maintype() == "text" and not name and part.get_content_disposition() != "attachment"
        data = None if is_text else part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            shown = _CONTROL.sub(" ", name.encode("utf-8", "replace").decode())[:255]
            sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
            found.append(Attachment(shown, sha1, hashlib.sha256(data).hexdigest(), len(data)))
    return found
