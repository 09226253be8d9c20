"""Only what changed is proved again, a model when one of its filters did; processes find what one process finds."""

from dataclasses import replace
from pathlib import Path

import pytest

from hinomi.detect.content import Content, load_content
from hinomi.operations import verification
from hinomi.operations.proofs import State, verify
from hinomi.operations.verification import records_of, verify_all
from hinomi.schema.content import Filter
from tests.api.house import content_folder
from tests.operations.test_proofs import FAILED, QUERY, SAVE, logon_filter, process_filter, spray


def content(folder: Path) -> Content:
    found, errors = load_content(folder)
    assert errors == []
    return found


def run(folder: Path, cache_file: Path) -> list[str]:
    """Ids of what was proved."""
    return [proof.id for proof in verify_all(content(folder), cache_file=cache_file).proofs]


EVERYTHING = ["sam_hive_saved", "whoami_run", "credential_dumping_registry"]


def test_only_what_changed_and_what_depends_on_it(tmp_path: Path) -> None:
    folder, cache_file = content_folder(tmp_path / "content"), tmp_path / "cache" / "proofs.json"
    assert run(folder, cache_file) == EVERYTHING
    assert run(folder, cache_file) == []
    filters = folder / "filters" / "windows"
    (filters / "whoami_run.yml").write_text((filters / "whoami_run.yml").read_text() + "\n# seen\n")
    assert run(folder, cache_file) == ["whoami_run"]
    (filters / "sam_hive_saved.yml").write_text((filters / "sam_hive_saved.yml").read_text() + "\n# seen\n")
    assert run(folder, cache_file) == ["sam_hive_saved", "credential_dumping_registry"]


def test_what_is_red_is_proved_until_it_is_green(tmp_path: Path) -> None:
    folder, cache_file = content_folder(tmp_path / "content"), tmp_path / "proofs.json"
    path = folder / "filters" / "windows" / "whoami_run.yml"
    sound = path.read_text()
    path.write_text(sound.replace("whoami.exe', CommandLine", "reg.exe', CommandLine"))
    assert run(folder, cache_file) == EVERYTHING
    assert run(folder, cache_file) == ["whoami_run"]
    path.write_text(sound)
    assert run(folder, cache_file) == ["whoami_run"]
    assert run(folder, cache_file) == []


def test_other_code_proves_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, cache_file = content_folder(tmp_path / "content"), tmp_path / "proofs.json"
    assert run(folder, cache_file) == EVERYTHING
    monkeypatch.setattr(verification, "code_version", lambda: "another")
    assert run(folder, cache_file) == EVERYTHING
    assert run(folder, cache_file) == []


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"code": 1}', b'{"code": "x", "green": 5}', b"\xff\xfe"])
def test_a_torn_cache_proves_everything(tmp_path: Path, torn: bytes) -> None:
    folder, cache_file = content_folder(tmp_path / "content"), tmp_path / "proofs.json"
    cache_file.write_bytes(torn)
    assert run(folder, cache_file) == EVERYTHING
    assert run(folder, cache_file) == []


def test_the_code_has_a_version_of_its_own() -> None:
    assert len(verification.code_version()) == 16
    assert verification.code_version() == verification.code_version()


def test_several_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    green = process_filter(tests_fire=(SAVE,), tests_silent=(QUERY,))
    many: list[Filter] = [replace(green, id=f"f{n}") for n in range(20)]
    many[7] = replace(process_filter(tests_fire=(QUERY,)), id="f7")
    made = Content((*many, logon_filter()), (spray(("fires", [{**FAILED, "repeat": 5}])),))
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(verification, "PAYS_FROM", 0)
    monkeypatch.setattr(verification.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    report = verify_all(made, on_done=lambda done, total: told.append((done, total)))
    assert report == verify(made)
    assert [proof.id for proof in report.failed] == ["f7"]
    assert [proof.state for proof in report.proofs if proof.id == "spray"] == [State.GREEN]
    assert told == [(8, 22), (16, 22), (22, 22)]


def test_how_many_records_a_test_stands_for() -> None:
    assert records_of({"Image": "a"}) == 1
    assert records_of({"Image": {"each": ["a", "b"]}, "User": "x"}) == 2
    assert records_of({"records": [{"repeat": 3}, {}]}) == 4
