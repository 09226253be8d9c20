"""Process chains by identity, by pid where a record has nothing better, and with gaps."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from hinomi.lake.lake import Lake
from tests.lake import making

Write = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def guid() -> str:
    """A machine of this test alone."""
    return str(uuid.uuid4())


def test_the_chain_goes_from_the_root_to_the_children(lake: Lake, write: Write, hour: int, guid: str) -> None:
    # 1 -> 2 -> 3 -> {4, 5}; 6 is a child of 2
    for number, (hash_id, creator) in enumerate([(1, None), (2, 1), (3, 2), (4, 3), (5, 3), (6, 2)]):
        write(making.process_start(hour + number, hash_id, creator, endpointGuid=guid, objectName=f"p{hash_id}.exe"))
    chain = lake.process_chain(guid, 3)
    assert [row["hashId"] for row in chain.ancestors] == [1, 2]
    assert chain.focus is not None
    assert chain.focus["name"] == "p3.exe"
    assert [row["hashId"] for row in chain.children] == [4, 5]
    assert chain.child_count == 2
    assert [row["hashId"] for row in chain.rows] == [1, 2, 3, 4, 5]


def test_a_long_chain_is_whole(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(*[making.process_start(hour + n, n, n - 1, endpointGuid=guid, parentHashId=n - 2) for n in range(2, 12)])
    # the starts of 1 and 0 are not there: told by their child
    assert [row["hashId"] for row in lake.process_chain(guid, 11).ancestors] == list(range(11))


def test_children_are_limited_and_counted(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(*[making.process_start(hour + n, 100 + n, 100 if n else None, endpointGuid=guid) for n in range(31)])
    chain = lake.process_chain(guid, 100, child_limit=10)
    assert len(chain.children) == 10
    assert chain.child_count == 30


def test_the_same_hash_on_another_machine_is_another_process(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(
        making.process_start(hour, 1, None, endpointGuid=guid), making.process_start(hour, 2, 1, endpointGuid="other")
    )
    assert lake.process_chain(guid, 1).children == []
    assert lake.process_chain("nowhere", 1).focus is None


def test_a_creator_known_by_pid_is_the_latest_start_before(lake: Lake, write: Write, hour: int, guid: str) -> None:
    def start(at: int, hash_id: int, pid: int, creator_pid: int) -> dict[str, Any]:
        return making.process_start(at, hash_id, None, endpointGuid=guid, objectPid=pid, processPid=creator_pid)

    # pid 500 is used three times; the child was started by its second holder
    write(
        start(hour, 1, 500, 4), start(hour + 10, 2, 500, 4), start(hour + 20, 3, 600, 500), start(hour + 30, 4, 500, 4)
    )
    root, creator = lake.process_chain(guid, 3).ancestors
    assert creator["hashId"] == 2
    assert (root["pid"], "hashId" in root) == (4, False)
    by_holder = {
        hash_id: [row["hashId"] for row in lake.process_chain(guid, hash_id).children] for hash_id in (1, 2, 4)
    }
    assert by_holder == {1: [], 2: [3], 4: []}


def test_the_focus_can_be_named_by_pid_and_time(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(*[making.process_start(hour + n * 10, n, None, endpointGuid=guid, objectPid=700) for n in range(3)])
    focus = [lake.process_chain(guid, None, 700, hour + at).focus for at in (-1, 0, 15, 99)]
    assert [row and row["hashId"] for row in focus] == [None, 0, 1, 2]


def test_a_creator_never_seen_starting_is_told_by_its_child(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(
        making.process_start(
            hour, 2, 1, endpointGuid=guid, processName="explorer.exe", processCmd="explorer", processPid=80,
            parentHashId=9, parentFilePath="C:\\Windows\\userinit.exe",
        )
    )  # fmt: skip
    root, creator = lake.process_chain(guid, 2).ancestors
    assert creator["hashId"] == 1
    assert (creator["name"], creator["cmd"], creator["pid"]) == ("explorer.exe", "explorer", 80)
    assert "eventTime" not in creator
    assert (root["hashId"], root["filePath"]) == (9, "C:\\Windows\\userinit.exe")


def test_a_process_that_only_acted_is_told_by_what_it_did(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(
        making.activity(
            hour, endpointGuid=guid, processHashId=77, processName="odd.exe", parentHashId=76, parentName="p.exe"
        ),
        making.process_start(hour + 1, 78, 77, endpointGuid=guid),
    )
    chain = lake.process_chain(guid, 77)
    assert chain.focus is not None
    assert chain.focus["name"] == "odd.exe"
    assert [row["name"] for row in chain.ancestors] == ["p.exe"]
    assert [row["hashId"] for row in chain.children] == [78]


def test_a_circle_of_creators_ends(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(making.process_start(hour, 1, 2, endpointGuid=guid), making.process_start(hour + 1, 2, 1, endpointGuid=guid))
    assert [row["hashId"] for row in lake.process_chain(guid, 1).ancestors] == [2]
    write(making.process_start(hour, 5, 5, endpointGuid=guid))
    assert lake.process_chain(guid, 5).ancestors == []


def test_creators_of_many_processes(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(
        making.process_start(
            hour, 2, 1, endpointGuid=guid, processFilePath="C:\\a.exe", processCmd="a", processPid=4,
            processUser="taro", processUserDomain="EXAMPLE",
        ),
        making.process_start(hour, 3, None, endpointGuid=guid),
    )  # fmt: skip
    found = lake.creators([(guid, 2), (guid, 3), (guid, 4), ("nowhere", 2)])
    assert found == {(guid, 2): ("C:\\a.exe", "a", 4, 1, "taro", "EXAMPLE"), (guid, 3): (None,) * 6}
    assert lake.creators([]) == {}


def test_what_a_process_did(lake: Lake, write: Write, hour: int, guid: str) -> None:
    mine = [making.activity(hour + n, endpointGuid=guid, processHashId=50, objectName=f"f{n}") for n in range(5)]
    write(*mine[::-1], making.activity(hour, endpointGuid="other", processHashId=50))
    found = lake.process_events(guid, 50, 3)
    assert [row["objectName"] for row in found] == ["f0", "f1", "f2"]
    assert all("rawDataStr" not in row for row in found)


def test_what_a_process_known_by_pid_did(lake: Lake, write: Write, hour: int, guid: str) -> None:
    write(
        making.process_start(hour, 1, None, endpointGuid=guid, objectPid=900),
        making.activity(hour + 5, endpointGuid=guid, processPid=900, objectName="first holder"),
        making.process_start(hour + 10, 2, None, endpointGuid=guid, objectPid=900),
        making.activity(hour + 15, endpointGuid=guid, processPid=900, objectName="second holder"),
    )
    assert [row["objectName"] for row in lake.process_events(guid, pid=900, at_ms=hour + 9)] == ["first holder"]
    assert [row["objectName"] for row in lake.process_events(guid, pid=900)] == ["second holder"]
    # its start has an identity although what it did names the pid alone
    assert [row["objectName"] for row in lake.process_events(guid, 1)] == ["first holder"]
    assert lake.process_events(guid, pid=901) == []
