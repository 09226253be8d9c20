"""Technique ids in one spelling and one version: ATT&CK v19, whatever wrote them.

Compare techniques only through `same_technique`. Source of the table: the revoked-by facts of v19 and of v18.1,
docs/reference/attack.md.
"""

import re
from collections.abc import Iterable

from hinomi.attack.tactics import find_tactic

# old id -> v19
CROSSWALK: dict[str, str] = {
    "T1562": "T1685",
    "T1562.001": "T1685",
    "T1562.002": "T1685.001",
    "T1562.003": "T1690",
    "T1562.004": "T1686",
    "T1562.006": "T1685",
    "T1562.007": "T1686.001",
    "T1562.008": "T1685.002",
    "T1562.009": "T1688",
    "T1562.010": "T1689",
    "T1562.011": "T1685.003",
    "T1562.012": "T1685.004",
    "T1562.013": "T1686.002",
    "T1070.001": "T1685.005",
    "T1070.002": "T1685.006",
    "T1656": "T1684.001",
    "T1672": "T1684.002",
    "T1574.002": "T1574.001",
    "T1053.001": "T1053.002",
    "T1547.011": "T1647",
    "T1076": "T1021.001",
}

# Labels met in recordings that are no enterprise techniques: left out when detection is scored.
NO_TECHNIQUES = frozenset({"T0000", "T1452", "T1700", "T2089", "T4871", "T8000", "T1577", "T1189.001"})

# Of what was "Defense Evasion" these (with their sub-techniques) became Defense Impairment in v19, the rest Stealth.
IMPAIRMENT = frozenset(
    {
        "T1112", "T1207", "T1222", "T1484", "T1553", "T1556", "T1578", "T1599", "T1600", "T1601", "T1647", "T1666",
        "T1685", "T1686", "T1687", "T1688", "T1689", "T1690",
    }
)  # fmt: skip

_TECHNIQUE = re.compile(r"(?:^|[^A-Za-z0-9])(T[0-9]{4})(?:[.\-/_]([0-9]{3}))?(?![0-9])", re.IGNORECASE)


def normalise_technique(text: str) -> str | None:
    """`T1003.002` from T1003-002, t1003.002, attack.t1003.002, V9.T1003.002 or a link; None when it holds none."""
    found = _TECHNIQUE.search(text)
    if not found:
        return None
    return found.group(1).upper() + (f".{found.group(2)}" if found.group(2) else "")


def current_technique(technique: str) -> str:
    """The id in v19, in dot form; what is no id at all comes back as it is."""
    normal = normalise_technique(technique) or technique
    return CROSSWALK.get(normal, normal)


def parent_of(technique: str) -> str | None:
    """The technique a sub-technique belongs to (ids in dot form)."""
    return technique.partition(".")[0] if "." in technique else None


def same_technique(first: str, second: str) -> bool:
    """Equal, or one the other's parent, after the crosswalk on both sides."""
    one, other = current_technique(first), current_technique(second)
    return one == other or parent_of(one) == other or one == parent_of(other)


def current_tactics(technique: str, tactics: Iterable[str]) -> tuple[str, ...]:
    """Tactic ids in v19 for a technique labelled with tactics of any version, in their order."""
    found = [tactic.id for tactic in map(find_tactic, tactics) if tactic]
    current = current_technique(technique)
    if (parent_of(current) or current) in IMPAIRMENT:
        found = ["TA0112" if tactic == "TA0005" else tactic for tactic in found]
    return tuple(dict.fromkeys(found))
