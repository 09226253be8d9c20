"""Where a column of an activity comes from: the names in the record that its source's mapping made it of.

For people who ask why a filter was met. Nothing here is used while records are read.
"""

from dataclasses import dataclass
from enum import StrEnum

from hinomi.normalise.ancestry import TARGET
from hinomi.normalise.event_data import EVENT_DATA
from hinomi.normalise.source import Mapping, Recipe, Take
from hinomi.normalise.sources import source_of
from hinomi.schema.activity import LISTED, ActivityBatch

# names of files are the last part of their paths (activities.py)
_BASE_NAMES = {"processName": "processFilePath", "parentName": "parentFilePath", "objectName": "objectFilePath"}
# what a second reading (projection.py) makes out of the command line
_PROJECTED = frozenset({
    "ScriptBlockText", "eventDataScriptBlockText", "TargetObject", "Details", "EventType",
    "objectRegistryKeyHandle", "objectRegistryValue", "objectRegistryData",
})  # fmt: skip
_COMMAND = "objectCmd"


class How(StrEnum):
    RECORDED = "recorded"  # stands in the record under this name
    CONVERTED = "converted"  # made of values of the record
    PROJECTED = "projected"  # read out of the command line: the record is a process start
    ANCESTRY = "ancestry"  # known from the start of the parent process, another record
    LISTED = "listed"  # a value of the record stood on the block list when it came


@dataclass(frozen=True, slots=True)
class Whence:
    """`names`: the record's own names of the values; none where other records told it."""

    how: How
    names: tuple[str, ...]


def whence(batch: ActivityBatch, index: int, column: str) -> Whence:
    """How one column of one activity came about."""
    mapping = _mapping(batch, index)
    if batch.projected and column in _PROJECTED:
        return Whence(How.PROJECTED, _recipe(mapping, _COMMAND).names)
    if column in batch.native:
        recipe = mapping.native.get(column)
        return Whence(How.RECORDED, (column,)) if recipe is None else _of(recipe)
    if column in LISTED:
        return Whence(How.LISTED, ())
    own = _recipe(mapping, column)
    if column in TARGET and not own.names:
        return Whence(How.ANCESTRY, ())
    return own


def _recipe(mapping: Mapping, field: str) -> Whence:
    """What a vocabulary field is made of."""
    recipe = mapping.fields.get(field, EVENT_DATA.get(field))
    if recipe is None and field in _BASE_NAMES:
        return Whence(How.CONVERTED, _recipe(mapping, _BASE_NAMES[field]).names)
    if isinstance(recipe, str) and recipe in mapping.native:
        return _of(mapping.native[recipe])
    return _of(recipe) if recipe is not None else Whence(How.CONVERTED, ())


def _of(recipe: Recipe) -> Whence:
    if isinstance(recipe, Take):
        return Whence(How.CONVERTED, tuple(name for name in recipe.names if name[0] != "@"))
    return Whence(How.RECORDED, (recipe,))


def _mapping(batch: ActivityBatch, index: int) -> Mapping:
    """The mapping that this activity was read by."""
    provider = batch.native.get("Provider_Name") or [""]
    name = provider[index] if index < len(provider) else ""
    found = source_of(batch.kind.product, str(name or ""), batch.kind.channel).mapping(batch.kind.event_id)
    if isinstance(found, Mapping):
        return found
    column = batch.native.get(found.name)
    value = column[index] if column else None
    return found.by_value.get(value, found.otherwise) if type(value) in (str, int) else found.otherwise
