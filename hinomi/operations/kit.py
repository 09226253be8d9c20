"""The collector kit, built for one organisation: a file that runs on a host without our sensor and encrypts to this server.

    Linux    one shell script with a Python zip behind it: where Python 3.7 is there that runs, else the shell itself
    Windows  one PowerShell script (not yet run on Windows)

The key is RSA, because hosts have nothing but Python's own library: RSA-OAEP is a page of arithmetic, curves are not.
"""

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hinomi.errors import InputError, NotFound

PLATFORMS = ("linux", "windows")
_KEY_BITS = 3072
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same kit is the same bytes


class KitKey:
    """The private key that opens what kits of this server collected; made once, 0600."""

    def __init__(self, path: Path) -> None:
        self._key = _key(path)
        numbers = self._key.public_key().public_numbers()
        self.modulus, self.exponent = numbers.n, numbers.e
        self.pem = (
            self._key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
        self.id = hashlib.sha256(self.pem.encode()).hexdigest()[:16]

    def open(self, sealed: bytes) -> str:
        """The password; InputError when it was sealed for another server."""
        try:
            found = self._key.decrypt(sealed, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
            return found.decode("ascii")
        except ValueError:
            raise InputError("this was collected for another server: its password cannot be opened here") from None


def _key(path: Path) -> rsa.RSAPrivateKey:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(found, rsa.RSAPrivateKey)  # noqa: S101  (we wrote it)
        return found
    made = rsa.generate_private_key(65537, _KEY_BITS)
    with os.fdopen(handle, "wb") as stream:
        stream.write(
            made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        stream.flush()
        os.fsync(stream.fileno())
    return made


@dataclass(frozen=True, slots=True)
class Kit:
    platform: str
    name: str
    content: bytes
    is_tested: bool  # run on that system by us

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class KitBuilder:
    """`source`: the folder kit/; `evidence`: the folder of the collection's modules, which the kit packs."""

    def __init__(self, source: Path, evidence: Path, org: str, version: str, key: KitKey) -> None:
        self._source, self._evidence, self._org, self._version = source, evidence, org, version
        self._key = key

    def build(self, platform: str) -> Kit:
        if platform == "linux":
            script = self._filled("linux/collect.sh") + b"\n"
            return Kit(platform, "hinomi-kit-linux.sh", script + self._packed(), is_tested=True)
        if platform == "windows":
            text = self._filled("windows/collect.ps1").replace(b"\n", b"\r\n")
            return Kit(platform, "hinomi-kit-windows.ps1", text, is_tested=False)
        raise NotFound(f"there is no kit for {platform[:40]!r}; there are: {', '.join(PLATFORMS)}")

    def _filled(self, name: str) -> bytes:
        text = (self._source / name).read_text()
        for mark, value in (
            ("@ORG@", self._org),
            ("@VERSION@", self._version),
            ("@PUBLIC_KEY@", self._key.pem.strip()),
            ("@KEY_N@", f"{self._key.modulus:x}"),
        ):
            text = text.replace(mark, value)
        return text.encode()

    def _packed(self) -> bytes:
        """The zip that Python finds behind the script."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, "__main__.py", (self._source / "linux/__main__.py").read_bytes())
            for path in sorted(self._evidence.glob("*.py")):
                _add(archive, f"evidence/{path.name}", path.read_bytes())
            _add(archive, "kit_config.json", orjson.dumps(self._configuration()))
        return made.getvalue()

    def _configuration(self) -> dict[str, object]:
        key = {"id": self._key.id, "n": f"{self._key.modulus:x}", "e": self._key.exponent}
        return {"org": self._org, "version": self._version, "key": key}


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _MOMENT), data, zipfile.ZIP_DEFLATED)
