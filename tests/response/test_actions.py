"""What the server knows of the actions on endpoints: parameters in normal form, and verdicts from what was looked at."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.response.actions import ACTIONS, BY_NAME
from hinomi.schema.task import ResponseTask, Step, Target, TargetKind, TaskState

HOST = Target(TargetKind.ENDPOINT, "3e0c1f9a-0000-4000-8000-000000000001", "pc-1", "192.0.2.7", "linux")


class Seen:
    """A looker that sees what the test says."""

    def __init__(
        self, server: Mapping[str, bool] | None = None, asked: Mapping[str, Any] | None = None, connected: bool = True
    ):
        self.server, self.asked, self.connected = dict(server or {}), dict(asked or {}), connected

    def reaches(self, address: str, ports: Sequence[int]) -> Mapping[str, bool]:
        return self.server

    def ask_neighbours(self, target: Target, address: str, ports: Sequence[int]) -> Sequence[Mapping[str, Any]]:
        return self.asked.get("neighbours", [])

    def ask(self, target: Target, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.asked[action]

    def is_connected(self, endpoint: str) -> bool:
        return self.connected


def task(
    action: str, parameters: dict[str, Any], result: dict[str, Any], before: dict[str, Any] | None = None
) -> ResponseTask:
    steps = (Step(TaskState.QUEUED, 1, evidence={"before": before}),) if before is not None else ()
    return ResponseTask(
        "00000001", action, HOST, parameters, TaskState.EXECUTED, 1, 2, 3, "ann", result=result, steps=steps
    )


def verdict(
    action: str, looker: Seen, result: dict[str, Any] | None = None, before: Any = None, **parameters: Any
) -> bool | None:
    return BY_NAME[action].verify(task(action, parameters, result or {}, before), looker).is_true


def test_names_are_the_files_and_undo_is_an_action() -> None:
    assert len(BY_NAME) == len(ACTIONS)
    assert all(each.undo == "" or each.undo in BY_NAME for each in ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: each.name)
def test_every_text_is_there_in_both_languages(action: Any) -> None:
    for words in (action.title, action.effect, *(each.label for each in action.parameters)):
        assert words.en
        assert words.ja
        assert words.en != words.ja


@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        ("isolate_endpoint", {"dead_man_s": 1}),
        ("isolate_endpoint", {"allow": ["0.0.0.0/0"]}),
        ("isolate_endpoint", {"allow": ["anything"]}),
        ("isolate_endpoint", {"dead_man": 100}),
        ("restore_endpoint", {"force": True}),
        ("collect_file", {"path": "etc/passwd"}),
        ("collect_file", {"path": "/tmp/../etc/shadow"}),
        ("collect_file", {"path": "/tmp/a\0b"}),
        ("collect_file", {}),
        ("terminate_process", {"pid": 1, "started_ms": 5}),
        ("terminate_process", {"pid": 77}),
        ("terminate_process", {"pid": 77, "started_ms": 5, "path": "/bin/x"}),
        ("terminate_process", {"sha1": "12", "path": ""}),
        ("terminate_process", {"sha1": "a" * 40, "path": "/bin/x"}),
        ("terminate_process", {}),
        ("run_script", {"name": "x", "text": "id", "text_sha256": "0" * 64}),
        ("run_script", {"name": "x", "text": "id", "kind": "perl"}),
        ("run_script", {"name": "x", "text": "id", "timeout_s": 10**6}),
        ("run_script", {"name": "x", "text": "id", "arguments": [1]}),
        ("scan", {"kind": "paths"}),
        ("scan", {"kind": "quick", "paths": ["/tmp"]}),
        ("run_yara", {"rules": "rule a {condition: true}", "target": "file"}),
        ("dump_process_memory", {"pid": 5}),
        ("apply_block_list", {"version": 1, "objects": [{"type": "hash", "value": "x"}]}),
        ("apply_block_list", {"version": 1}),
        ("apply_patterns", {"version": 1, "url": "//elsewhere/x", "sha256": "0" * 64}),
        ("disable_account", {"user": "a:b"}),
        ("probe_address", {"address": "192.0.2.1", "ports": [0]}),
        ("probe_address", {"address": "host"}),
    ],
)
def test_what_does_not_fit_is_refused_in_both_languages(action: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        BY_NAME[action].read(wrong)
    assert refusal.value.details["text"]["en"] != refusal.value.details["text"]["ja"]


def test_parameters_have_one_normal_form() -> None:
    assert BY_NAME["isolate_endpoint"].read({"allow": ["192.0.2.9", "192.0.2.1"], "dead_man_s": 60}) == {
        "dead_man_s": 60, "allow": ["192.0.2.1/32", "192.0.2.9/32"],
    }  # fmt: skip
    script = BY_NAME["run_script"].read({"name": "x", "text": "id"})
    assert script["text_sha256"] == hashlib.sha256(b"id").hexdigest()
    assert BY_NAME["run_script"].read(script) == script
    assert BY_NAME["terminate_process"].read({"sha256": "A" * 64, "name": "evil"}) == {
        "sha256": "a" * 64,
        "name": "evil",
    }
    assert BY_NAME["scan"].read({"kind": "paths", "paths": ["/b", "/a", "/b"]}) == {
        "kind": "paths",
        "paths": ["/a", "/b"],
    }


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: each.name)
def test_no_parameters_break_a_reader(action: Any) -> None:
    names = [each.name for each in action.parameters] or ["pid", "path", "objects", "user"]

    @given(st.dictionaries(st.sampled_from(names) | st.text(max_size=5), WILD, max_size=4))
    def holds(wild: dict[str, Any]) -> None:
        try:
            normal = action.read(wild)
        except InputError:
            return
        if action.public or action.is_internal:  # normal form is a fixed point
            assert action.read(normal) == normal

    holds()


def test_isolation_is_true_only_when_what_answered_is_silent_now() -> None:
    heard = {"server": {"ping": True, "22": False}, "neighbours": []}
    rules = {"look_at_isolation": {"isolated": True, "rules_sha256": "r"}}
    done = {"rules_sha256": "r"}
    silent, loud = {"ping": False, "22": False}, {"ping": False, "22": True}
    assert verdict("isolate_endpoint", Seen(silent, rules), done, heard) is True
    assert verdict("isolate_endpoint", Seen(loud, rules), done, heard) is False
    assert verdict("isolate_endpoint", Seen(silent, rules | {"neighbours": [{"ping": True}]}), done, heard) is False
    assert verdict("isolate_endpoint", Seen(silent, rules), done, {"server": silent, "neighbours": []}) is None
    assert verdict("isolate_endpoint", Seen(silent, rules), {"rules_sha256": "other"}, heard) is False
    assert verdict("isolate_endpoint", Seen(silent, {"look_at_isolation": {"isolated": False}}), done, heard) is False
    assert verdict("isolate_endpoint", Seen(silent, rules, connected=False), done, heard) is None


def test_the_baseline_is_taken_before() -> None:
    looker = Seen({"ping": True}, {"neighbours": [{"ping": True, "22": True}]})
    found = BY_NAME["isolate_endpoint"].prepare(task("isolate_endpoint", {}, {}), looker)
    assert found == {"server": {"ping": True}, "neighbours": [{"ping": True, "22": True}]}


def test_restoring_is_looked_at_in_the_kernel() -> None:
    assert verdict("restore_endpoint", Seen({}, {"look_at_isolation": {"isolated": False, "present": False}})) is True
    assert verdict("restore_endpoint", Seen({}, {"look_at_isolation": {"isolated": True, "present": True}})) is False


def test_a_process_is_gone_when_nothing_that_fits_runs() -> None:
    assert verdict("terminate_process", Seen(asked={"look_at_process": {"running": []}}), pid=5, started_ms=1) is True
    assert verdict("terminate_process", Seen(asked={"look_at_process": {"running": [{"pid": 5}]}}), pid=5) is False
    assert verdict("terminate_process", Seen(connected=False), pid=5) is None


@pytest.mark.parametrize("action", ["collect_file", "dump_process_memory", "collect_evidence", "run_script"])
def test_a_file_is_proven_by_what_came(action: str) -> None:
    assert verdict(action, Seen(), {"upload_sha256": "a", "stored_sha256": "a"}) is True
    assert verdict(action, Seen(), {"upload_sha256": "a", "stored_sha256": "b"}) is False
    assert verdict(action, Seen(), {"upload_sha256": "a"}) is None


def test_a_script_out_of_time_is_no_success() -> None:
    assert verdict("run_script", Seen(), {"timed_out": True, "upload_sha256": "a", "stored_sha256": "a"}) is False


def test_a_scan_with_another_pattern_set_is_no_proof() -> None:
    assert verdict("scan", Seen(), {"pattern_version": 4}, pattern_version=5) is False
    assert verdict("scan", Seen(), {"pattern_version": 5}, pattern_version=5) is True
    assert verdict("scan", Seen(), {"pattern_version": 5, "complete": False}, pattern_version=5) is None


def test_a_block_list_is_held_and_its_addresses_do_not_answer() -> None:
    objects = [{"type": "ip", "value": "192.0.2.66"}]
    held = {"look_at_block_list": {"version": 3, "intact": True}, "probe_address": {"ping": False, "80": False}}
    done = {"enforced": {"ip": "blocked"}}
    assert verdict("apply_block_list", Seen(asked=held), done, version=3, objects=objects) is True
    assert verdict("apply_block_list", Seen(asked=held), done, version=4, objects=objects) is False
    answering = held | {"probe_address": {"ping": False, "80": True}}
    assert verdict("apply_block_list", Seen(asked=answering), done, version=3, objects=objects) is False


@pytest.mark.parametrize(
    ("action", "look", "expected"),
    [
        ("disable_account", {"locked": True}, True),
        ("disable_account", {"locked": False}, False),
        ("enable_account", {"locked": False}, True),
        ("enable_account", {"locked": True}, False),
        ("sign_out", {"processes": 0}, True),
        ("sign_out", {"processes": 2}, False),
        ("sign_out", {}, None),
        ("reset_password", {"must_change": True}, True),
        ("reset_password", {"must_change": False}, False),
    ],
)
def test_accounts_are_looked_at_again(action: str, look: dict[str, Any], expected: bool | None) -> None:
    assert verdict(action, Seen(asked={"look_at_account": look}), user="ann") is expected
