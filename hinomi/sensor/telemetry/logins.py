"""Logins in the words of the sensor, from what tells of them: PAM's messages in the audit, lines of logs, utmp records.

Everything here is `(kind, data)` of docs/reference/sensor-telemetry.md. Names are chosen by who knocks: nothing of them is trusted.
"""

import ipaddress
import re
from typing import Any

from hinomi.sensor.telemetry import audit_events as audit

Said = tuple[str, dict[str, Any]]

USER_AUTH, USER_START, USER_END, USER_LOGIN = 1100, 1105, 1106, 1112  # linux/audit.h
AUDIT_TYPES = (USER_AUTH, USER_START, USER_END, USER_LOGIN)
LONGEST_NAME = 256
_FROM_AFAR = frozenset(
    ("sshd", "sshd-session", "sshd-auth", "dropbear", "vsftpd", "proftpd", "pure-ftpd", "smbd", "xrdp-sesman", "cockpit-session",
     "in.telnetd", "in.rlogind", "in.rshd")
)  # fmt: skip
_SWITCHES = frozenset(("su", "sudo", "su-l", "sudo-i", "runuser", "pkexec", "doas", "polkit-agent-helper-1"))
# sessions that nobody opened: jobs and the user's service manager
_NOBODY = frozenset(("cron", "crond", "atd", "anacron", "systemd", "systemd-user", "(systemd)", "systemd-executor"))


def type_of(service: str, source: str | None) -> str | None:
    """network, local, switch (another account from within a session); None for what is no login."""
    if service in _NOBODY:
        return None
    if service in _SWITCHES:
        return "switch"
    return "network" if service in _FROM_AFAR or source else "local"


# ---- the audit -------------------------------------------------------------------------------------------------------
def of_audit(kind: int, body: bytes) -> tuple[int | None, Said] | None:
    """(pid of who told it, what was said) of a message from PAM or sshd; None for everything else.

    PAM tells an attempt once (authentication) and a session at both ends; programs tell the same again by themselves, and
    that is passed over, but for sshd's word that it does not know the account.
    """
    outer, _, inner = body.partition(b"msg='")
    told = audit.fields_of(inner.rstrip(b"\0\n '"))
    failed = told.get(b"res") == b"failed"
    named = told.get(b"op", b"")
    account = _account(audit.text_of(told.get(b"acct")))
    if kind in (USER_START, USER_END):
        if failed or named not in (b"PAM:session_open", b"PAM:session_close"):
            return None
    elif not failed or not (named == b"PAM:authentication" or (kind == USER_LOGIN and account is None)):
        return None
    service = (audit.text_of(told.get(b"exe")) or "").rpartition("/")[2]
    source = address(_word(told.get(b"addr")))
    sort = type_of(service, source)
    if sort is None:
        return None
    data: dict[str, Any] = {
        "target_user": account,
        "service": service or None,
        "type": sort,
        "src": source,
        "from_host": _host(_word(told.get(b"hostname")), source),
        "tty": _word(told.get(b"terminal")),
    }
    about = audit.fields_of(outer)
    data["session"] = audit.number_of(about.get(b"ses"))
    if kind != USER_END:
        data["result"] = "failure" if failed else "success"
    return audit.number_of(about.get(b"pid")), ("logout" if kind == USER_END else "login", told_only(data))


def _account(name: str | None) -> str | None:
    """Programs write (unknown), (invalid user) or ? for an account that is not there."""
    return None if not name or name[:1] in "(?" else name[:LONGEST_NAME]


def _word(value: bytes | None) -> str | None:
    return value.decode(errors="replace")[:LONGEST_NAME] if value and value != b"?" else None


def _host(name: str | None, source: str | None) -> str | None:
    return name if name and name != source and address(name) is None else None


# ---- lines of logs ---------------------------------------------------------------------------------------------------
# Names come first and stand to the last "from ADDRESS port N": whoever logs in as `x from 1.2.3.4 port 1` fools nobody.
_SSHD = re.compile(
    r"(?P<how>Accepted|Failed) (?P<method>[a-z-]+(?:/[a-z-]+)?) for (?P<unknown>invalid user )?(?P<user>.*) "
    r"from (?P<src>[0-9A-Fa-f.:%\w]+) port (?P<spt>\d{1,5})(?: ssh2.*)?",
    re.DOTALL,
)
_PAM_SESSION = re.compile(
    r"pam_unix\((?P<service>[\w-]{1,32}):session\): session (?P<what>opened|closed) for user (?P<user>.{1,256}?)(?:\(uid=\d+\))?(?: by .*)?"
)
_PAM_FAILED = re.compile(
    r"pam_unix\((?P<service>[\w-]{1,32}):auth\): authentication failure;.{0,600}? tty=(?P<tty>\S*).{0,300}? rhost=(?P<src>\S*)(?:\s+user=(?P<user>.{1,256}))?"
)


def of_log(program: str, message: str) -> Said | None:
    """A line of sshd, su, sudo, login and of PAM in others' name."""
    message = message[:2048].strip()
    if program in _FROM_AFAR and (found := _SSHD.fullmatch(message)):
        return _of_sshd(found)
    if found := _PAM_SESSION.fullmatch(message):
        return _of_session(found)
    if (found := _PAM_FAILED.fullmatch(message)) and found["service"] not in _FROM_AFAR:
        source = address(found["src"])
        sort = type_of(found["service"], source)
        if sort is None:
            return None
        data = {"target_user": found["user"], "service": found["service"], "type": sort, "src": source}
        data |= {"tty": found["tty"] or None, "method": "password", "result": "failure"}
        return "login", told_only(data)
    return None


def _of_sshd(found: re.Match[str]) -> Said:
    data = {
        "target_user": found["user"][:LONGEST_NAME] or None,
        "service": "sshd",
        "type": "network",
        "method": found["method"],
        "src": address(found["src"]),
        "spt": int(found["spt"]),
        "result": "success" if found["how"] == "Accepted" else "failure",
    }
    return "login", told_only(data)


def _of_session(found: re.Match[str]) -> Said | None:
    service, opened = found["service"], found["what"] == "opened"
    sort = type_of(service, None)
    if sort is None or (opened and service in _FROM_AFAR):  # sshd has told its success already, with where it came from
        return None
    data = {"target_user": found["user"], "service": service, "type": sort}
    return ("login", data | {"result": "success"}) if opened else ("logout", data)


_SYSLOG = re.compile(r"(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,32}) \S{1,255} ([\w./()-]{1,48})(?:\[(\d{1,10})\])?: (.*)")  # fmt: skip


def of_syslog_line(line: str) -> tuple[int | None, Said] | None:
    """A line of auth.log or secure, of either time format; (pid, what was said)."""
    found = _SYSLOG.fullmatch(line[:4096])
    said = of_log(found[1], found[3]) if found else None
    return (int(found[2]) if found and found[2] else None, said) if said else None


# ---- words -----------------------------------------------------------------------------------------------------------
def address(text: str | None) -> str | None:
    """The address as others write it; None for what is none."""
    try:
        found = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    mapped = found.ipv4_mapped if found.version == 6 else None
    return None if found.is_unspecified else str(mapped or found)


def told_only(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
