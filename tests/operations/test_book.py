"""The content book over a real database: what is in effect, through edits, updates, restarts and rivals."""

import time
from pathlib import Path

import pytest

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.detect.store import model_switches
from hinomi.errors import Conflict, Forbidden, InputError, NotFound, Refused
from hinomi.operations.book import ContentBook
from hinomi.operations.editing import ContentEditor
from hinomi.operations.given import read_given
from hinomi.operations.proof_book import ProofBook
from hinomi.operations.validation import InvalidContent
from hinomi.schema.content import Severity
from hinomi.schema.principal import COMMAND_LINE, Principal, PrincipalKind, Role
from tests.api.house import HIVE_FILTER, MODEL, WHO_FILTER, content_folder
from tests.make_database import database_at

ANALYST = Principal.of("analyst", Role.ANALYST, PrincipalKind.USER)
TOOL = """title: Tool seen
logsource: {product: windows, category: process_creation}
detection:
  tool: {Image|endswith: '\\tool.exe'}
  condition: tool
"""
PROVEN = TOOL + "tests:\n  fires: [{Image: 'C:\\a\\tool.exe'}]\n  silent: [{Image: 'C:\\a\\other.exe'}]\n"
RED = PROVEN.replace("C:\\a\\tool.exe", "C:\\a\\toll.exe")
USER = """name: Tool used
severity: low
rules:
  - {id: seen, name: Seen, type: single, filters: [custom_tool_seen]}
"""
SIGMA = """title: Rule of the community
id: 11111111-2222-3333-4444-555555555555
logsource: {product: windows, category: process_creation}
detection:
  tool: {Image|endswith: '\\other.exe'}
  condition: tool
level: high
"""


