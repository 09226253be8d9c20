"""An import counts from the next asking on; one that cannot be read hinders nobody."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.attack.bundled import VERSION
from hinomi.attack.catalogue import FILE, attack_status, load_attack, use_imported, write_import
from hinomi.attack.facts import Entry, Facts

FACTS = Facts("20.1", (Entry("T1003", "OS Credential Dumping", "technique", ("credential-access",)),))


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    yield
    use_imported(None)


def test_without_an_import_what_comes_with_the_product_counts(tmp_path: Path) -> None:
    use_imported(tmp_path)
    status = attack_status()
    assert (status["version"], status["source"], status["imported"]) == (VERSION, "bundled", None)
    assert status["groups"] > 100
    assert status["software"] > 500
    assert status["mitigations"] > 30


def test_an_import_counts_at_once_and_is_told(tmp_path: Path) -> None:
    use_imported(tmp_path)
    assert load_attack().version == VERSION
    write_import(tmp_path, FACTS, {"file": "x.json"})
    assert load_attack().version == "20.1"
    status = attack_status()
    assert (status["source"], status["imported"]) == ("imported", {"file": "x.json"})
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b'{"format": 99}', b'{"format": 1, "facts": {}}'])
def test_a_damaged_import_is_told_and_left_aside(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    use_imported(tmp_path)
    assert load_attack().version == VERSION
    assert "import them again" in attack_status()["trouble"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_imported(tmp_path)
    write_import(tmp_path, FACTS, {})

    def full(_handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_import(tmp_path, Facts("21.0", FACTS.entries), {})
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert load_attack().version == "20.1"
