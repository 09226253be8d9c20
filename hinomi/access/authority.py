"""Our own certificate authority: signs the gateway's certificate and those of the sensors, nobody else's.

A folder `authority/` in the data folder (0700): ca.key and server.key (0600), ca.crt, server.crt. Keys are EC P-256; a
sensor's key is made on the sensor and never comes here.
"""

import ipaddress
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hinomi.errors import InputError

CA_DAYS = 3650
SERVER_DAYS = 397  # what TLS clients accept at most
DEVICE_DAYS = 90
RENEW_DAYS = 30  # so long before the end a certificate is made anew
_BACKDATED = timedelta(hours=1)  # a device's clock may be behind
MAX_CSR_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Certificate:
    """`serial` is hexadecimal; `pem` the certificate alone."""

    serial: str
    pem: str
    expires_ms: int


class Authority:
    """`clock`: seconds since 1970 UTC. Makes its key and certificate at the first use of a folder."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._folder, self._clock = folder, clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key = _kept_key(folder / "ca.key")
        self._certificate = self._kept_certificate()

    @property
    def certificate_pem(self) -> str:
        return _pem(self._certificate)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate (DER): what an enrolment carries so that a sensor knows the right server."""
        return self._certificate.fingerprint(hashes.SHA256()).hex()

    def issue(self, csr_pem: str, sensor: str, days: float = DEVICE_DAYS) -> Certificate:
        """A certificate for the key of the request; whatever else the request says is passed over. InputError."""
        key = _requested_key(csr_pem)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, sensor)])
        builder = self._builder(name, key, days).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True
        )
        signed = builder.sign(self._key, hashes.SHA256())
        return Certificate(f"{signed.serial_number:x}", _pem(signed), _ms(signed.not_valid_after_utc))

    def server_context(self, names: Sequence[str]) -> ssl.SSLContext:
        """TLS for the gateway under these names and addresses; asks for a client's certificate, and takes none of others."""
        self._renew_server(names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._folder / "server.crt", self._folder / "server.key")
        context.load_verify_locations(cadata=self.certificate_pem)
        context.verify_mode = ssl.CERT_OPTIONAL  # the route of enrolment has none to show; all others look
        context.num_tickets = 0  # every connection shows its certificate anew
        return context

    def _renew_server(self, names: Sequence[str]) -> None:
        path = self._folder / "server.crt"
        wanted = _alternative_names(names)
        if path.is_file() and self._still_holds(path, wanted):
            return
        key = _kept_key(self._folder / "server.key")
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hinomi gateway")])
        builder = self._builder(name, key.public_key(), SERVER_DAYS)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=True)
        signed = builder.add_extension(wanted, critical=False).sign(self._key, hashes.SHA256())
        _write(path, _pem(signed).encode(), 0o644)

    def _still_holds(self, path: Path, wanted: x509.SubjectAlternativeName) -> bool:
        try:
            known = x509.load_pem_x509_certificate(path.read_bytes())
            names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            known.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
            return False
        return names == wanted and known.not_valid_after_utc - timedelta(days=RENEW_DAYS) > self._now()

    def _kept_certificate(self) -> x509.Certificate:
        path = self._folder / "ca.crt"
        if path.is_file():
            return x509.load_pem_x509_certificate(path.read_bytes())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hinomi sensor authority")])
        builder = self._builder(name, self._key.public_key(), CA_DAYS, is_authority=True)
        made = builder.sign(self._key, hashes.SHA256())
        _write(path, _pem(made).encode(), 0o644)
        return made

    def _builder(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, days: float, *, is_authority: bool = False
    ) -> x509.CertificateBuilder:
        issuer = name if is_authority else self._certificate.subject
        now = self._now()
        usage = x509.KeyUsage(
            digital_signature=not is_authority,
            key_cert_sign=is_authority,
            crl_sign=is_authority,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BACKDATED)
            .not_valid_after(now + timedelta(days=days))
            .add_extension(
                x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True
            )
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _requested_key(csr_pem: str) -> ec.EllipticCurvePublicKey:
    """The key of a request that was made by its holder."""
    if len(csr_pem) > MAX_CSR_BYTES:
        raise InputError(f"the certificate request has more than {MAX_CSR_BYTES} bytes")
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode(errors="replace"))
        key = request.public_key()
        is_its_own = request.is_signature_valid
    except (ValueError, TypeError, InvalidSignature) as error:
        raise InputError(f"the certificate request cannot be read: {error}") from None
    if not is_its_own:
        raise InputError("the certificate request is not signed by the key that it names")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InputError("the key of the certificate request is not one of the curve P-256")
    return key


def _alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            try:
                found.append(x509.DNSName(name))
            except ValueError:
                raise InputError(f"gateway_names: {name!r} is neither a host name nor an address") from None
    return x509.SubjectAlternativeName(found)


def _kept_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in the file, 0600; made when there is none."""
    try:
        kept = serialization.load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        made = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        _write(path, made.private_bytes(serialization.Encoding.PEM, *form), 0o600)
        return made
    if not isinstance(kept, ec.EllipticCurvePrivateKey):
        raise InputError(f"{path} holds a key of another kind")
    return kept


def _write(path: Path, content: bytes, mode: int) -> None:
    """All of it or nothing: a half-written key would lock every sensor out."""
    draft = path.with_suffix(f"{path.suffix}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
