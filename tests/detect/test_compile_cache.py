"""What was read before is read the same, faster; whatever is wrong with a cache, the files decide."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from hinomi.detect import compile_cache
from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.content import load_filters
from hinomi.errors import ContentError
from hinomi.schema.content import Filter

CONTENT = Path(__file__).resolve().parents[2] / "content"


def _rule(name: str, **other: Any) -> dict[str, Any]:
    rule = {
        "title": name,
        "id": f"5d1cbd1c-91c6-4f1e-9f9f-{sum(map(ord, name)):012d}",
        "status": "test",
        "description": "one",
        "author": "a",
        "date": "2026-11-22",
        "tags": ["attack.t1003"],
        "logsource": {"product": "windows", "category": "process_creation"},
        "detection": {"one": {"CommandLine|contains": "needle"}, "condition": "one"},
        "level": "high",
        "hinomi": {"class": "behaviour", "highlights": ["objectCmd"], "ja": {"title": "一", "description": "一つ"}},
        "tests": {"fires": [{"CommandLine": "a needle"}], "silent": [{"CommandLine": "hay"}]},
    }
    return rule | other


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "filters").mkdir()
    for name in ("first", "second"):
        (tmp_path / "filters" / f"{name}.yml").write_text(yaml.safe_dump(_rule(name)))
    (tmp_path / "filters" / "broken.yml").write_text(yaml.safe_dump(_rule("broken", level="loud")))
    (tmp_path / "filters" / "torn.yml").write_text("title: [")
    return tmp_path


def _whole(found: tuple[list[Filter], list[ContentError]]) -> Any:
    filters, errors = found
    inner = [(one.sigma.condition, one.sigma.rule_id, one.tests_fire, one.tests_silent) for one in filters]
    return filters, inner, [(str(error), error.at, error.ja) for error in errors]


def _written(cache: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(cache.glob("*.json"))]


def _parses(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Paths that are parsed from now on."""
    from hinomi.detect import shelf

    parsed: list[Path] = []
    read = shelf.read_documents

    def noting(path: Path, name: str) -> Any:
        parsed.append(path)
        return read(path, name)

    monkeypatch.setattr(shelf, "read_documents", noting)
    return parsed


def test_a_second_load_parses_nothing_and_finds_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompileCache(folder / "cache")
    expected = _whole(load_filters(folder))
    assert len(expected[0]) == 2
    assert len(expected[2]) == 3
    assert _whole(load_filters(folder, cache=cache)) == expected
    parsed = _parses(monkeypatch)
    assert _whole(load_filters(folder, cache=cache)) == expected
    assert parsed == []


def test_the_rule_can_still_be_had(folder: Path) -> None:
    cache = CompileCache(folder / "cache")
    first = [one.sigma.rule.to_dict() for one in load_filters(folder, cache=cache)[0]]
    assert [one.sigma.rule.to_dict() for one in load_filters(folder, cache=cache)[0]] == first


def test_a_changed_file_is_read_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompileCache(folder / "cache")
    load_filters(folder, cache=cache)
    changed = folder / "filters" / "second.yml"
    changed.write_text(yaml.safe_dump(_rule("second", level="low")))
    parsed = _parses(monkeypatch)
    found = load_filters(folder, cache=cache)
    assert parsed == [changed]
    assert _whole(found) == _whole(load_filters(folder))
    assert [str(one.risk) for one in found[0]] == ["high", "low"]


def test_a_file_that_is_gone_is_gone(folder: Path) -> None:
    cache = CompileCache(folder / "cache")
    load_filters(folder, cache=cache)
    before = len(_written(folder / "cache")[0])
    (folder / "filters" / "second.yml").unlink()
    assert [one.id for one in load_filters(folder, cache=cache)[0]] == ["first"]
    assert len(_written(folder / "cache")[0]) < before


def test_another_code_reads_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompileCache(folder / "cache")
    load_filters(folder, cache=cache)
    parsed = _parses(monkeypatch)
    monkeypatch.setattr(compile_cache, "code_version", lambda: "another")
    assert len(load_filters(folder, cache=cache)[0]) == 2
    assert len(parsed) == 4
    assert len(load_filters(folder, cache=cache)[0]) == 2
    assert len(parsed) == 4


def test_other_techniques_are_another_load(folder: Path) -> None:
    cache = CompileCache(folder / "cache")
    assert len(load_filters(folder, cache=cache)[0]) == 2
    assert load_filters(folder, cache=cache, techniques={"T1059"})[0] == []
    assert len(load_filters(folder, cache=cache)[0]) == 2


