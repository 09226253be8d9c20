"""Makers for tests of mail: letters, Maildirs, and a real IMAP server (Dovecot) with a master user, over TLS."""

import datetime as dt
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ID = "<invoice-7@example.com>"
SAMPLE = b"MZ not really a program"


def letter(
    message_id: str = ID, subject: str = "請求書のご確認", to: str = "anna@example.com", sample: bytes = SAMPLE
) -> bytes:
    made = EmailMessage()
    made["Message-ID"], made["Subject"], made["To"], made["From"] = message_id, subject, to, "mallory@example.net"
    made["Date"] = "Mon, 16 Nov 2026 09:00:00 +0000"
    made.set_content("See the invoice.")
    if sample:
        made.add_attachment(sample, maintype="application", subtype="octet-stream", filename="請求書.exe")
    return made.as_bytes().replace(b"\n", b"\r\n")


def maildir(root: Path, mailbox: str, folder: str = "") -> Path:
    box = root / mailbox / (f".{folder}" if folder else "")
    for part in ("cur", "new", "tmp"):
        (box / part).mkdir(parents=True, exist_ok=True)
    if folder:
        maildir(root, mailbox)
    return box


def deliver(box: Path, raw: bytes, name: str = "1700000000.M1.host:2,S") -> Path:
    path = box / "cur" / name
    path.write_bytes(raw)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def certificate(folder: Path) -> str:
    """A key and a certificate for 127.0.0.1 in the folder, its own authority; the certificate as PEM text."""
    return _signed("localhost", folder)


def authority(folder: Path, name: str = "localhost") -> str:
    """As `certificate`, for the name alone and signed by an authority: PEM text of that authority."""
    return _signed(name, folder, is_own=False)


def _signed(name: str, folder: Path, *, is_own: bool = True) -> str:
    key, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if is_own:
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = _certificate(
        name, key, name if is_own else "authority", key if is_own else signer, names, is_authority=is_own
    )
    top = made if is_own else _certificate("authority", signer, "authority", signer, [], is_authority=True)
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return top.public_bytes(serialization.Encoding.PEM).decode()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
    *,
    is_authority: bool,
) -> x509.Certificate:
    called = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer)]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called[0])
        .issuer_name(called[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(signer, hashes.SHA256())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def no_dovecot() -> str:
    """Why the real server cannot run here; "" when it can."""
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None:
        return "dovecot is not installed (Debian: dovecot-imapd)"
    return "" if os.getuid() == 0 else "dovecot's processes change users: needs root"


_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
auth_master_user_separator = *
passdb {{
  driver = passwd-file
  args = {folder}/masters
  master = yes
  result_success = continue-ok
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
"""


class ImapServer:
    def __init__(self, folder: Path, port: int, pem: str) -> None:
        self.folder, self.port, self.pem = folder, port, pem

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    def settings(self, mailboxes: list[str]) -> dict[str, Any]:
        at = {"host": "127.0.0.1", "port": self.port, "security": "tls", "ca": self.pem}
        return {**at, "mailboxes": mailboxes, "login": "{mailbox}*hinomi"}

    secret = {"password": "master-secret"}  # noqa: RUF012

    def deliver(self, user: str, raw: bytes, folder: str = "", name: str = "1700000000.M1.host:2,S") -> Path:
        path = deliver(maildir(self.mail, user, folder), raw, name)
        owner = pwd.getpwnam("nobody")
        for one in [self.mail / user, *(self.mail / user).rglob("*")]:
            os.chown(one, owner.pw_uid, owner.pw_gid)
        return path


@contextmanager
def imap_server(users: tuple[str, ...] = ("anna", "ben", "chie")) -> Iterator[ImapServer]:
    folder, port, owner = Path(tempfile.mkdtemp(prefix="hinomi-imap-")), free_port(), pwd.getpwnam("nobody")
    folder.chmod(0o711)  # the mail processes are nobody's
    pem = certificate(folder)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    (folder / "users").write_text("".join(f"{user}:{{PLAIN}}own-{user}\n" for user in users))
    (folder / "masters").write_text("hinomi:{PLAIN}master-secret\n")
    values = {"folder": folder, "port": port, "uid": owner.pw_uid, "gid": owner.pw_gid}
    (folder / "dovecot.conf").write_text(_CONFIG.format(**values))
    server = subprocess.Popen(
        ["/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(port, server, folder)
        yield ImapServer(folder, port, pem)
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Until it answers; its own words when it ended instead."""
    while server.poll() is None:
        with socket.socket() as line:
            line.settimeout(0.2)
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
    log = (folder / "log").read_text() if (folder / "log").exists() else ""
    raise AssertionError(f"dovecot did not start: {server.stdout.read() if server.stdout else b''!r} {log}")
