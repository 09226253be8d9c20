"""One directory at work: find an account, disable it and back, give it a new password. Only over TLS.

active_directory  disabled: bit 2 of userAccountControl; password: unicodePwd; must change: pwdLastSet 0
                  (Microsoft, [MS-ADTS] 2.2.16, 3.1.1.3.1.5). Not tried against a real one here: see docs.
openldap          disabled: pwdAccountLockedTime 000001010000Z; must change: pwdReset TRUE (overlay ppolicy, slapo-ppolicy(5));
                  password: the Password Modify operation (RFC 3062), so that the server hashes it.
"""

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ldap3 import BASE, MODIFY_ADD, MODIFY_DELETE, MODIFY_REPLACE, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException, LDAPInvalidCredentialsResult, LDAPInvalidDnError, LDAPOperationResult
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from hinomi.errors import InputError, NotFound, Refused, Unavailable

CONNECT_S, ANSWER_S = 10, 15
KINDS = ("active_directory", "openldap")
_NAMES = {"active_directory": "sAMAccountName", "openldap": "uid"}
_STATE = {
    "active_directory": ["userAccountControl", "pwdLastSet"],
    "openldap": ["pwdAccountLockedTime", "pwdReset"],
}
_DISABLED = 0x2  # ADS_UF_ACCOUNTDISABLE
# What a domain controller adds to "invalid credentials" only after it found the password right (Microsoft, LDAP bind error codes):
# not at this hour (530), not from here (531), expired (532), disabled (533), account expired (701), must be changed (773).
_RIGHT_ALL_THE_SAME = re.compile(r"\bdata (530|531|532|533|701|773)\b")
_FOR_EVER = "000001010000Z"  # slapo-ppolicy(5): locked until an administrator unlocks it


