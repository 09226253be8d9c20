"""A host becomes a sensor: with an enrolment text it gets its identity, once.

The key is made here. The authority's certificate is fetched before anything is trusted and must have the fingerprint that the
text carries; only then the token is sent, over TLS that trusts this authority alone.
"""

import hmac
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

import orjson

from hinomi.errors import Conflict, HinomiError, InputError, Unauthorised, Unavailable
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.identity import (
    Identity,
    IdentityKeeper,
    checked_certificate,
    fingerprint,
    make_key,
    new_epoch,
    trusting,
)
from hinomi.sensor.link import Answer, Link
from hinomi.wire.enrolment import EnrolmentText, read_enrolment
from hinomi.wire.shape import most, read_shape


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The server's answer. `command_key` and `update_key`: raw Ed25519 public keys."""

    sensor: str = field(metadata=most(36))
    certificate: str = field(metadata=most(16_384))
    command_key: bytes = field(default=b"", metadata=most(32))
    update_key: bytes = field(default=b"", metadata=most(32))
    command_epoch: int = 0


def enrol(text: str, folder: SensorFolder, host: str) -> Identity:
    """The new identity, on disk. Conflict when there is one; Unauthorised for the token; InputError; Unavailable."""
    wanted = read_enrolment(text)
    keeper = IdentityKeeper(folder)
    if keeper.is_enrolled:
        raise Conflict(f"{folder.path} holds an enrolled sensor already; take it away with: hinomi sensor uninstall")
    folder.make()
    with folder.hold():
        authority = _trusted_authority(wanted)
        private, request = make_key()
        answer = _asked(wanted, authority, {"token": wanted.token, "csr": request, "name": host})
        folder.write("sensor.pem", checked_certificate(answer.certificate, private) + private)
        folder.write("authority.crt", authority.encode())
        identity = Identity(
            guid=answer.sensor,
            url=wanted.url,
            epoch=new_epoch(),
            command_key=answer.command_key,
            update_key=answer.update_key,
            command_epoch=answer.command_epoch,
            enrolled_ms=int(time.time() * 1000),
        )
        keeper.save(identity)
    return identity


def renew(folder: SensorFolder, link: Link) -> None:
    """A new key and certificate for this sensor, asked for with the present ones. HinomiError; then all is as before."""
    private, request = make_key()
    answer = link.ask("POST", "/sensor/v1/renew", orjson.dumps({"csr": request}), {"Content-Type": "application/json"})
    found = _read(answer)
    certificate = found.get("certificate") if isinstance(found, dict) else None
    if not isinstance(certificate, str):
        raise InputError("the server's answer holds no certificate")
    folder.write("sensor.pem", checked_certificate(certificate, private) + private)


def _trusted_authority(wanted: EnrolmentText) -> str:
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE  # the fingerprint is the trust
    answer = Link(wanted.url, blind).ask("GET", "/sensor/v1/authority")
    pem = answer.body.decode(errors="replace")
    if answer.status != 200 or not hmac.compare_digest(fingerprint(pem), wanted.ca_sha256):
        raise InputError("the server there is not the one that made the enrolment text; somebody may stand between")
    return pem


def _asked(wanted: EnrolmentText, authority: str, question: dict[str, Any]) -> Enrolled:
    link = Link(wanted.url, trusting(authority))
    answer = link.ask("POST", "/sensor/v1/enrol", orjson.dumps(question), {"Content-Type": "application/json"})
    return read_shape(Enrolled, _read(answer), "enrolment answer")


def _read(answer: Answer) -> Any:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        found = None
    if answer.status == 200 and found is not None:
        return found
    told = found.get("message") if isinstance(found, dict) else None
    message = told if isinstance(told, str) else f"the server answers with {answer.status}"
    raise _refusals.get(answer.status, Unavailable)(message[:500])


_refusals: dict[int, type[HinomiError]] = {400: InputError, 401: Unauthorised, 403: Unauthorised, 413: InputError}
