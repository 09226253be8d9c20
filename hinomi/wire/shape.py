"""Plain JSON into frozen data classes and back, with a limit on everything; what either side sends is hostile until read.

Read by the types of the fields: bool, int, float, str, bytes (base64 text), dict (free JSON), `X | None`, tuples of these,
of pairs and of data classes, mappings from text to any of these, data classes. A key that nobody knows is passed over (a newer
side may say more), a missing key takes the field's default. A field may have its own limit: `field(metadata=most(256))`.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from hinomi.errors import InputError

MOST_CHARACTERS = 4096  # of one text
MOST_ITEMS = 20_000  # of one list or mapping: the software of a host
MOST_BYTES = 2 << 20  # of one base64 text, decoded
MOST_DEPTH = 24  # of free JSON
_SAFE = 1 << 53  # whole numbers that every JSON reader keeps

Shape = TypeVar("Shape")


def most(limit: int) -> Mapping[str, int]:
    """Metadata of a field: its text has at most so many characters, its list so many items, its bytes so many."""
    return MappingProxyType({"most": limit})


def read_shape(shape: type[Shape], given: Any, where: str = "") -> Shape:
    """An object of the data class `shape`; InputError names the field that is wrong and what would be right."""
    if not isinstance(given, dict):
        raise InputError(f"{where or shape.__name__}: not a JSON object")
    hints = _hints(shape)  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for entry in fields(shape):  # type: ignore[arg-type]
        place = f"{where}.{entry.name}" if where else entry.name
        if entry.name in given:
            values[entry.name] = _read(hints[entry.name], given[entry.name], place, entry.metadata.get("most"))
        elif _is_needed(entry):
            raise InputError(f"{place}: missing")
    return shape(**values)


def write_shape(value: Any) -> Any:
    """Plain JSON of a data class: what `read_shape` reads."""
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: write_shape(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple | list):
        return [write_shape(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): write_shape(each) for name, each in value.items()}
    return value


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)


def _is_needed(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _read(hint: Any, given: Any, place: str, limit: int | None) -> Any:
    origin = get_origin(hint)
    if hint in _PLAIN:
        return _PLAIN[hint](given, place, limit)
    if origin is UnionType:  # only `X | None` is used
        if given is None:
            return None
        return _read(next(each for each in get_args(hint) if each is not NoneType), given, place, limit)
    if origin is tuple:
        return _read_tuple(get_args(hint), given, place, limit)
    if origin is not None and issubclass(origin, Mapping):
        return _read_mapping(get_args(hint)[1], given, place, limit)
    return read_shape(hint, given, place)


def _read_tuple(of: tuple[Any, ...], given: Any, place: str, limit: int | None) -> tuple[Any, ...]:
    if not isinstance(given, list):
        raise InputError(f"{place}: not a list")
    if len(of) == 2 and of[1] is Ellipsis:
        _bound(len(given), limit or MOST_ITEMS, place, "items")
        return tuple(_read(of[0], each, f"{place}[{index}]", None) for index, each in enumerate(given))
    if len(given) != len(of):
        raise InputError(f"{place}: {len(given)} items where there must be {len(of)}")
    return tuple(_read(kind, each, place, None) for kind, each in zip(of, given, strict=True))


def _read_mapping(of: Any, given: Any, place: str, limit: int | None) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputError(f"{place}: not a JSON object")
    if of is Any:
        return _read_free(given, place, limit)
    _bound(len(given), limit or MOST_ITEMS, place, "entries")
    return {_read_text(name, place, 256): _read(of, each, f"{place}.{name[:64]}", None) for name, each in given.items()}


def _read_free(given: Any, place: str, _limit: int | None) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputError(f"{place}: not a JSON object")
    level: list[Any] = [given]
    for _ in range(MOST_DEPTH):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return given
    raise InputError(f"{place}: nested more than {MOST_DEPTH} deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _read_text(given: Any, place: str, limit: int | None) -> str:
    if type(given) is not str:
        raise InputError(f"{place}: not a text")
    _bound(len(given), limit or MOST_CHARACTERS, place, "characters")
    return given


def _read_whole(given: Any, place: str, limit: int | None) -> int:
    if type(given) is not int or not -_SAFE <= given <= (limit or _SAFE):
        raise InputError(f"{place}: not a whole number up to {limit or _SAFE}")
    return given


def _read_number(given: Any, place: str, _limit: int | None) -> float:
    if type(given) not in (int, float):
        raise InputError(f"{place}: not a number")
    return float(given)


def _read_truth(given: Any, place: str, _limit: int | None) -> bool:
    if type(given) is not bool:
        raise InputError(f"{place}: neither true nor false")
    return given


def _read_bytes(given: Any, place: str, limit: int | None) -> bytes:
    text = _read_text(given, place, 4 * -(-(limit or MOST_BYTES) // 3))
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{place}: no base64") from None


def _bound(size: int, limit: int, place: str, what: str) -> None:
    if size > limit:
        raise InputError(f"{place}: {size} {what}; at most {limit}")


_PLAIN: dict[Any, Any] = {
    str: _read_text,
    int: _read_whole,
    float: _read_number,
    bool: _read_truth,
    bytes: _read_bytes,
    dict[str, Any]: _read_free,
}