class LdapDirectory:
    """`settings`: host, port, security (ldaps | starttls), ca (PEM), base, bind_dn, user_attribute ("" = of the kind)."""

    def __init__(self, name: str, kind: str, settings: Mapping[str, Any], password: str) -> None:
        if kind not in KINDS:
            raise InputError(f"kind: one of {', '.join(KINDS)}")
        if settings.get("security", "ldaps") not in ("ldaps", "starttls"):
            raise InputError("security: ldaps or starttls; a password is never sent in the clear")
        _check(settings)
        self._name, self._kind, self._settings, self._password = name, kind, settings, password

    def state(self, user: str) -> dict[str, Any]:
        """{locked, must_change, dn}; NotFound, Refused when several accounts have that name."""
        with self._bound() as line:
            return self._state(line, self._dn(line, user))

    def set_locked(self, user: str, is_locked: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """The states before and after, as read from the directory."""
        with self._bound() as line:
            dn = self._dn(line, user)
            self._refuse_own(line, dn)
            before = self._state(line, dn)
            if before["locked"] is not is_locked:
                self._change_lock(line, dn, is_locked)
            return before, self._state(line, dn)

    def set_password(self, user: str, password: str) -> dict[str, Any]:
        """The state after; `bind_checked`: whether a log-in with the new password was tried, and taken as right."""
        with self._bound() as line:
            dn = self._dn(line, user)
            self._refuse_own(line, dn)
            if self._kind == "active_directory":
                quoted = f'"{password}"'.encode("utf-16-le")
                self._change(line, dn, {"unicodePwd": [(MODIFY_REPLACE, [quoted])]})
                self._change(line, dn, {"pwdLastSet": [(MODIFY_REPLACE, ["0"])]})
            else:
                self._guarded(lambda: line.extend.standard.modify_password(dn, None, password))
                self._change(line, dn, {"pwdReset": [(MODIFY_REPLACE, ["TRUE"])]})
            after = self._state(line, dn)
        return after | {"bind_checked": self.opens(dn, password)}

    def opens(self, dn: str, password: str) -> bool:
        """Does the directory take this password for right. An account that must change it is answered as such."""
        if not password:
            return False  # an empty one would be an anonymous bind (RFC 4513, 5.1.2)
        try:
            with self._opened(dn, password):
                return True
        except LDAPInvalidCredentialsResult as error:
            return self._kind == "active_directory" and _RIGHT_ALL_THE_SAME.search(str(error)) is not None
        except LDAPException as error:
            raise Unavailable(f"directory {self._name}: {type(error).__name__}") from None

    # ---- within -----------------------------------------------------------------------------------------------------
    def _dn(self, line: Connection, user: str) -> str:
        attribute = str(self._settings.get("user_attribute") or _NAMES[self._kind])
        # the name is data in the filter, whatever characters it holds (RFC 4515, 3)
        wanted = f"({attribute}={escape_filter_chars(user)})"
        self._guarded(
            lambda: line.search(self._settings["base"], wanted, SUBTREE, attributes=[attribute], size_limit=3)
        )
        found = [entry["dn"] for entry in line.response or [] if entry.get("type") == "searchResEntry"]
        if not found:
            raise NotFound(f"no account {user[:64]!r} in directory {self._name}")
        if len(found) > 1:
            raise Refused(f"several accounts are called {user[:64]!r} in directory {self._name}", "Ambiguous")
        return str(found[0])

    def _state(self, line: Connection, dn: str) -> dict[str, Any]:
        self._guarded(lambda: line.search(dn, "(objectClass=*)", BASE, attributes=_STATE[self._kind]))
        entry = next((one for one in line.response or [] if one.get("type") == "searchResEntry"), None)
        if entry is None:
            raise NotFound(f"{dn[:200]} is gone")
        raw = {
            name: [value.decode("utf-8", "replace") for value in values]
            for name, values in entry["raw_attributes"].items()
        }
        if self._kind == "active_directory":
            control = _first(raw, "userAccountControl")
            is_locked = bool(int(control or 0) & _DISABLED)
            return {"dn": dn, "locked": is_locked, "must_change": _first(raw, "pwdLastSet") == "0"}
        locked, reset = _first(raw, "pwdAccountLockedTime"), _first(raw, "pwdReset")
        return {"dn": dn, "locked": locked == _FOR_EVER, "must_change": reset.upper() == "TRUE"}

    def _change_lock(self, line: Connection, dn: str, is_locked: bool) -> None:
        if self._kind == "active_directory":
            self._guarded(lambda: line.search(dn, "(objectClass=*)", BASE, attributes=["userAccountControl"]))
            raw = line.response[0]["raw_attributes"].get("userAccountControl", [b"512"])
            control = int(raw[0])
            wanted = control | _DISABLED if is_locked else control & ~_DISABLED
            # the old value goes, the new one comes: another's change in between is not overwritten
            change = [(MODIFY_DELETE, [str(control)]), (MODIFY_ADD, [str(wanted)])]
            self._change(line, dn, {"userAccountControl": change})
        elif is_locked:
            self._change(line, dn, {"pwdAccountLockedTime": [(MODIFY_REPLACE, [_FOR_EVER])]})
        else:
            self._change(line, dn, {"pwdAccountLockedTime": [(MODIFY_DELETE, [])]})

    def _change(self, line: Connection, dn: str, changes: dict[str, Any]) -> None:
        self._guarded(lambda: line.modify(dn, changes))

    def _refuse_own(self, line: Connection, dn: str) -> None:
        """By DN in any spelling; a domain controller also takes `user@domain` and `DOMAIN\\user` for a log-in."""
        bound = str(self._settings["bind_dn"])
        names = {_plain_dn(dn)}
        if self._kind == "active_directory":
            self._guarded(
                lambda: line.search(dn, "(objectClass=*)", BASE, attributes=["userPrincipalName", "sAMAccountName"])
            )
            names |= _log_ins(line.response or [])
        if _plain_dn(bound) in names or bound.casefold().rpartition("\\")[2] in names:
            raise Refused("this is the account with which Hinomi itself works in the directory", "OwnAccount")

    @contextmanager
    def _bound(self) -> Iterator[Connection]:
        try:
            with self._opened(str(self._settings["bind_dn"]), self._password) as line:
                yield line
        except LDAPException as error:
            raise Unavailable(f"directory {self._name}: {type(error).__name__}: {str(error)[:200]}") from None

    @contextmanager
    def _opened(self, dn: str, password: str) -> Iterator[Connection]:
        host = str(self._settings["host"])
        tls = _Checked(validate=ssl.CERT_REQUIRED, ca_certs_data=self._settings.get("ca") or None)
        is_ldaps = self._settings.get("security", "ldaps") == "ldaps"
        port = int(self._settings.get("port") or (636 if is_ldaps else 389))
        server = Server(host, port, use_ssl=is_ldaps, tls=tls, get_info=NONE, connect_timeout=CONNECT_S)
        line = Connection(
            server,
            dn,
            password,
            raise_exceptions=True,
            receive_timeout=ANSWER_S,
            auto_referrals=False,
            check_names=False,
        )
        try:
            # the library answers False, and goes on in the clear, where it could not begin
            if not is_ldaps and not (line.start_tls() and line.tls_started):
                raise Unavailable(f"directory {self._name}: the server does not begin TLS")
            line.bind()
            yield line
        finally:
            _close(line)

    def _guarded(self, work: Callable[[], Any]) -> None:
        try:
            work()
        except LDAPOperationResult as error:
            name = type(error).__name__.removeprefix("LDAP").removesuffix("Result")
            raise Refused(f"directory {self._name} refuses: {name}: {str(error)[:200]}", "DirectoryRefused") from None


class _Checked(Tls):  # type: ignore[misc]  # the library has no types
    """The name is checked within the handshake, and said to the server (SNI): the library does the first afterwards, by rules of its
    own, and leaves the line open where the name is another."""

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: ARG002
        context = ssl.create_default_context(cadata=self.ca_certs_data)
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


def _check(settings: Mapping[str, Any]) -> None:
    """What would else come to light at the first alert."""
    port = settings.get("port") or 0
    if type(port) is not int or not 0 <= port < 1 << 16:
        raise InputError("port: a number below 65536")
    try:
        ssl.create_default_context(cadata=settings.get("ca") or None)
    except (ssl.SSLError, TypeError, ValueError):
        raise InputError("ca: certificates as PEM text, or nothing for those of this machine") from None


def _plain_dn(dn: str) -> str:
    """One spelling of a DN (RFC 4514); what is none stays as it is, in small letters."""
    try:
        parts = parse_dn(dn, escape=False, strip=True)
    except LDAPInvalidDnError:
        return dn.strip().casefold()
    return "\0".join(f"{name.casefold()}={_unescaped(value).casefold()}{joint}" for name, value, joint in parts)


def _unescaped(value: str) -> str:
    return re.sub(
        r"\\([0-9A-Fa-f]{2}|.)", lambda match: chr(int(match[1], 16)) if len(match[1]) == 2 else match[1], value
    )


def _log_ins(response: list[dict[str, Any]]) -> set[str]:
    """Other names than the DN that an account logs in with, in small letters."""
    entry: Mapping[str, list[bytes]] = next(
        (one["raw_attributes"] for one in response if one.get("type") == "searchResEntry"), {}
    )
    values = [value for name in ("userPrincipalName", "sAMAccountName") for value in entry.get(name, [])]
    return {value.decode("utf-8", "replace").casefold() for value in values}


def _close(line: Connection) -> None:
    """Also the socket that the library leaves open when the other side was quicker."""
    socket = line.socket
    with suppress(LDAPException, OSError):
        line.unbind()
    if socket is not None:
        socket.close()


def _first(raw: Mapping[str, list[str]], name: str) -> str:
    found = next((values for key, values in raw.items() if key.casefold() == name.casefold()), [])
    return found[0] if found else ""
