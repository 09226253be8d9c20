"""Every field, setting and reason a person can meet is documented, in the words of the code."""

from dataclasses import fields
from pathlib import Path

import pytest

from hinomi.schema.activity import EVENT_NAMES, FIELDS
from hinomi.schema.record import REASONS
from hinomi.settings import HELP, Settings

ROOT = Path(__file__).resolve().parents[2]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def test_every_field_stands_in_the_reference_with_its_type() -> None:
    text = page("reference/fields.md")
    missing = [name for name, kind in FIELDS.items() if f"| `{name}` | {kind.value} |" not in text]
    assert missing == []


def test_every_event_class_stands_in_the_reference() -> None:
    text = page("reference/fields.md")
    assert [name for number, name in EVENT_NAMES.items() if f"{number} {name}" not in text] == []


def test_every_setting_has_help_and_stands_in_the_reference() -> None:
    text = page("reference/settings.md")
    for entry in fields(Settings):
        assert f"| `HINOMI_{entry.name.upper()}` | `{entry.default}` |" in text
        assert HELP[entry.name].en in text
        assert HELP[entry.name].ja in text


def test_every_reason_for_a_dead_letter_is_told_in_both_languages() -> None:
    assert all(en and ja and en != ja for en, ja in REASONS.values())


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    import re

    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"
