"""The process tree: keyed by machine and identity, honest about what is missing, bounded whatever comes in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.schema.content import Severity
from hinomi.schema.profile import ExecutionProfile, Flag, ProfileKind, ProfileNode
from hinomi.workbench import execution_profile
from hinomi.workbench.execution_profile import MAX_CHILDREN, MAX_TOUCHED, Flagged, build_profile
from hinomi.workbench.process_row import process_key, rows_of_activity
from tests.make_workbench import START_MS, activity, text


def start(hash_id: int | None, creator: int | None = None, **fields: Any) -> dict[str, Any]:
    """A row of the lake's process starts; by default the process `p<hash_id>` on PC-1."""
    row = {
        "endpointGuid": "guid-of-pc-1", "endpointHostName": "PC-1", "hashId": hash_id, "pid": 100 + (hash_id or 0),
        "filePath": f"C:\\bin\\p{hash_id}.exe", "cmd": f"p{hash_id}.exe", "user": "taro", "userDomain": "CORP",
        "eventTime": START_MS + (hash_id or 0), "uuid": f"start of {hash_id}", "creatorHashId": creator,
    } | fields  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def flag(uuid: str, filter_id: str = "hive_saved", hash_id: int | None = None) -> Flagged:
    return Flagged(Flag(filter_id, text(filter_id), Severity.HIGH, uuid), "guid-of-pc-1", hash_id)


def named(profile: ExecutionProfile) -> dict[str, ProfileNode]:
    return {node.label: node for node in profile.nodes}


def edges(profile: ExecutionProfile) -> set[tuple[str, str]]:
    labels = {node.id: node.label for node in profile.nodes}
    return {(labels[edge.source], labels[edge.target]) for edge in profile.edges}


def test_parents_up_to_the_root_and_children() -> None:
    rows = [start(1), start(2, 1), start(3, 2), start(4, 3), start(5, 3)]
    profile = build_profile(rows, rows[2])
    assert edges(profile) == {("p1.exe", "p2.exe"), ("p2.exe", "p3.exe"), ("p3.exe", "p4.exe"), ("p3.exe", "p5.exe")}
    found = named(profile)
    assert profile.focus == found["p3.exe"].id
    assert found["p3.exe"].child_count == 2
    assert not found["p3.exe"].has_more_children
    process = found["p3.exe"].process
    assert process is not None
    assert (process.user, process.pid, process.hash_id, process.start_ms) == ("CORP\\taro", 103, 3, START_MS + 3)


def test_a_reused_pid_is_another_process() -> None:
    """Pid 500 was first the installer, then the shell; the child of the shell is not the installer's."""
    installer = start(1, pid=500, filePath="C:\\setup.exe", eventTime=START_MS)
    shell = start(2, pid=500, filePath="C:\\cmd.exe", eventTime=START_MS + 1000)
    child = start(3, creatorPid=500, eventTime=START_MS + 2000)
    early = start(4, creatorPid=500, eventTime=START_MS + 500)
    rows = [installer, shell, child, early]
    assert edges(build_profile(rows, child)) == {("cmd.exe", "p3.exe")}
    assert edges(build_profile(rows, early)) == {("setup.exe", "p4.exe")}
    assert edges(build_profile(rows, shell)) == {("cmd.exe", "p3.exe")}


def test_the_same_pid_or_hash_of_another_machine_is_another_process() -> None:
    here = start(3, 2, creatorPid=102)
    elsewhere = start(2, endpointGuid="guid-of-pc-2", filePath="C:\\other.exe")
    profile = build_profile([here, elsewhere], here)
    assert "other.exe" not in named(profile)


def test_a_process_is_not_its_own_parent_by_its_pid() -> None:
    row = start(1, pid=7, creatorPid=7)
    profile = build_profile([row], row)
    assert {node.kind for node in profile.nodes} == {ProfileKind.PROCESS, ProfileKind.MISSING}


