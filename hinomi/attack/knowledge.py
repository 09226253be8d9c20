"""What is known of ATT&CK: techniques, groups, software, mitigations and who uses what, ids in v19.

In: the facts of a version. Out: the catalogue; which one is in use is known to `catalogue.py`.
Names, ids and relations only: none of MITRE's sentences is kept or shown. Lookups take ids in any spelling and names;
old ids find what they became.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hinomi.attack.crosswalk import CROSSWALK, current_tactics, current_technique, normalise_technique, parent_of
from hinomi.attack.facts import Entry, Facts
from hinomi.attack.tactics import TACTICS, Tactic, find_tactic
from hinomi.schema.content import Text

# What v19 added in the place of revoked techniques and older data cannot know: id -> name.
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
_LONGEST_CHAIN = 10  # of ids that replaced one another
_ACTOR = re.compile(r"(?:^|[^A-Za-z0-9])([GSM]\d{4})(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Technique:
    """`groups`, `software` and `mitigations` are ids (G0016, S0002, M1041) of its own, sub-techniques not counted in."""

    id: str
    name: str
    tactics: tuple[str, ...]
    parent: str | None
    subtechniques: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    mitigations: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """A group, a piece of software or a mitigation. `others`: of a group its software, of software its groups."""

    id: str
    name: str
    kind: str  # group, software, mitigation
    aliases: tuple[str, ...]
    form: str  # of software: malware or tool
    platforms: tuple[str, ...]
    techniques: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(slots=True)
class Attack:
    """The catalogue. `revoked` leads from an id to the one in this catalogue; `deprecated` has no successor."""

    version: str
    tactics: tuple[Tactic, ...]
    techniques: dict[str, Technique]
    actors: dict[str, Actor]
    revoked: dict[str, str] = field(default_factory=dict)
    deprecated: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Groups, software and mitigations: id -> name."""
        return {id_: actor.name for id_, actor in self.actors.items()}

    def technique(self, wanted: str) -> Technique | None:
        """By id in any spelling and version, or by exact name (letters' case aside)."""
        normal = normalise_technique(wanted)
        if normal is None:
            return self._by_name().get(wanted.strip().lower())
        current = current_technique(normal)
        return self.techniques.get(current) or self.techniques.get(self.revoked.get(current, ""))

    def actor(self, wanted: str) -> Actor | None:
        """By id, the older one too, by name or another name: "G0016", "Mimikatz (S0002)", "cozy bear"."""
        found = _ACTOR.search(wanted)
        if found:
            id_ = found.group(1).upper()
            return self.actors.get(id_) or self.actors.get(self.revoked.get(id_, ""))
        folded = wanted.strip().lower()
        every = (
            actor for actor in self.actors.values() if folded in (actor.name.lower(), *map(str.lower, actor.aliases))
        )
        return next(every, None)

    def missing(self, wanted: str) -> Text:
        """Why an id finds nothing: withdrawn without a successor, or unknown."""
        found = _ACTOR.search(wanted)
        id_ = normalise_technique(wanted) or (found.group(1).upper() if found else "")
        if id_ in self.deprecated:
            name = f"{id_} {self.deprecated[id_]}"
            return Text(f"{name} was withdrawn without a successor", f"{name} は後継なしで廃止されました")
        return Text(
            f"there is no {wanted[:80]!r} in ATT&CK {self.version}",
            f"ATT&CK {self.version} に {wanted[:80]!r} はありません",
        )

    def technique_name(self, wanted: str) -> str:
        """The name to show beside an id; the id itself when nobody knows it."""
        found = self.technique(wanted)
        return found.name if found else wanted

    def known_ids(self) -> frozenset[str]:
        """Every technique id that means something, of this version, an older or a newer one."""
        old = frozenset(id_ for id_ in self.revoked if id_.startswith("T"))
        return frozenset(self.techniques) | old | frozenset(CROSSWALK) | frozenset(CROSSWALK.values())

    def find(self, text: str, limit: int = 20) -> list[Technique]:
        """Techniques whose id or name holds the text, exact ids first."""
        exact = self.technique(text)
        folded = text.strip().lower()
        rest = [each for each in self.techniques.values() if folded in each.name.lower() or folded in each.id.lower()]
        ordered = ([exact] if exact else []) + [each for each in rest if each is not exact]
        return ordered[:limit]

    def find_actors(self, text: str, limit: int = 20) -> list[Actor]:
        """Groups, software and mitigations whose id, name or other name holds the text, the one it means first."""
        exact, folded = self.actor(text), text.strip().lower()
        rest = [
            each
            for each in self.actors.values()
            if each is not exact and folded in "\n".join((each.id, each.name, *each.aliases)).lower()
        ]
        return ([exact] if exact else []) + rest[: limit - (exact is not None)]

    def _by_name(self) -> dict[str, Technique]:
        return {each.name.lower(): each for each in self.techniques.values()}