class Shelf:
    """A data folder's content and how it is opened: again, it is a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shipped = content_folder(folder / "content")
        self.imported = folder / "sigma"
        self.open()

    def open(self) -> None:
        database = Database(database_at(self.folder / "hinomi.db"))
        database.create()
        self.audit = Audit(database, time.time)
        self.book = ContentBook(database, self.audit, time.time, lambda: read_given(self.shipped, self.imported))
        self.editor = ContentEditor(self.book, ProofBook())

    def actions(self) -> list[str]:
        return [entry.action for entry in self.audit.search().items]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_custom_content_is_in_effect_at_once_and_after_a_restart(shelf: Shelf) -> None:
    seen: list[Content] = []
    shelf.book.on_change = seen.append
    made = shelf.editor.create(COMMAND_LINE, "filter", TOOL, "first")
    model = shelf.editor.create(COMMAND_LINE, "model", USER, "")
    assert (made.key, model.key) == (("filter", "custom_tool_seen"), ("model", "custom_tool_used"))
    assert [len(content.filters) for content in seen] == [3, 3]
    assert seen[-1].model["custom_tool_used"].enabled
    shelf.open()
    assert shelf.book.content == seen[-1]
    assert shelf.book.piece("filter", "custom_tool_seen").version == 1
    assert shelf.actions() == ["content.save", "content.save"]


def test_a_second_filter_of_the_same_title_has_an_id_of_its_own(shelf: Shelf) -> None:
    shelf.editor.create(COMMAND_LINE, "filter", TOOL, "")
    assert shelf.editor.create(COMMAND_LINE, "filter", TOOL, "").id == "custom_tool_seen_2"
    assert shelf.editor.create(COMMAND_LINE, "filter", TOOL.replace("Tool seen", "道具"), "").id == "custom_filter"


def test_an_edit_makes_another_model_of_those_that_use_it(shelf: Shelf) -> None:
    before = shelf.book.content.model["credential_dumping_registry"]
    shelf.editor.edit(COMMAND_LINE, "filter", "sam_hive_saved", HIVE_FILTER.replace("t1003.002", "t1003.004"), "", 0)
    after = shelf.book.content.model["credential_dumping_registry"]
    assert before.version != after.version
    assert after.techniques == ("T1003.004",)
    shelf.editor.remove(COMMAND_LINE, "filter", "sam_hive_saved")
    assert shelf.book.content.model["credential_dumping_registry"] == before


def test_versions_are_kept_and_rolled_back_to(shelf: Shelf) -> None:
    shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", WHO_FILTER.replace("level: low", "level: high"), "up", 0)
    assert shelf.book.content.filter["whoami_run"].risk is Severity.HIGH
    back = shelf.editor.roll_back(COMMAND_LINE, "filter", "whoami_run", 0, "")
    assert (back.version, back.origin) == (2, "shipped")
    assert shelf.book.content.filter["whoami_run"].risk is Severity.LOW
    shelf.editor.roll_back(COMMAND_LINE, "filter", "whoami_run", 1, "again")
    assert shelf.book.content.filter["whoami_run"].risk is Severity.HIGH
    versions = shelf.book.texts.versions(("filter", "whoami_run"))
    assert [(one.version, one.comment) for one in versions] == [(3, "again"), (2, "version 0 again"), (1, "up")]
    with pytest.raises(NotFound):
        shelf.editor.roll_back(COMMAND_LINE, "filter", "whoami_run", 9, "")


def test_who_saves_over_a_newer_version_is_refused(shelf: Shelf) -> None:
    shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", WHO_FILTER, "mine", 0)
    with pytest.raises(Conflict, match="version 1"):
        shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", WHO_FILTER, "theirs", 0)
    assert [one.comment for one in shelf.book.texts.versions(("filter", "whoami_run"))] == ["mine"]


def test_an_update_never_overwrites_an_edit(shelf: Shelf) -> None:
    mine = WHO_FILTER.replace("level: low", "level: high")
    shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", mine, "", 0)
    update = WHO_FILTER.replace("'\\whoami.exe'", "['\\whoami.exe', '\\who.exe']")
    (shelf.shipped / "filters/windows/whoami_run.yml").write_text(update)
    shelf.open()
    piece = shelf.book.piece("filter", "whoami_run")
    assert piece.conflict
    assert shelf.book.content.filter["whoami_run"].risk is Severity.HIGH
    assert piece.kept is not None
    assert piece.kept.base == WHO_FILTER
    assert shelf.book.given_text(piece.key) == update

    kept = shelf.editor.resolve(COMMAND_LINE, "filter", "whoami_run", "mine")
    assert not kept.conflict
    assert shelf.book.text(kept) == mine


def test_a_conflict_ends_with_a_merged_or_the_shipped_text(shelf: Shelf) -> None:
    shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", WHO_FILTER + "# mine\n", "", 0)
    update = WHO_FILTER.replace("level: low", "level: medium")
    (shelf.shipped / "filters/windows/whoami_run.yml").write_text(update)
    shelf.book.reload()
    assert shelf.book.piece("filter", "whoami_run").conflict
    merged = shelf.editor.resolve(COMMAND_LINE, "filter", "whoami_run", "text", update + "# mine\n")
    assert (merged.conflict, merged.version) == (False, 2)
    assert shelf.book.content.filter["whoami_run"].risk is Severity.MEDIUM
    gone = shelf.editor.resolve(COMMAND_LINE, "filter", "whoami_run", "shipped")
    assert (gone.kept, gone.version) == (None, 0)
    with pytest.raises(InputError):
        shelf.editor.resolve(COMMAND_LINE, "filter", "whoami_run", "mine")


def test_red_content_is_kept_switched_off(shelf: Shelf) -> None:
    made = shelf.editor.create(COMMAND_LINE, "filter", RED, "")
    assert not shelf.book.content.filter[made.id].enabled
    with pytest.raises(Refused) as caught:
        shelf.editor.switch_filter(COMMAND_LINE, made.id, enabled=True)
    assert caught.value.code == "RedProof"
    assert caught.value.details["proof"]["failures"][0]["test"] == "fires 1"
    shelf.editor.edit(COMMAND_LINE, "filter", made.id, PROVEN, "mended", 1)
    shelf.editor.switch_filter(COMMAND_LINE, made.id, enabled=True)
    assert shelf.book.content.filter[made.id].enabled


def test_a_text_that_cannot_be_used_is_not_saved(shelf: Shelf) -> None:
    with pytest.raises(InvalidContent) as caught:
        shelf.editor.create(COMMAND_LINE, "model", USER, "")
    assert caught.value.details["errors"][0]["line"] == 4
    with pytest.raises(InvalidContent):
        shelf.editor.edit(COMMAND_LINE, "filter", "whoami_run", "title: [", "", 0)
    assert shelf.actions() == []


def test_a_filter_in_use_is_not_removed(shelf: Shelf) -> None:
    shelf.editor.create(COMMAND_LINE, "filter", TOOL, "")
    shelf.editor.create(COMMAND_LINE, "model", USER, "")
    with pytest.raises(Refused) as caught:
        shelf.editor.remove(COMMAND_LINE, "filter", "custom_tool_seen")
    assert caught.value.details["models"] == ["custom_tool_used"]
    shelf.editor.remove(COMMAND_LINE, "model", "custom_tool_used")
    shelf.editor.remove(COMMAND_LINE, "filter", "custom_tool_seen")
    assert "custom_tool_seen" not in shelf.book.content.filter
    assert len(shelf.book.texts.versions(("filter", "custom_tool_seen"))) == 1
    with pytest.raises(Refused):
        shelf.editor.remove(COMMAND_LINE, "filter", "whoami_run")


def test_a_model_whose_filter_an_update_took_is_off_and_told(shelf: Shelf) -> None:
    shelf.editor.create(COMMAND_LINE, "model", USER.replace("custom_tool_seen", "whoami_run"), "")
    (shelf.shipped / "filters/windows/whoami_run.yml").unlink()
    shelf.open()
    assert not shelf.book.content.model["custom_tool_used"].enabled
    assert any("unknown filter 'whoami_run'" in str(problem) for problem in shelf.book.problems)


def test_switches_at_each_level_survive_a_restart(shelf: Shelf) -> None:
    model = "credential_dumping_registry"
    shelf.editor.switch_model(COMMAND_LINE, model, enabled=None, rules={"hive_saved": False}, severity="low")
    shelf.editor.switch_filter(COMMAND_LINE, "whoami_run", enabled=False, risk="critical")
    shelf.open()
    content = shelf.book.content
    assert (content.model[model].severity, content.model[model].enabled) == (Severity.LOW, True)
    assert [rule.enabled for rule in content.model[model].rules] == [False]
    assert [one.id for one in content.enabled_filters] == ["sam_hive_saved"]
    shelf.editor.switch_model(COMMAND_LINE, model, enabled=False, rules={"hive_saved": True}, severity=None)
    changed = shelf.book.content.model[model]
    assert (changed.severity, changed.enabled, changed.rules[0].enabled) == (Severity.HIGH, False, True)


def test_a_switch_of_an_older_version_still_counts(shelf: Shelf) -> None:
    row = {"model_id": "credential_dumping_registry", "enabled": False, "changed_by": "old", "changed_ms": 5}
    with shelf.book.database.begin() as connection:
        connection.execute(model_switches.insert().values(**row))
    shelf.open()
    assert not shelf.book.content.model["credential_dumping_registry"].enabled
    shelf.editor.switch_model(COMMAND_LINE, "credential_dumping_registry", enabled=True, rules={})
    shelf.open()
    assert shelf.book.content.model["credential_dumping_registry"].enabled


def test_imported_rules_are_edited_like_shipped_ones(shelf: Shelf) -> None:
    shelf.imported.mkdir()
    (shelf.imported / "rule.yml").write_text(SIGMA)
    shelf.book.reload()
    rule = "11111111-2222-3333-4444-555555555555"
    assert shelf.book.content.filter[rule].risk is Severity.HIGH
    piece = shelf.editor.edit(COMMAND_LINE, "filter", rule, SIGMA.replace("level: high", "level: low"), "", 0)
    assert (piece.origin, shelf.book.content.filter[rule].risk) == ("sigma", Severity.LOW)


def test_nobody_without_the_permission_changes_anything(shelf: Shelf) -> None:
    for change in (
        lambda: shelf.editor.create(ANALYST, "filter", TOOL, ""),
        lambda: shelf.editor.edit(ANALYST, "filter", "whoami_run", TOOL, "", 0),
        lambda: shelf.editor.remove(ANALYST, "filter", "whoami_run"),
        lambda: shelf.editor.roll_back(ANALYST, "filter", "whoami_run", 0, ""),
        lambda: shelf.editor.resolve(ANALYST, "filter", "whoami_run", "mine"),
        lambda: shelf.editor.switch_filter(ANALYST, "whoami_run", enabled=False),
        lambda: shelf.editor.switch_model(ANALYST, "credential_dumping_registry", enabled=False, rules={}),
        lambda: shelf.editor.reload(ANALYST),
    ):
        with pytest.raises(Forbidden):
            change()
    assert shelf.actions() == []


def test_shipped_texts_are_read_back_as_they_stand(shelf: Shelf) -> None:
    assert shelf.book.text(shelf.book.piece("filter", "whoami_run")) == WHO_FILTER
    assert shelf.book.text(shelf.book.piece("model", "credential_dumping_registry")) == MODEL
    with pytest.raises(NotFound):
        shelf.book.piece("filter", "none")
    with pytest.raises(NotFound):
        shelf.book.piece("playbook", "none")
