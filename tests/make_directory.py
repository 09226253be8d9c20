"""A real OpenLDAP on a free port over TLS, with the password policy overlay, two people, and a twin of two names."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ldap3 import Connection, Server, Tls
from ldap3.core.exceptions import LDAPException

from hinomi.response.accounts.ldap import _close
from tests.make_mail import _wait_for, certificate, free_port

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
pidfile {folder}/pid
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
security simple_bind=128
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw {password}
directory {folder}/db
maxsize 16777216
overlay ppolicy
ppolicy_default "cn=policy,{base}"
access to * by self write by anonymous auth by * none
"""

# stand-ins for what Active Directory has of its own: names and syntax, not its behaviour
_SCHEMA = """
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.96 NAME 'pwdLastSet' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.90 NAME 'unicodePwd' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9999 NAME 'adLike' SUP top AUXILIARY MAY ( sAMAccountName $ userAccountControl $ pwdLastSet $ unicodePwd ) )
"""


def no_slapd() -> str:
    """Why the real server cannot run here; "" when it can."""
    if not Path(SLAPD).exists():
        return "slapd is not installed"
    return "" if Path("/usr/lib/ldap/ppolicy.so").exists() else "slapd has no ppolicy overlay"


class LdapServer:
    def __init__(self, port: int, pem: str) -> None:
        self.port, self.pem = port, pem

    def settings(self, **more: Any) -> dict[str, Any]:
        at = {"host": "localhost", "port": self.port, "security": "ldaps", "ca": self.pem}
        return {**at, "base": f"ou=people,{BASE}", "bind_dn": ADMIN, **more}

    def line(self, dn: str = ADMIN, password: str = ADMIN_PASSWORD) -> Connection:
        tls = Tls(ca_certs_data=self.pem)
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
def ldap_server() -> Iterator[LdapServer]:
    folder, port = Path(tempfile.mkdtemp(prefix="hinomi-ldap-")), free_port()
    pem = certificate(folder)
    (folder / "db").mkdir()
    (folder / "own.schema").write_text(_SCHEMA)
    values = {"folder": folder, "base": BASE, "admin": ADMIN, "password": ADMIN_PASSWORD}
    (folder / "slapd.conf").write_text(_CONFIG.format(**values))
    words = [SLAPD, "-f", str(folder / "slapd.conf"), "-h", f"ldaps://127.0.0.1:{port}/", "-d", "0"]
    server = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"}
    )
    try:
        _wait_for(port, server, folder)
        made = LdapServer(port, pem)
        _fill(made)
        yield made
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


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
    server.add("ad-dora", "dora-secret", sAMAccountName="dora", userAccountControl=512, pwdLastSet=132000000000000000)
    server.add("twin", "x-secret")
    line = server.line()
    assert line.bind()
    assert line.add(f"uid=twin,ou=twins,ou=people,{BASE}", ["inetOrgPerson"], {"sn": "twin", "cn": "twin"}), line.result
    line.unbind()