def attack_of(facts: Facts) -> Attack:
    """The catalogue of a version's facts, carried over to the ids of v19."""
    tactics = _tactics(facts)
    known = {entry.id: entry for entry in facts.entries if entry.kind == "technique" and entry.id not in CROSSWALK}
    listed = known | {id_: _added(id_, name) for id_, name in _ADDED.items() if id_ not in known}
    linked = _linked(facts)
    children: dict[str, list[str]] = {}
    for id_ in sorted(listed):
        children.setdefault(parent_of(id_) or "", []).append(id_)
    techniques = {id_: _technique(listed[id_], children, linked, tactics) for id_ in sorted(listed)}
    actors = {
        entry.id: _actor(entry, linked, techniques)
        for entry in sorted(facts.entries, key=lambda entry: entry.id)
        if entry.kind in ("group", "software", "mitigation")
    }
    ends = {old: _last(facts.revoked, old) for old in facts.revoked}
    revoked = {old: end for old, end in ends.items() if end in techniques or end in actors}
    return Attack(facts.version, tuple(tactics.values()), techniques, actors, revoked, dict(facts.deprecated))


def _tactics(facts: Facts) -> dict[str, Tactic]:
    """Short name -> tactic, in the order of the matrix; those that came after us stand last, under their own name."""
    found = {tactic.short_name: tactic for tactic in TACTICS}
    for entry in facts.entries:
        if entry.kind == "tactic" and entry.form and find_tactic(entry.form) is None:
            found[entry.form] = Tactic(entry.id, entry.form, Text(entry.name, entry.name))
    return found


def _added(id_: str, name: str) -> Entry:
    return Entry(id_, name, "technique", ("stealth",) if id_.startswith("T1684") else ("defense-impairment",))


def _linked(facts: Facts) -> dict[str, set[str]]:
    """Id -> ids it is related to, both ways; techniques under their current ids."""
    linked: dict[str, set[str]] = {}
    for source, target in (*facts.uses, *facts.mitigates):
        one, other = _current(facts, source), _current(facts, target)
        linked.setdefault(one, set()).add(other)
        linked.setdefault(other, set()).add(one)
    return linked


def _current(facts: Facts, id_: str) -> str:
    return current_technique(_last(facts.revoked, id_)) if id_.startswith("T") else _last(facts.revoked, id_)


def _last(revoked: Mapping[str, str], id_: str) -> str:
    """The end of the chain of ids that replaced one another; a circle ends somewhere."""
    for _ in range(_LONGEST_CHAIN):
        if id_ not in revoked:
            break
        id_ = revoked[id_]
    return current_technique(id_) if id_.startswith("T") else id_


def _technique(
    entry: Entry, children: Mapping[str, list[str]], linked: Mapping[str, set[str]], tactics: Mapping[str, Tactic]
) -> Technique:
    related = sorted(linked.get(entry.id, ()))
    newer = (tactics[phase].id for phase in entry.phases if phase in tactics and find_tactic(phase) is None)
    return Technique(
        id=entry.id,
        name=entry.name,
        tactics=tuple(dict.fromkeys((*current_tactics(entry.id, entry.phases), *newer))),
        parent=parent_of(entry.id),
        subtechniques=tuple(children.get(entry.id, ())),
        groups=_of("G", related),
        software=_of("S", related),
        mitigations=_of("M", related),
        platforms=entry.platforms,
    )


def _actor(entry: Entry, linked: Mapping[str, set[str]], techniques: Mapping[str, Technique]) -> Actor:
    related = sorted(linked.get(entry.id, ()))
    other = {"group": "S", "software": "G"}.get(entry.kind, "-")
    return Actor(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        aliases=entry.aliases,
        form=entry.form,
        platforms=entry.platforms,
        techniques=tuple(id_ for id_ in related if id_ in techniques),
        others=_of(other, related),
    )


def _of(letter: str, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if id_.startswith(letter))
