"""What a version of ATT&CK says, as plain facts: ids, names, other names, relations. None of MITRE's sentences.

The same whether they come from the package (`bundled`), from a STIX bundle (`stix`) or from our own file of them.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from hinomi.errors import InputError

FORMAT = 1  # of our own file


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind`: technique, group, software, mitigation, tactic. `phases`: short names of a technique's tactics."""

    id: str
    name: str
    kind: str
    phases: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    form: str = ""  # of software: malware or tool; of a tactic: its short name


@dataclass(frozen=True, slots=True)
class Facts:
    """`uses` and `mitigates` are pairs of ids; `revoked` leads to what replaced an id, `deprecated` to its name."""

    version: str
    entries: tuple[Entry, ...]
    uses: tuple[tuple[str, str], ...] = ()
    mitigates: tuple[tuple[str, str], ...] = ()
    revoked: dict[str, str] = field(default_factory=dict)
    deprecated: dict[str, str] = field(default_factory=dict)


def to_bytes(facts: Facts, told: dict[str, Any]) -> bytes:
    """Our own file; `told` says where the facts came from."""
    return orjson.dumps({"format": FORMAT, "told": told, "facts": asdict(facts)})


def from_bytes(data: bytes) -> tuple[Facts, dict[str, Any]]:
    """Facts and where they came from. InputError when the file is not ours, or is of another format."""
    try:
        read = orjson.loads(data)
        if read["format"] != FORMAT:
            raise InputError(f"the imported ATT&CK data have format {read['format']}, not {FORMAT}: import them again")
        raw = read["facts"]
        entries = tuple(_entry(row) for row in raw["entries"])
        uses, mitigates = (tuple((one, other) for one, other in raw[name]) for name in ("uses", "mitigates"))
        return Facts(raw["version"], entries, uses, mitigates, raw["revoked"], raw["deprecated"]), dict(read["told"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"the imported ATT&CK data cannot be read ({error}): import them again") from None


def _entry(row: dict[str, Any]) -> Entry:
    lists = {name: tuple(row[name]) for name in ("phases", "aliases", "platforms")}
    return Entry(row["id"], row["name"], row["kind"], form=row["form"], **lists)
