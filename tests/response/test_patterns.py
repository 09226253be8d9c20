"""The pattern set: versions, bytes for sensors, and who is brought up to date."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import InputError, NotFound, Refused
from hinomi.response.pattern_delivery import PatternDelivery
from hinomi.response.patterns import KEPT_VERSIONS, Patterns
from hinomi.response.yara_check import YaraRefused
from hinomi.schema.endpoint import Endpoint, EndpointType
from hinomi.schema.principal import COMMAND_LINE
from hinomi.schema.task import Target
from hinomi.wire.pattern_set import HashPattern, unpack
from tests.make_access import Clock
from tests.make_database import database_at

SHA256 = "ab" * 32
RULE = 'rule demo { strings: $a = "hinomi-test.hive" condition: $a }'


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(database_at(tmp_path / "hinomi.db"))
    found.create()
    yield found
    found.close()


@pytest.fixture
def patterns(database: Database, tmp_path: Path) -> Patterns:
    clock = Clock()
    return Patterns(database, Audit(database, clock), tmp_path / "patterns", clock)


def test_each_change_is_a_version_whose_bytes_hold_the_set(patterns: Patterns) -> None:
    assert patterns.current().version == 0
    first = patterns.add_hash(COMMAND_LINE, "sha256", SHA256.upper(), name="demo script", source="task 00000001")
    patterns.add_yara(COMMAND_LINE, RULE)
    newest = patterns.current()
    blob = patterns.blob(2)
    assert (newest.version, newest.entries, newest.sha256) == (2, 2, hashlib.sha256(blob).hexdigest())
    found = unpack(blob)
    assert (found.version, found.hashes, found.yara) == (2, (HashPattern("sha256", SHA256, "demo script"),), RULE)
    assert unpack(patterns.blob(1)).yara == ""
    assert patterns.remove(COMMAND_LINE, first.id).version == 3
    assert unpack(patterns.blob(3)).hashes == ()
    assert [one.name for one in patterns.all()] == ["demo"]


def test_what_is_there_already_is_refused(patterns: Patterns) -> None:
    made = patterns.add_hash(COMMAND_LINE, "sha256", SHA256, name="a")
    with pytest.raises(Refused) as told:
        patterns.add_hash(COMMAND_LINE, "sha256", SHA256, name="b")
    assert told.value.details["id"] == made.id
    patterns.add_yara(COMMAND_LINE, RULE)
    with pytest.raises(YaraRefused, match="duplicate rule"):
        patterns.add_yara(COMMAND_LINE, RULE.replace("$a = ", "$a =  "))
    assert patterns.current().version == 2


@pytest.mark.parametrize(("kind", "value"), [("sha256", "ab"), ("md5", "a" * 32), ("sha1", "z" * 40), ("yara", "")])
def test_what_is_no_hash_is_refused(patterns: Patterns, kind: str, value: str) -> None:
    with pytest.raises(InputError):
        patterns.add_hash(COMMAND_LINE, kind, value, name="a")
    with pytest.raises(InputError):
        patterns.add_hash(COMMAND_LINE, "sha256", SHA256, name="\n")


def test_old_versions_go(patterns: Patterns, tmp_path: Path) -> None:
    for number in range(KEPT_VERSIONS + 3):
        patterns.add_hash(COMMAND_LINE, "sha1", f"{number:040x}", name=str(number))
    assert len(list((tmp_path / "patterns").iterdir())) == KEPT_VERSIONS
    with pytest.raises(NotFound):
        patterns.blob(1)
    assert patterns.blob(4)


def test_changes_are_written_down(patterns: Patterns, database: Database) -> None:
    made = patterns.add_hash(COMMAND_LINE, "sha256", SHA256, name="a")
    patterns.remove(COMMAND_LINE, made.id)
    rows = Audit(database, Clock()).search().items
    assert [(row.action, row.details["version"]) for row in rows] == [("remove pattern", 2), ("add pattern", 1)]


def endpoint(guid: str, version: int, **more: Any) -> Endpoint:
    return Endpoint(guid, guid, EndpointType.SERVER, pattern_version=version, actions=("apply_patterns",), **more)


def test_sensors_that_are_behind_are_brought_up_to_date_once(patterns: Patterns) -> None:
    asked: list[tuple[str, Mapping[str, Any]]] = []
    there = [endpoint("a", 0), endpoint("b", 1), endpoint("c", 0, is_revoked=True)]

    def ask(action: str, target: Target, parameters: Mapping[str, Any]) -> None:
        asked.append((target.id, parameters))
        if target.id == "a" and parameters["version"] == 2:
            raise Refused("on its way", "TaskDuplication")

    delivery = PatternDelivery(patterns, lambda: there, ask)
    assert delivery.sweep() == 0
    made = patterns.add_hash(COMMAND_LINE, "sha256", SHA256, name="a")
    assert (delivery.sweep(), delivery.sweep()) == (1, 0)
    assert asked == [("a", {"version": 1, "url": "/sensor/v1/patterns/1", "sha256": patterns.current().sha256})]
    patterns.remove(COMMAND_LINE, made.id)
    assert (delivery.sweep(), delivery.sweep()) == (2, 0)
    there[:] = [endpoint("a", 2), endpoint("b", 2)]
    assert delivery.sweep() == 0
