"""The text that a person carries from the server to a new sensor: where the server is, a one-time token, whom to trust.

hs1.<base64url of JSON {"url", "token", "ca_sha256"}>
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

from hinomi.errors import InputError
from hinomi.wire.shape import most, read_shape, write_shape

_MARK = "hs1."
_MAX = 4096


@dataclass(frozen=True, slots=True)
class EnrolmentText:
    """`url`: https://host:port of the gateway. `ca_sha256`: of the authority's certificate (DER), 64 hex digits."""

    url: str = field(metadata=most(512))
    token: str = field(metadata=most(256), repr=False)
    ca_sha256: str = field(metadata=most(64))


def write_enrolment(text: EnrolmentText) -> str:
    return _MARK + base64.urlsafe_b64encode(orjson.dumps(write_shape(text))).decode().rstrip("=")


def read_enrolment(text: str) -> EnrolmentText:
    """InputError for anything else."""
    text = text.strip()
    if not text.startswith(_MARK) or len(text) > _MAX:
        raise InputError(f"an enrolment text begins with {_MARK}; make one with: hinomi sensor token")
    body = text.removeprefix(_MARK)
    try:
        given = orjson.loads(base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise InputError("the enrolment text is damaged; copy all of it") from None
    found = read_shape(EnrolmentText, given, "enrolment")
    split = urlsplit(found.url)
    if split.scheme != "https" or not split.hostname or not re.fullmatch(r"[0-9a-f]{64}", found.ca_sha256):
        raise InputError("the enrolment text is damaged; copy all of it")
    return found
