"""What of ATT&CK our content speaks to. In: content and a catalogue. Out: filters and models of each technique.

A technique is covered by what names it or one of its sub-techniques; a sub-technique only by what names itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hinomi.attack.crosswalk import parent_of
from hinomi.attack.knowledge import Attack
from hinomi.detect.content import Content


@dataclass(slots=True)
class Coverage:
    """Ids, in the order of the content."""

    filters: dict[str, None] = field(default_factory=dict)
    models: dict[str, None] = field(default_factory=dict)


def coverage_of(content: Content, attack: Attack) -> dict[str, Coverage]:
    """Technique id of the catalogue -> what covers it; techniques that nothing covers are left out."""
    found: dict[str, Coverage] = {}
    for one in content.filters:
        for id_ in _touched(attack, one.techniques):
            found.setdefault(id_, Coverage()).filters[one.id] = None
    for model in content.models:
        for id_ in _touched(attack, model.techniques):
            found.setdefault(id_, Coverage()).models[model.id] = None
    return found


def counts_in(attack: Attack, counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """(technique id as detections carry it, how many) under the catalogue's ids; what it does not know is left out."""
    found: dict[str, int] = {}
    for id_, count in counted:
        technique = attack.technique(id_)
        if technique is not None:
            found[technique.id] = found.get(technique.id, 0) + count
    return found


def _touched(attack: Attack, techniques: Iterable[str]) -> dict[str, None]:
    touched: dict[str, None] = {}
    for own in techniques:
        technique = attack.technique(own)
        if technique is not None:
            touched |= {technique.id: None} | ({parent: None} if (parent := parent_of(technique.id)) else {})
    return touched
