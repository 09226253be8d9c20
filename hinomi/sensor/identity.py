"""Who this sensor is: its GUID, its key (made here, never leaves), its certificate, whom it trusts."""

import secrets
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hinomi.errors import InputError, NotFound
from hinomi.sensor.folder import SensorFolder
from hinomi.wire.shape import most, read_shape, write_shape

_FILE = "identity.json"
_CONNECTION = "connection"
RENEW_SHARE = 1 / 3  # of a certificate's life that is left when it is renewed


@dataclass(frozen=True, slots=True)
class Identity:
    """`url`: of the gateway. `command_key`, `update_key`: raw Ed25519 public keys (32 bytes; empty: none is trusted).

    `epoch`: 16 hex digits of this life of the sensor: new at enrolment and when the spool was lost. `command_epoch`: the least
    number of the command key's life that is obeyed.
    """

    guid: str = field(metadata=most(36))
    url: str = field(metadata=most(512))
    epoch: str = field(metadata=most(16))
    command_key: bytes = field(default=b"", metadata=most(32))
    update_key: bytes = field(default=b"", metadata=most(32))
    command_epoch: int = 0
    enrolled_ms: int = 0

    @property
    def command_verifier(self) -> Ed25519PublicKey | None:
        return Ed25519PublicKey.from_public_bytes(self.command_key) if self.command_key else None


def new_epoch() -> str:
    return secrets.token_hex(8)


class IdentityKeeper:
    """The identity in a sensor's folder."""

    def __init__(self, folder: SensorFolder) -> None:
        self._folder = folder
        # certificate and key in one file: replaced at once, they always fit each other
        self.certificate_path = folder.path / "sensor.pem"
        self.authority_path = folder.path / "authority.crt"

    @property
    def is_enrolled(self) -> bool:
        return (self._folder.path / _FILE).is_file()

    def load(self) -> Identity:
        """NotFound when this folder was not enrolled."""
        kept = self._folder.read_json(_FILE)
        if kept is None:
            raise NotFound(f"{self._folder.path} holds no enrolled sensor; enrol it with: hinomi sensor enrol TEXT")
        return read_shape(Identity, kept, _FILE)

    def save(self, identity: Identity) -> None:
        self._folder.write_json(_FILE, write_shape(identity))

    def next_connection(self) -> int:
        """The number of the next connection, on disk before it is used."""
        try:
            before = int((self._folder.path / _CONNECTION).read_text())
        except (OSError, ValueError):
            before = 0
        self._folder.write(_CONNECTION, b"%d" % (before + 1))
        return before + 1

    def context(self) -> ssl.SSLContext:
        """TLS with this sensor's certificate, trusting our authority alone."""
        context = trusting(self.authority_path.read_text())
        context.load_cert_chain(self.certificate_path)
        return context

    def is_renewal_due(self, now: datetime | None = None) -> bool:
        """Whether a third or less of the certificate's life is left."""
        kept = x509.load_pem_x509_certificate(self.certificate_path.read_bytes())
        begins, ends = kept.not_valid_before_utc, kept.not_valid_after_utc
        return (now or datetime.now(UTC)) >= ends - (ends - begins) * RENEW_SHARE


def trusting(authority_pem: str) -> ssl.SSLContext:
    """TLS that trusts one authority and checks the name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority_pem)
    return context


def make_key() -> tuple[bytes, str]:
    """(private key as PEM, certificate request as PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, request.public_bytes(pem).decode()


def checked_certificate(pem: str, private: bytes) -> bytes:
    """The certificate's bytes, when it is for this key; InputError."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        key = serialization.load_pem_private_key(private, None)
    except ValueError as error:
        raise InputError(f"the server's certificate for this sensor cannot be read: {error}") from None
    if certificate.public_key() != key.public_key():
        raise InputError("the server's certificate is for another key")
    return pem.encode()


def fingerprint(authority_pem: str) -> str:
    """SHA-256 (DER) as 64 hex digits; InputError."""
    try:
        return x509.load_pem_x509_certificate(authority_pem.encode()).fingerprint(hashes.SHA256()).hex()
    except ValueError as error:
        raise InputError(f"the authority's certificate cannot be read: {error}") from None
