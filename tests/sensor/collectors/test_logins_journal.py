"""Entries of the journal, and the real journalctl where this machine has it."""

import shutil

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.collectors.logins_journal import LoginsJournal, of_entry

ENTRY = {
    "MESSAGE": "Accepted password for taro from 10.0.0.9 port 5 ssh2", "SYSLOG_IDENTIFIER": "sshd", "_PID": "812",
    "_UID": "0", "_SOURCE_REALTIME_TIMESTAMP": "1795402800123456",
}  # fmt: skip


def test_an_entry_becomes_a_login() -> None:
    pid, (kind, data) = of_entry(orjson.dumps(ENTRY)) or pytest.fail("not understood")
    assert (pid, kind, data["target_user"], data["_time_ms"]) == (812, "login", "taro", 1795402800123)


def test_what_a_user_writes_in_the_name_of_sshd_is_no_login() -> None:
    assert of_entry(orjson.dumps(ENTRY | {"_UID": "1000"})) is None


@given(
    st.one_of(
        st.binary(max_size=300),
        st.dictionaries(st.sampled_from(list(ENTRY)), st.none() | st.text() | st.integers(0, 9)).map(orjson.dumps),
    )
)
def test_any_entry_is_read_without_harm(line: bytes) -> None:
    of_entry(line)


@pytest.mark.skipif(not shutil.which("journalctl"), reason="needs journalctl")
def test_an_empty_journal_is_said(tmp_path: object) -> None:
    assert LoginsJournal(more=(f"--directory={tmp_path}",)).probe() == "the journal of this host is empty"