@pytest.mark.parametrize("damage", ["truncated", "empty", "turned", "foreign", "deep"])
def test_a_damaged_cache_is_as_if_it_were_not_there(folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompileCache(folder / "cache")
    expected = _whole(load_filters(folder, cache=cache))
    (file,) = (folder / "cache").glob("*.json")
    whole = file.read_bytes()
    file.write_bytes(
        {
            "truncated": whole[: len(whole) // 2],
            "empty": b"",
            "turned": whole.replace(b"needle", b"noodle"),
            "foreign": b"GIF89a" + bytes(300),
            "deep": b"[" * 100_000,
        }[damage]
    )
    parsed = _parses(monkeypatch)
    assert _whole(load_filters(folder, cache=cache)) == expected
    assert len(parsed) == 4
    assert file.read_bytes() == whole


@pytest.mark.parametrize("plain", [None, 7, [], [1, 2], [["x"], []], [[["x"], ["or", 3], ""], []], {"a": 1}])
def test_a_reading_of_another_form_is_read_anew(folder: Path, plain: Any) -> None:
    """It adds up and is by our code, and still is none of ours."""
    cache = CompileCache(folder / "cache")
    expected = _whole(load_filters(folder, cache=cache))
    shelf = cache.shelf("filters", str(folder.resolve()), "shipped", "any")
    assert len(shelf._known) == 4
    for known in (
        dict.fromkeys(shelf._known, plain),
        {key: [errors, [[head, plain] for head, _ in entries]] for key, (errors, entries) in shelf._known.items()},
    ):
        shelf._write(known)
        assert _whole(load_filters(folder, cache=cache)) == expected
        assert _whole(load_filters(folder, cache=cache)) == expected


def test_a_file_others_may_write_is_not_trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompileCache(folder / "cache")
    load_filters(folder, cache=cache)
    (file,) = (folder / "cache").glob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.chmod(0o622)
    parsed = _parses(monkeypatch)
    assert len(load_filters(folder, cache=cache)[0]) == 2
    assert len(parsed) == 4


def test_a_link_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompileCache(folder / "cache")
    load_filters(folder, cache=cache)
    (file,) = (folder / "cache").glob("*.json")
    file.rename(folder / "elsewhere")
    file.symlink_to(folder / "elsewhere")
    parsed = _parses(monkeypatch)
    assert len(load_filters(folder, cache=cache)[0]) == 2
    assert len(parsed) == 4
    assert not file.is_symlink()


def test_a_folder_that_cannot_be_written_costs_time_only(folder: Path) -> None:
    """A file stands where the folder belongs: root may write anywhere else."""
    (folder / "cache").write_text("")
    assert len(load_filters(folder, cache=CompileCache(folder / "cache"))[0]) == 2
    assert len(load_filters(folder, cache=CompileCache(folder / "cache" / "below"))[0]) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_costs_time_only(folder: Path) -> None:
    (folder / "cache").mkdir(mode=0o500)
    assert len(load_filters(folder, cache=CompileCache(folder / "cache"))[0]) == 2
    assert _written(folder / "cache") == []


def test_two_at_once_leave_a_whole_file(folder: Path) -> None:
    one, two = (CompileCache(folder / "cache").shelf("same") for _ in range(2))
    file = folder / "filters" / "first.yml"
    for shelf in (one, two):
        shelf.documents(file, "first.yml")
    one.close()
    two.close()
    assert len(CompileCache(folder / "cache").shelf("same")._known) == 1
    assert [path.suffix for path in (folder / "cache").iterdir()] == [".json"]


def test_old_shelves_go(folder: Path) -> None:
    cache = CompileCache(folder / "cache")
    for number in range(compile_cache.MAX_SHELVES + 3):
        shelf = cache.shelf(str(number))
        shelf.documents(folder / "filters" / "first.yml", "first.yml")
        shelf.close()
    assert len(_written(folder / "cache")) == compile_cache.MAX_SHELVES


def test_what_has_no_form_is_read_each_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day is more than JSON can say."""
    odd = _rule("first", tests={"fires": [{"CommandLine": "needle", "UtcTime": "2026-11-22"}], "silent": [{"A": 1}]})
    text = yaml.safe_dump(odd).replace("UtcTime: '2026-11-22'", "UtcTime: 2026-11-22")
    (folder / "filters" / "first.yml").write_text(text)
    cache = CompileCache(folder / "cache")
    expected = _whole(load_filters(folder))
    assert not isinstance(expected[1][0][2][0]["UtcTime"], str)
    for _ in range(2):
        assert _whole(load_filters(folder, cache=cache)) == expected


def test_all_shipped_filters_have_a_form(tmp_path: Path) -> None:
    cache = CompileCache(tmp_path / "cache")
    expected = _whole(load_filters(CONTENT, cache=cache))
    assert _whole(load_filters(CONTENT, cache=cache)) == expected
    shelf = cache.shelf("filters", str(CONTENT.resolve()), "shipped", "any")
    assert len(shelf._known) == len(expected[0])
    assert all(plain is not None for _, documents in shelf._known.values() for _, plain in documents)
