"""What PAM, sshd and the logs say of logins, and what those who knock would like them to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry import logins

PAM = (
    b'pid=4102 uid=0 auid=1000 ses=7 msg=\'op=PAM:session_open grantors=pam_unix acct="taro" '
    b'exe="/usr/sbin/sshd" hostname=pc-9.example addr=198.51.100.9 terminal=ssh res=success\'\n\0'
)


def failed(exe: str, account: bytes, kind: bytes = b"PAM:authentication") -> bytes:
    return (
        b"pid=7 uid=0 auid=4294967295 ses=4294967295 msg='op=" + kind + b" grantors=? acct=" + account + b' exe="'
        b"" + exe.encode() + b"\" hostname=198.51.100.9 addr=198.51.100.9 terminal=ssh res=failed'"
    )


def test_a_session_begins_and_ends() -> None:
    pid, (kind, data) = logins.of_audit(logins.USER_START, PAM) or pytest.fail("not understood")
    assert (pid, kind) == (4102, "login")
    assert data == {
        "target_user": "taro", "service": "sshd", "type": "network", "src": "198.51.100.9", "from_host": "pc-9.example",
        "tty": "ssh", "session": 7, "result": "success",
    }  # fmt: skip
    _, (kind, data) = logins.of_audit(logins.USER_END, PAM.replace(b"open", b"close")) or pytest.fail("not understood")
    assert (kind, data["session"], "result" in data) == ("logout", 7, False)


def test_a_refusal_is_told_once() -> None:
    told = logins.of_audit(logins.USER_AUTH, failed("/usr/sbin/sshd", b'"root"'))
    assert told is not None
    assert (told[1][1]["target_user"], told[1][1]["result"], "session" in told[1][1]) == ("root", "failure", False)
    assert logins.of_audit(logins.USER_AUTH, failed("/usr/sbin/sshd", b'"root"', b"password")) is None
    assert logins.of_audit(logins.USER_LOGIN, failed("/usr/sbin/sshd", b'"root"', b"login")) is None
    unknown = logins.of_audit(logins.USER_LOGIN, failed("/usr/sbin/sshd", b'"(unknown)"', b"login"))
    assert unknown is not None
    assert "target_user" not in unknown[1][1]


def test_a_name_in_hex_is_read() -> None:
    told = logins.of_audit(logins.USER_AUTH, failed("/usr/bin/su", "日 本".encode().hex().encode()))
    assert told is not None
    assert (told[1][1]["target_user"], told[1][1]["type"]) == ("日 本", "switch")


@pytest.mark.parametrize("program", ["cron", "systemd", "atd"])
def test_jobs_are_no_logins(program: str) -> None:
    assert logins.of_audit(logins.USER_START, PAM.replace(b"/usr/sbin/sshd", f"/usr/sbin/{program}".encode())) is None


SSHD = "Failed password for invalid user {} from 198.51.100.9 port 50000 ssh2"


@pytest.mark.parametrize("name", ["admin", "x from 10.0.0.1 port 1 ssh2", "", "root from 10.0.0.1", "a\nb"])
def test_nobody_chooses_where_he_comes_from(name: str) -> None:
    kind, data = logins.of_log("sshd", SSHD.format(name)) or pytest.fail("not understood")
    assert (kind, data["src"], data["spt"], data["result"]) == ("login", "198.51.100.9", 50000, "failure")
    assert data.get("target_user", "") == name


@pytest.mark.parametrize(
    ("program", "message", "expected"),
    [
        ("sshd", "Accepted publickey for taro from 2001:db8::9 port 50000 ssh2: ED25519 SHA256:x",
         ("login", {"target_user": "taro", "src": "2001:db8::9", "method": "publickey", "result": "success", "type": "network"})),
        ("sshd", "pam_unix(sshd:session): session opened for user taro(uid=1000) by (uid=0)", None),
        ("sshd", "pam_unix(sshd:session): session closed for user taro", ("logout", {"target_user": "taro"})),
        ("su", "pam_unix(su:session): session opened for user root(uid=0) by taro(uid=1000)",
         ("login", {"target_user": "root", "type": "switch", "result": "success"})),
        ("su", "pam_unix(su:auth): authentication failure; logname=taro uid=1000 euid=0 tty=/dev/pts/0 ruser=taro rhost=  user=root",
         ("login", {"target_user": "root", "result": "failure", "tty": "/dev/pts/0", "type": "switch"})),
        ("login", "pam_unix(login:session): session opened for user hanako(uid=1001) by LOGIN(uid=0)",
         ("login", {"target_user": "hanako", "type": "local"})),
        ("CRON", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", None),
        ("other", SSHD.format("root"), None),
        ("sshd", "Connection closed by 198.51.100.9 port 50000 [preauth]", None),
    ],
)  # fmt: skip
def test_lines_of_logs(program: str, message: str, expected: tuple[str, dict[str, object]] | None) -> None:
    found = logins.of_log(program, message)
    if expected is None or found is None:
        assert found is expected
        return
    assert found[0] == expected[0]
    assert found[1].items() >= expected[1].items()


@pytest.mark.parametrize("time", ["Nov  3 04:05:06", "2026-11-23T03:00:00.123456+00:00"])
def test_a_line_of_syslog(time: str) -> None:
    told = logins.of_syslog_line(f"{time} web-1 sshd[812]: Accepted password for taro from 10.0.0.9 port 5 ssh2")
    assert told is not None
    assert (told[0], told[1][1]["target_user"]) == (812, "taro")


@given(st.sampled_from(logins.AUDIT_TYPES), st.binary(max_size=600), st.text(max_size=600))
def test_anything_is_read_without_harm(kind: int, body: bytes, line: str) -> None:
    for told in (logins.of_audit(kind, body), logins.of_syslog_line(line)):
        assert told is None or told[1][0] in ("login", "logout")
    assert logins.of_log("sshd", line) is None or "for" in line
