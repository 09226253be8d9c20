"""A real OpenLDAP on a free port over TLS, with the password policy overlay, two people, and a twin of two names."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ldap3 import Connection, Server, Tls
from ldap3.core.exceptions import LDAPException

from hinomi.response.accounts.ldap import _close
from tests.make_mail import _wait_for, authority, free_port

BASE = "dc=example,dc=com"
ADMIN = f"cn=admin,{BASE}"
ADMIN_PASSWORD = "admin-secret"
SLAPD = "/usr/sbin/slapd"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include {folder}/own.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload constraint
pidfile {folder}/pid
{tls}
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw {password}
directory {folder}/db
maxsize 16777216
overlay ppolicy
ppolicy_default "cn=policy,{base}"
overlay constraint
constraint_attribute pwdLastSet regex "^(0|-1|1[0-9]+)$"
access to * by self write by anonymous auth by * none
"""

_TLS = """
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
security simple_bind=128 update_ssf=128
"""

# stand-ins for what Active Directory has of its own: names and syntax, not its behaviour
_SCHEMA = """
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.96 NAME 'pwdLastSet' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.90 NAME 'unicodePwd' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9999 NAME 'adLike' SUP top AUXILIARY MAY ( sAMAccountName $ userAccountControl $ pwdLastSet $ unicodePwd $ userPrincipalName ) )
"""


def no_slapd() -> str:
    """Why the real server cannot run here; "" when it can."""
    if not Path(SLAPD).exists():
        return "slapd is not installed"
    return "" if Path("/usr/lib/ldap/ppolicy.so").exists() else "slapd has no ppolicy overlay"


class LdapServer:
    """`port` speaks TLS from the start, `plain_port` after StartTLS; `pem`: of the authority."""

    def __init__(self, port: int, plain_port: int, pem: str) -> None:
        self.port, self.plain_port, self.pem = port, plain_port, pem

    stop: Callable[[], None]

    def settings(self, **more: Any) -> dict[str, Any]:
        port = self.plain_port if more.get("security") == "starttls" else self.port
        at = {"host": "localhost", "port": port, "security": "ldaps", "ca": self.pem}
        return {**at, "base": f"ou=people,{BASE}", "bind_dn": ADMIN, **more}

    def line(self, dn: str = ADMIN, password: str = ADMIN_PASSWORD) -> Connection:
        tls = Tls()  # a maker's own errands; what the product checks is not checked here
        return Connection(Server("localhost", self.port, use_ssl=True, tls=tls, get_info="NO_INFO"), dn, password)

    def lets_in(self, user: str, password: str) -> bool:
        """What a log-in by that person finds."""
        line = self.line(f"uid={user},ou=people,{BASE}", password)
        try:
            return bool(line.bind())
        except LDAPException:
            return False
        finally:
            _close(line)

    def add(self, user: str, password: str, **more: Any) -> None:
        line = self.line()
        assert line.bind(), line.result
        attributes = {"sn": user, "cn": user, "userPassword": password, **more}
        classes = ["inetOrgPerson", "adLike"]
        dn = f"uid={user},{'ou=people,' + BASE}"
        assert line.add(dn, classes, attributes), line.result
        line.unbind()


@contextmanager
def ldap_server(name: str = "localhost", *, has_tls: bool = True) -> Iterator[LdapServer]:
    """With an authority of its own, and a certificate for `name`; without TLS it is empty."""
    folder, port, plain_port = Path(tempfile.mkdtemp(prefix="hinomi-ldap-")), free_port(), free_port()
    pem = authority(folder, name)
    (folder / "db").mkdir()
    (folder / "own.schema").write_text(_SCHEMA)
    values = {"folder": folder, "base": BASE, "admin": ADMIN, "password": ADMIN_PASSWORD}
    values["tls"] = _TLS.format(**values) if has_tls else ""
    (folder / "slapd.conf").write_text(_CONFIG.format(**values))
    words = [SLAPD, "-f", str(folder / "slapd.conf"), "-d", "0"]
    tls_too = f"ldaps://127.0.0.1:{port}/ " if has_tls else ""
    words += ["-h", f"{tls_too}ldap://127.0.0.1:{plain_port}/"]
    server = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"}
    )
    try:
        _wait_for(plain_port, server, folder)
        made = LdapServer(port, plain_port, pem)
        made.stop = lambda: _stop(server)
        if has_tls:
            _fill(made)
        yield made
    finally:
        _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)


@contextmanager
def wire_to(port: int) -> Iterator[tuple[int, bytearray]]:
    """(a port that leads to that one, all that clients sent through it)"""
    heard = bytearray()
    door = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, to: socket.socket, *, is_client: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                heard.extend(piece if is_client else b"")
                to.sendall(piece)
        for one in (source, to):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def listen() -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as lines:
            while True:
                client = lines.enter_context(door.accept()[0])
                server = lines.enter_context(socket.create_connection(("127.0.0.1", port)))
                for ends in ((client, server, True), (server, client, False)):
                    one = threading.Thread(target=carry, args=ends[:2], kwargs={"is_client": ends[2]})
                    lines.callback(one.join)
                    one.start()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        yield int(door.getsockname()[1]), heard
    finally:
        door.shutdown(socket.SHUT_RDWR)
        listener.join()
        door.close()


def _fill(server: LdapServer) -> None:
    line = server.line()
    assert line.bind(), line.result
    for dn, classes, attributes in (
        (BASE, ["dcObject", "organization"], {"dc": "example", "o": "Example"}),
        (f"ou=people,{BASE}", ["organizationalUnit"], {"ou": "people"}),
        (f"ou=twins,ou=people,{BASE}", ["organizationalUnit"], {"ou": "twins"}),
        (
            f"cn=policy,{BASE}",
            ["pwdPolicy", "organizationalRole"],
            {"cn": "policy", "pwdAttribute": "userPassword", "pwdLockout": "TRUE", "pwdMustChange": "TRUE"},
        ),
    ):
        assert line.add(dn, classes, attributes), (dn, line.result)
    line.unbind()
    server.add("anna", "anna-secret")
    server.add("ben", "ben-secret")
    server.add(
        "ad-dora",
        "dora-secret",
        sAMAccountName="dora",
        userPrincipalName="dora@corp.example",
        userAccountControl=66048,
        pwdLastSet=132000000000000000,
    )
    server.add("twin", "x-secret")
    line = server.line()
    assert line.bind()
    assert line.add(f"uid=twin,ou=twins,ou=people,{BASE}", ["inetOrgPerson"], {"sn": "twin", "cn": "twin"}), line.result
    line.unbind()
