"""The actions for Windows, against a model of such a host: what they change, what they verify, and that failing leaves nothing behind."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME
from hinomi.sensor.windows import block_list, isolation
from hinomi.sensor.windows.actions import NOT_THERE, UNTESTED, actions_on
from hinomi.sensor.windows.command import Cmdlet, pipeline
from tests.make_endpoint import Bench
from tests.sensor.windows.model_host import ModelHost, parsed

SERVER = ("203.0.113.5", 8421)
T0 = 1_768_446_000_000


@pytest.fixture
def host() -> ModelHost:
    made = ModelHost()
    made.processes = {
        4: process("System", "", "", 0),
        700: process("lsass.exe", "C:\\Windows\\System32\\lsass.exe", "NT AUTHORITY\\SYSTEM", 0),
        4711: process("evil.exe", "C:\\Temp\\evil.exe", "PC1\\hanako", 2),
        4712: process("evil.exe", "C:\\Temp\\evil.exe", "PC1\\hanako", 0),
        4800: process("notepad.exe", "C:\\Windows\\notepad.exe", "EXAMPLE\\hanako", 3),
    }
    made.hashes = {"C:\\Temp\\evil.exe": "ab" * 32}
    made.accounts = {
        "hanako": {"Enabled": True, "SID": "S-1-5-21-1-2-3-1001"},
        "Administrator": {"Enabled": True, "SID": "S-1-5-21-1-2-3-500"},
    }
    return made


def process(name: str, path: str, user: str, session: int) -> dict[str, Any]:
    return {"Name": name, "ExecutablePath": path, "UserName": user, "SessionId": session, "started_ms": T0}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, (SERVER,))


def do(host: ModelHost, bench: Bench, name: str, **wish: Any) -> Mapping[str, Any]:
    return actions_on(host)[name].run(bench, wish)


# ---- isolation ------------------------------------------------------------------------------------------------------
def test_isolated_only_the_server_is_reached_and_restored_all_is_as_before(host: ModelHost, bench: Bench) -> None:
    before = host.state()
    assert host.lets_out("198.51.100.7", 443)
    made = do(host, bench, "isolate_endpoint", allow=["192.0.2.0/24"])
    assert (host.lets_out(*SERVER), host.lets_out(SERVER[0], 22)) == (True, False)
    assert (host.lets_out("198.51.100.7", 443), host.lets_out("192.0.2.9", 443)) == (False, True)
    look = do(host, bench, "look_at_isolation")
    assert (look["isolated"], look["wanted"], look["rules_sha256"]) == (True, True, made["rules_sha256"])
    restored = do(host, bench, "restore_endpoint")
    assert (restored["identical"], restored["was_isolated"]) == (True, True)
    assert host.state() == before
    assert do(host, bench, "look_at_isolation")["isolated"] is False


@pytest.mark.parametrize("broken", ["Set-NetFirewallProfile", "Disable-NetFirewallRule", "New-NetFirewallRule"])
def test_an_isolation_that_fails_in_the_middle_leaves_the_host_as_it_was(
    host: ModelHost, bench: Bench, broken: str
) -> None:
    before = host.state()
    host.refused.add(broken)
    with pytest.raises(ActionFailed, match="all of it was taken back"):
        do(host, bench, "isolate_endpoint")
    assert host.state() == before
    assert isolation.load(bench.folder) is None


def test_a_rule_of_a_group_policy_that_still_allows_is_no_isolation(host: ModelHost, bench: Bench) -> None:
    host.policy_rules["corp"] = {"Group": "", "Direction": "Outbound", "Action": "Allow", "Enabled": True}
    before = host.state()
    with pytest.raises(ActionFailed, match="1 rules still allow: corp") as failed:
        do(host, bench, "isolate_endpoint")
    assert failed.value.code == "unverified"
    assert host.state() == before


def test_a_second_isolation_keeps_what_is_known_of_before(host: ModelHost, bench: Bench) -> None:
    before = host.state()
    first = do(host, bench, "isolate_endpoint")
    second = do(host, bench, "isolate_endpoint", allow=["192.0.2.9/32"])
    assert second["since_ms"] == first["since_ms"]
    assert host.lets_out("192.0.2.9", 443)
    assert do(host, bench, "restore_endpoint")["identical"] is True
    assert host.state() == before


def test_rules_that_somebody_changed_are_made_again_and_a_moved_server_is_followed(
    host: ModelHost, bench: Bench
) -> None:
    do(host, bench, "isolate_endpoint")
    assert isolation.reassert(host, bench.folder, (SERVER,), T0) is None
    host.profiles["Domain"]["DefaultOutboundAction"] = "Allow"
    done = isolation.reassert(host, bench.folder, (SERVER,), T0)
    assert done == {"state": "on", "reason": "the rules were gone or changed and were made again"}
    assert not host.lets_out("198.51.100.7", 443)
    moved = isolation.reassert(host, bench.folder, (("203.0.113.6", 8421),), T0)
    assert moved == {"state": "on", "reason": "the server moved"}
    assert (host.lets_out("203.0.113.6", 8421), host.lets_out(*SERVER)) == (True, False)


def test_the_dead_man_lifts_it_when_its_time_is_over(host: ModelHost, bench: Bench) -> None:
    before = host.state()
    bench.clock = lambda: T0
    do(host, bench, "isolate_endpoint", dead_man_s=60)
    assert isolation.reassert(host, bench.folder, (SERVER,), T0 + 59_999) is None
    done = isolation.reassert(host, bench.folder, (SERVER,), T0 + 60_000)
    assert done == {"state": "off", "reason": "the dead-man lifted it"}
    assert host.state() == before


def test_an_isolation_that_a_crash_cut_off_is_undone_at_the_next_start(host: ModelHost, bench: Bench) -> None:
    before = host.state()

    class Crashed(BaseException):
        pass

    class Cut(ModelHost):
        def _set_netfirewallprofile(self, _flow: list[Any], _given: dict[str, Any]) -> list[Any]:
            raise Crashed

    host.__class__ = Cut
    with pytest.raises(Crashed):
        do(host, bench, "isolate_endpoint")
    host.__class__ = ModelHost
    assert host.state() != before
    assert isolation.reassert(host, bench.folder, (SERVER,), T0) == {
        "state": "off",
        "reason": "what was broken off was ended",
    }
    assert host.state() == before


def test_without_an_address_of_the_server_nothing_is_isolated(host: ModelHost, tmp_path: Path) -> None:
    with pytest.raises(ActionFailed, match="could never be reached again"):
        do(host, Bench(tmp_path), "isolate_endpoint")
    assert host.seen == []


# ---- processes ------------------------------------------------------------------------------------------------------
def test_a_process_ends_by_its_identity_and_its_neighbour_goes_on(host: ModelHost, bench: Bench) -> None:
    made = do(host, bench, "terminate_process", pid=4711, started_ms=T0 + 900)
    assert [each["pid"] for each in made["killed"]] == [4711]
    assert sorted(host.processes) == [4, 700, 4712, 4800]


def test_all_that_run_a_file_end_by_its_hash(host: ModelHost, bench: Bench) -> None:
    wish = {"sha256": "ab" * 32}
    assert do(host, bench, "look_at_process", **wish)["count"] == 2
    do(host, bench, "terminate_process", **wish)
    assert do(host, bench, "look_at_process", **wish)["running"] == []


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"pid": 4711, "started_ms": T0 + 60_000}, "not_found"),
        ({"pid": 4713, "started_ms": T0}, "not_found"),
        ({"pid": 700, "started_ms": T0}, "refused"),
        ({"path": "C:\\Windows\\System32\\LSASS.exe"}, "refused"),
    ],
)
def test_what_must_not_end_or_is_another_by_now_is_left(
    host: ModelHost, bench: Bench, wish: dict[str, Any], code: str
) -> None:
    before = host.state()
    with pytest.raises(ActionFailed) as failed:
        do(host, bench, "terminate_process", **wish)
    assert (failed.value.code, host.state()) == (code, before)


def test_a_process_that_does_not_end_is_told(host: ModelHost, bench: Bench) -> None:
    host.immortal.add(4711)
    with pytest.raises(ActionFailed, match="none of them runs any more: 4711"):
        do(host, bench, "terminate_process", pid=4711, started_ms=T0)


# ---- accounts -------------------------------------------------------------------------------------------------------
def test_an_account_is_disabled_looked_at_and_enabled(host: ModelHost, bench: Bench) -> None:
    before = host.state()
    made = do(host, bench, "disable_account", user="hanako")
    assert (made["before"]["locked"], made["after"]["locked"], made["after"]["processes"]) == (False, True, 2)
    assert do(host, bench, "look_at_account", user="hanako")["locked"] is True
    do(host, bench, "enable_account", user="hanako")
    assert host.state() == before


@pytest.mark.parametrize(
    ("user", "code"), [("Administrator", "refused"), ("nobody", "not_found"), ("x'; Remove-Item C:\\", "not_found")]
)
def test_accounts_that_are_not_touched(host: ModelHost, bench: Bench, user: str, code: str) -> None:
    before = host.state()
    with pytest.raises(ActionFailed) as failed:
        do(host, bench, "disable_account", user=user)
    assert (failed.value.code, host.state()) == (code, before)


def test_sign_out_ends_sessions_and_services_but_not_those_of_the_domain_account_of_that_name(
    host: ModelHost, bench: Bench
) -> None:
    made = do(host, bench, "sign_out", user="hanako")
    assert (made["ended"], made["left"]) == (2, 0)
    assert sorted(host.processes) == [4, 700, 4800]


# ---- the block list -------------------------------------------------------------------------------------------------
def objects(*each: tuple[str, str, int]) -> list[dict[str, Any]]:
    return [{"type": kind, "value": value, "expires_ms": until} for kind, value, until in each]


def test_addresses_and_domains_are_refused_until_their_time_is_over(host: ModelHost, bench: Bench) -> None:
    before, bench.clock = host.state(), lambda: T0
    listed = objects(
        ("ip", "198.51.100.7", T0 + 1000),
        ("domain", "bad.example", 0),
        ("fileSha256", "ab" * 32, 0),
        ("ip", "203.0.113.0/24", 0),
    )
    made = do(host, bench, "apply_block_list", version=3, objects=listed)
    assert made["enforced"] == {"ip": "blocked", "domain": "blocked", "fileSha256": "unsupported"}
    assert made["spared"] == ["203.0.113.0/24"]  # the server is in there
    assert (host.lets_out("198.51.100.7", 443), host.lets_out(*SERVER)) == (False, True)
    assert host.names[0]["Namespace"] == ["bad.example", ".bad.example"]
    assert (look := do(host, bench, "look_at_block_list"))["intact"] is True
    assert (look["version"], look["counts"]) == (3, {"ip": 1, "domain": 1})
    block_list.reassert(host, bench.folder, T0 + 1000)
    assert host.lets_out("198.51.100.7", 443)
    do(host, bench, "apply_block_list", version=4, objects=[])
    assert host.state() == before


def test_a_list_that_somebody_took_away_is_told_and_made_again(host: ModelHost, bench: Bench) -> None:
    do(host, bench, "apply_block_list", version=1, objects=objects(("ip", "198.51.100.7", 0)))
    assert block_list.reassert(host, bench.folder, T0) is None
    host.rules = {name: each for name, each in host.rules.items() if each["Group"] != "Hinomi block list"}
    assert do(host, bench, "look_at_block_list")["intact"] is False
    assert block_list.reassert(host, bench.folder, T0) == {
        "reason": "rules of the block list were gone or changed and were made again"
    }
    assert not host.lets_out("198.51.100.7", 443)


def test_a_long_list_fits_on_command_lines(host: ModelHost, bench: Bench) -> None:
    listed = objects(
        *(("ip", f"2001:db8:1111:2222:3333:4444:5555:{number:x}", 0) for number in range(0x1000, 0x1000 + 450))
    )
    do(host, bench, "apply_block_list", version=1, objects=listed)
    assert not host.lets_out("2001:db8:1111:2222:3333:4444:5555:11c1", 443)
    assert do(host, bench, "look_at_block_list")["intact"] is True


def test_isolation_and_block_list_do_not_disturb_one_another(host: ModelHost, bench: Bench) -> None:
    do(host, bench, "apply_block_list", version=1, objects=objects(("ip", "198.51.100.7", 0)))
    before = host.state()
    do(host, bench, "isolate_endpoint")
    assert do(host, bench, "restore_endpoint")["identical"] is True
    assert host.state() == before


# ---- scripts, scans, files ------------------------------------------------------------------------------------------
def script(text: str, **more: Any) -> dict[str, Any]:
    return {"kind": "powershell", "text": text, "text_sha256": hashlib.sha256(text.encode()).hexdigest(), **more}


def test_a_script_runs_from_a_file_and_its_output_comes_sealed(host: ModelHost, bench: Bench) -> None:
    made = do(host, bench, "run_script", **script("'火の見'", arguments=["-Name", "a b"]))
    assert host.scripts == [("'火の見'", "-Name", "a b")]
    assert (made["exit_code"], made["timed_out"], made["tail"]) == (3, False, "said 火の見\nand complained")
    with pyzipper.AESZipFile(bench.server / f"{bench.command_id}.zip") as box:
        box.setpassword(made["password"].encode())
        assert box.read("output.txt").decode() == made["tail"]
    assert list((bench.folder / "scripts").iterdir()) == []


@pytest.mark.parametrize("wish", [script("a") | {"text": "b"}, script("a") | {"kind": "bash"}])
def test_a_script_that_is_not_the_signed_one_or_no_powershell_never_runs(
    host: ModelHost, bench: Bench, wish: dict[str, Any]
) -> None:
    with pytest.raises(ActionFailed):
        do(host, bench, "run_script", **wish)
    assert host.scripts == []


def test_a_scan_tells_what_the_antivirus_newly_found(host: ModelHost, bench: Bench) -> None:
    host.detections = [{"DetectionID": "old", "ThreatID": 1, "Resources": ["file:_C:\\old.exe"]}]
    host.planted = [{"DetectionID": "new", "ThreatID": 2, "Resources": ["file:_C:\\Temp\\evil.exe"]}]
    made = do(host, bench, "scan", kind="quick")
    assert [(each["path"], each["pattern"]) for each in made["matches"]] == [("C:\\Temp\\evil.exe", "threat 2")]
    assert "pattern_version" not in made  # Hinomi's set was not used, and the server says so


def test_a_file_is_collected_and_a_link_is_not(host: ModelHost, bench: Bench, tmp_path: Path) -> None:
    file, link = tmp_path / "evil.exe", tmp_path / "link"
    file.write_bytes(b"MZ" * 100)
    link.symlink_to(file)
    made = do(host, bench, "collect_file", path=str(file))
    assert (made["size_bytes"], made["sha256"]) == (200, hashlib.sha256(b"MZ" * 100).hexdigest())
    assert zipfile.is_zipfile(bench.server / f"{bench.command_id}.zip")
    assert do(host, bench, "look_at_file", path=str(file))["sha256"] == made["sha256"]
    for path, code in (
        (link, "symlink"),
        (tmp_path, "not_a_file"),
        (f"{file}:stream", "refused"),
        ("a", "refused"),
        (tmp_path / "none", "not_found"),
    ):
        with pytest.raises(ActionFailed) as failed:
            do(host, bench, "collect_file", path=str(path))
        assert failed.value.code == code


# ---- the whole ------------------------------------------------------------------------------------------------------
def test_every_action_of_the_sensor_has_a_plan_or_says_why_not() -> None:
    assert set(actions_on(ModelHost())) == set(BY_NAME)
    assert set(UNTESTED) | set(NOT_THERE) == set(BY_NAME)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.text("'\u2018\u2019\u201a\u201b\"`$();|&", max_size=12)
)
def test_no_value_escapes_its_quotes(value: str) -> None:
    from base64 import b64decode

    from hinomi.sensor.windows.command import PROLOGUE

    word = pipeline(Cmdlet("Get-Thing", {"Name": value, "List": (value, "b")})).argv[-1]
    try:
        script_text = b64decode(word).decode("utf-16-le").removeprefix(PROLOGUE)
    except UnicodeDecodeError:
        pytest.fail("the command line is no text")
    assert parsed(script_text) == [("Get-Thing", {"Name": value, "List": [value, "b"]})]