def test_a_missing_parent_is_drawn_with_what_is_known_and_the_reason() -> None:
    row = start(3, 2, creatorFilePath="C:\\Windows\\Explorer.EXE", creatorPid=42)
    missing = named(build_profile([row], row))["Explorer.EXE"]
    assert missing.kind is ProfileKind.MISSING
    assert missing.reason == execution_profile.NOT_RECORDED
    assert missing.process is not None
    assert (missing.process.pid, missing.process.file_path) == (42, "C:\\Windows\\Explorer.EXE")


def test_a_parent_known_by_its_pid_alone_is_missing_with_that_reason() -> None:
    row = start(3, creatorPid=42)
    missing = named(build_profile([row], row))["pid 42"]
    assert (missing.kind, missing.reason) == (ProfileKind.MISSING, execution_profile.ONLY_PID)


def test_a_process_without_a_word_about_its_creator_has_no_parent() -> None:
    row = start(1)
    profile = build_profile([row], row)
    assert [node.kind for node in profile.nodes] == [ProfileKind.PROCESS]


def test_an_ancestor_without_a_start_is_missing_and_its_own_parents_still_show() -> None:
    unseen = {"endpointGuid": "guid-of-pc-1", "hashId": 2, "filePath": "C:\\p2.exe", "creatorHashId": 1}
    rows = [start(1), unseen, start(3, 2)]
    profile = build_profile(rows, rows[2])
    assert named(profile)["p2.exe"].kind is ProfileKind.MISSING
    assert edges(profile) == {("p1.exe", "p2.exe"), ("p2.exe", "p3.exe")}


@pytest.mark.parametrize("length", [1, 2, 3, 10])
def test_a_circle_in_hostile_data_ends(length: int) -> None:
    rows = [start(number, (number + 1) % length) for number in range(length)]
    profile = build_profile(rows, rows[0])
    assert len(profile.nodes) <= length + 2
    assert profile.focus in {node.id for node in profile.nodes}
    _check_whole(profile)


def test_ten_thousand_children_are_counted_and_the_flagged_ones_shown() -> None:
    parent = start(1)
    children = [start(number, 1) for number in range(2, 10_002)]
    profile = build_profile([parent, *children], parent, [flag("start of 9999")])
    found = named(profile)
    assert found["p1.exe"].child_count == 10_000
    assert found["p1.exe"].has_more_children
    assert len(profile.nodes) == 1 + MAX_CHILDREN
    assert [one.filter_id for one in found["p9999.exe"].flagged] == ["hive_saved"]


def test_children_that_only_the_lake_counted() -> None:
    row = start(1)
    profile = build_profile([row, start(2, 1)], row, child_counts={process_key(row): 700})
    assert named(profile)["p1.exe"].child_count == 700
    assert named(profile)["p1.exe"].has_more_children


def test_a_child_with_children_of_its_own_can_be_expanded() -> None:
    rows = [start(1), start(2, 1), start(3, 2)]
    child = named(build_profile(rows, rows[0]))["p2.exe"]
    assert (child.child_count, child.has_more_children) == (1, True)


def test_the_demo_script_is_a_marked_node_of_its_own() -> None:
    script = "C:\\Users\\taro\\Desktop\\T1003_Demo_Script.bat"
    shell = start(1, cmd=f'C:\\Windows\\system32\\cmd.exe /c ""{script}" "', filePath="C:\\Windows\\System32\\cmd.exe")
    echo = start(2, 1, cmd='cmd.exe /c echo "reg.exe save hklm\\sam C:\\t\\t.hive"')
    profile = build_profile([shell, echo], echo, [flag("start of 2")])
    node = named(profile)[script]
    assert node.kind is ProfileKind.SCRIPT
    assert [one.filter_id for one in node.flagged] == ["hive_saved"]
    assert ("cmd.exe", script) in edges(profile)


