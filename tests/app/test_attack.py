"""`hinomi attack import`: read, audited, in use."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hinomi.access.audit import Audit
from hinomi.app.attack import import_attack, status_of
from hinomi.app.folder import DataFolder
from hinomi.app.opening import open_database
from hinomi.attack.catalogue import FILE, use_imported
from hinomi.cli import main
from hinomi.errors import InputError, TooLarge
from hinomi.settings import Settings
from tests.attack.test_stix import bundle, thing

COLLECTION = {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": "20.1"}


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings(data=tmp_path / "data")
    DataFolder(made.data).make("1")
    yield made
    use_imported(None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "enterprise.json"
    path.write_bytes(bundle(COLLECTION, thing("T2001", "Yawn"), thing("G0999", "Sleepers", "intrusion-set")))
    return path


def test_an_import_is_in_use_and_in_the_audit_log(settings: Settings, file: Path) -> None:
    status = import_attack(settings, file)
    assert (status["version"], status["source"], status["imported"]["file"]) == ("20.1", "imported", file.name)
    database = open_database(settings)
    rows = Audit(database, time.time).search(top=5).items
    database.close()
    assert [(row.action, row.target) for row in rows][:1] == [("attack.import", "20.1")]
    assert status_of(settings)["version"] == "20.1"


def test_what_cannot_be_read_changes_nothing(settings: Settings, file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"{}")
    with pytest.raises(InputError):
        import_attack(settings, file)
    huge = tmp_path / "huge.json"
    with huge.open("wb") as stream:
        stream.truncate(200 << 20)
    with pytest.raises(TooLarge):
        import_attack(settings, huge)
    with pytest.raises(InputError):
        import_attack(settings, tmp_path / "none.json")
    assert not (settings.data / FILE).exists()


def test_the_words_of_the_command_line(settings: Settings, file: Path) -> None:
    def say(*words: str) -> str:
        done = CliRunner().invoke(main, ["attack", *words, "--data", str(settings.data)])
        assert done.exit_code == 0, done.output
        return done.output

    assert "ATT&CK 18.1" in say("status")
    assert "Mimikatz" in say("search", "S0002")
    assert "LSASS Memory" in say("show", "T1003-001")
    assert "The MITRE Corporation" in say("show", "G0016")
    assert "ATT&CK 20.1" in say("import", str(file))
    assert "Sleepers" in say("search", "sleepers")
    gone = CliRunner().invoke(main, ["attack", "show", "T1064", "--data", str(settings.data)])
    assert gone.exit_code == 1
