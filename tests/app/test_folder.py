import stat
from pathlib import Path

import pytest

from hinomi.app.folder import DataFolder
from hinomi.errors import Conflict, NotFound


def test_a_folder_is_made_once_and_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make("1")
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    with pytest.raises(Conflict):
        folder.make("1")


def test_a_missing_folder_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="hinomi init --data"):
        DataFolder(tmp_path / "none").require()


def test_only_one_holds_the_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.make("1")
    with folder.hold(), pytest.raises(Conflict, match="another Hinomi process"), DataFolder(tmp_path).hold():
        pass
    with DataFolder(tmp_path).hold():
        pass


def test_a_server_is_found_only_while_it_holds_the_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.make("1")
    with folder.hold():
        assert DataFolder(tmp_path).server() is None
        folder.announce("http://127.0.0.1:1", "secret")
        found = DataFolder(tmp_path).server()
        assert found is not None
        assert (found["url"], found["token"]) == ("http://127.0.0.1:1", "secret")
        assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600
    # it was killed: the announcement is left, but nobody holds the folder
    assert DataFolder(tmp_path).server() is None