def test_what_the_process_touched() -> None:
    row = start(1)
    common = {"endpointGuid": "guid-of-pc-1", "processHashId": 1}
    touched = [
        common | {"uuid": "a", "eventSubId": 101, "objectFilePath": "C:\\t\\s.hive"},
        common | {"uuid": "b", "eventSubId": 402, "objectRegistryKeyHandle": "HKLM\\Run", "objectRegistryValue": "x"},
        common | {"uuid": "c", "eventSubId": 204, "dst": "198.51.100.7", "dpt": 443},
        common | {"uuid": "d", "eventId": 4, "eventSubId": 301, "hostName": "example.test"},
        common | {"uuid": "e", "eventSubId": 4, "objectFilePath": "C:\\Windows\\System32\\ntdll.dll"},
        common | {"uuid": "f", "eventSubId": 4, "objectFilePath": "C:\\t\\evil.dll"},
    ]
    profile = build_profile([row], row, [flag("f", "odd_image")], touched)
    found = {(node.kind, node.label) for node in profile.nodes if node.kind is not ProfileKind.PROCESS}
    assert found == {
        (ProfileKind.FILE, "C:\\t\\s.hive"),
        (ProfileKind.REGISTRY, "HKLM\\Run\\x"),
        (ProfileKind.ADDRESS, "198.51.100.7:443"),
        (ProfileKind.ADDRESS, "example.test"),
        (ProfileKind.FILE, "C:\\t\\evil.dll"),
    }
    assert {edge.label for edge in profile.edges} == {"created", "set", "connected-to", "asked-for", "loaded"}
    assert [one.filter_id for one in named(profile)["C:\\t\\evil.dll"].flagged] == ["odd_image"]


def test_what_was_touched_is_bounded() -> None:
    row = start(1)
    touched = [{"uuid": str(number), "eventSubId": 101, "objectFilePath": f"C:\\{number}"} for number in range(5000)]
    assert len(build_profile([row], row, (), touched).nodes) == 1 + MAX_TOUCHED


def test_a_detection_on_what_a_process_did_marks_the_process() -> None:
    row = start(1)
    profile = build_profile([row], row, [flag("some activity", hash_id=1), flag("elsewhere", hash_id=9)])
    assert [one.uuid for one in named(profile)["p1.exe"].flagged] == ["some activity"]


def test_one_activity_alone_gives_parent_actor_and_new_process() -> None:
    told = activity(uuid="the start", eventSubId=2)
    rows = rows_of_activity(told)
    profile = build_profile(rows, rows[-1], [flag("the start")])
    assert edges(profile) == {("Explorer.EXE", "cmd.exe"), ("cmd.exe", "reg.exe")}
    found = named(profile)
    assert found["reg.exe"].flagged
    assert found["Explorer.EXE"].kind is ProfileKind.MISSING


def test_a_start_tells_more_than_what_others_say_of_the_process() -> None:
    told = rows_of_activity(activity(uuid="the start", eventSubId=2))
    full = start(1001, 1000, filePath="C:\\Windows\\System32\\cmd.exe", cmd="cmd.exe /k", user="hana")
    process = named(build_profile([*told, full], told[-1]))["cmd.exe"].process
    assert process is not None
    assert (process.cmd, process.user) == ("cmd.exe /k", "CORP\\hana")


def _check_whole(profile: ExecutionProfile) -> None:
    ids = [node.id for node in profile.nodes]
    assert len(ids) == len(set(ids))
    assert profile.focus in ids
    assert all(edge.source in ids and edge.target in ids and edge.source != edge.target for edge in profile.edges)


_numbers = st.one_of(st.none(), st.integers(0, 6))
_texts = st.one_of(st.none(), st.sampled_from(["a.exe", "C:\\x\\b.exe", 'cmd /c "a.bat"', "\0", ""]))
_rows = st.fixed_dictionaries(
    {"endpointGuid": st.sampled_from(["one", "two", ""])},
    optional={
        "hashId": _numbers, "pid": _numbers, "creatorHashId": _numbers, "creatorPid": _numbers, "filePath": _texts,
        "cmd": _texts, "creatorFilePath": _texts, "eventTime": st.one_of(st.none(), st.integers(0, 9)),
        "uuid": st.one_of(st.none(), st.sampled_from("abcdef")), "signer": st.just(["x"]),
    },
)  # fmt: skip


@given(st.lists(_rows, min_size=1, max_size=12), st.integers(0, 11))
def test_any_rows_give_a_whole_picture(rows: list[dict[str, Any]], focus: int) -> None:
    _check_whole(build_profile(rows, rows[focus % len(rows)], [flag("a"), flag("z", hash_id=3)]))
