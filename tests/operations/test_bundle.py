import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.errors import Forbidden, InputError, NotFound, TooLarge
from hinomi.operations import bundle
from hinomi.operations.bundle import Imported, export, import_bundle
from hinomi.schema.principal import COMMAND_LINE
from tests.api.house import WHO_FILTER
from tests.operations.test_book import ANALYST, RED, TOOL, USER, Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def zipped(files: Mapping[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


def taken(shelf: Shelf, data: bytes, **more: bool) -> Imported:
    return import_bundle(shelf.book, shelf.editor, COMMAND_LINE, data, **more)


def states(found: Imported) -> dict[str, str]:
    return {item.key[1]: item.state for item in found.items}


def test_what_goes_out_comes_in_elsewhere(shelf: Shelf, tmp_path: Path) -> None:
    shelf.editor.create(COMMAND_LINE, "filter", TOOL, "")
    shelf.editor.create(COMMAND_LINE, "model", USER, "")
    mine = WHO_FILTER.replace("level: low", "level: high")
    shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", mine, "", 0)
    data = export(shelf.book)
    assert data == export(shelf.book)
    assert states(taken(shelf, data)) == dict.fromkeys(("custom_tool_seen", "whoami_run", "custom_tool_used"), "same")

    (tmp_path / "other").mkdir()
    other = Shelf(tmp_path / "other")
    wanted = {"custom_tool_seen": "new", "whoami_run": "changed", "custom_tool_used": "new"}
    assert states(taken(other, data, dry_run=True)) == wanted
    assert other.actions() == []
    assert states(taken(other, data)) == wanted
    assert other.book.content.model["custom_tool_used"].enabled
    assert other.book.text(other.book.piece("filter", "whoami_run")) == mine
    assert set(other.actions()) == {"content.import"}


def test_a_model_takes_its_custom_filters_along(shelf: Shelf) -> None:
    shelf.editor.create(COMMAND_LINE, "filter", TOOL, "")
    shelf.editor.create(COMMAND_LINE, "model", USER, "")
    with zipfile.ZipFile(io.BytesIO(export(shelf.book, ["custom_tool_used"]))) as archive:
        assert sorted(archive.namelist()) == [
            "filters/custom_tool_seen.yml",
            "hinomi.json",
            "models/custom_tool_used.yml",
        ]
    with pytest.raises(NotFound):
        export(shelf.book, ["none"])


def test_each_file_is_judged_alone(shelf: Shelf) -> None:
    found = taken(
        shelf,
        zipped(
            {
                "filters/good_one.yml": TOOL,
                "filters/bad_one.yml": "title: [",
                "filters/Bad-Name.yml": TOOL,
                "filters/latin_one.yml": b"title: \xff",
                "a/filters/deep/good_two.yaml": RED,
                "models/uses_bad.yml": USER.replace("custom_tool_seen", "bad_one"),
                "models/uses_good.yml": USER.replace("custom_tool_seen", "good_one"),
                "README.md": "x",
                "../filters/up.yml": TOOL,
                "/filters/root.yml": TOOL,
                "filters\\back.yml": TOOL,
            }
        ),
    )
    assert states(found) == {
        "good_one": "new",
        "good_two": "new",
        "uses_good": "new",
        "bad_one": "error",
        "Bad-Name": "error",
        "latin_one": "error",
        "uses_bad": "error",
    }
    assert set(found.ignored) == {"README.md", "../filters/up.yml", "/filters/root.yml", "filters\\back.yml"}
    assert all(item.errors for item in found.items if item.state == "error")
    assert not shelf.book.content.filter["good_two"].enabled
    assert "uses_bad" not in shelf.book.content.model


def test_a_dry_run_knows_the_filters_of_its_own_bundle(shelf: Shelf) -> None:
    data = zipped({"filters/custom_tool_seen.yml": TOOL, "models/uses_it.yml": USER})
    assert set(states(taken(shelf, data, dry_run=True)).values()) == {"new"}


def test_a_bundle_has_bounds(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"filters/bomb.yml": b"#" * (bundle.MAX_BYTES + 1)})
    assert len(bomb) < 10_000
    with pytest.raises(TooLarge, match="larger"):
        taken(shelf, bomb)
    with pytest.raises(InputError, match="packed"):
        taken(shelf, zipped({"filters/a.yml": TOOL}, zipfile.ZIP_LZMA))
    monkeypatch.setattr(bundle, "MAX_TOTAL", 300)
    with pytest.raises(TooLarge, match="more than 300 bytes"):
        taken(shelf, zipped({f"filters/a{number}.yml": TOOL for number in range(5)}))
    monkeypatch.setattr(bundle, "MAX_FILES", 3)
    with pytest.raises(TooLarge, match="4 files"):
        taken(shelf, zipped({f"filters/a{number}.yml": TOOL for number in range(4)}))
    monkeypatch.setattr(bundle, "MAX_ZIP", 10)
    with pytest.raises(TooLarge):
        taken(shelf, bomb)
    assert shelf.actions() == []


def test_only_who_may_change_content_imports(shelf: Shelf) -> None:
    with pytest.raises(Forbidden):
        import_bundle(shelf.book, shelf.editor, ANALYST, zipped({"filters/a.yml": TOOL}))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_damaged_zips_are_refused_in_words(shelf: Shelf, at: int, damage: bytes) -> None:
    whole = zipped({"filters/a.yml": TOOL, "models/b.yml": USER})
    damaged = whole[:at] + damage + whole[at + len(damage) :]
    try:
        found = taken(shelf, damaged, dry_run=True)
    except InputError:
        return
    assert len(found.items) + len(found.ignored) <= 3


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 100, zipped({})[:-5]])
def test_what_is_no_zip_is_refused(shelf: Shelf, data: bytes) -> None:
    with pytest.raises(InputError):
        taken(shelf, data)
