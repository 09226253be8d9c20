"""Facts out of a STIX bundle of ATT&CK (2.0 or 2.1, any version) that a person imports. The bundle is hostile.

Source of the names: the bundles of the enterprise matrix (attack-pattern, intrusion-set, malware, tool, course-of-action,
x-mitre-tactic, relationship, x-mitre-collection). Sentences of the bundle are not kept.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson

from hinomi.attack.facts import Entry, Facts
from hinomi.errors import InputError, TooLarge

MAX_BYTES = 128 << 20  # the enterprise bundle of v18.1 is about 45 MB
MAX_OBJECTS = 200_000
MAX_NAME = 200
MAX_LISTED = 100  # other names or platforms of one entry
_KINDS = {
    "attack-pattern": "technique",
    "intrusion-set": "group",
    "malware": "software",
    "tool": "software",
    "course-of-action": "mitigation",
    "x-mitre-tactic": "tactic",
}
_IDS = {
    "technique": re.compile(r"T\d{4}(\.\d{3})?"),
    "group": re.compile(r"G\d{4}"),
    "software": re.compile(r"S\d{4}"),
    "mitigation": re.compile(r"M\d{4}"),
    "tactic": re.compile(r"TA\d{4}"),
}
_DOMAIN = "enterprise-attack"
_CHAINS = ("mitre-attack", "attack")
_VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){0,2}")


def read_stix(data: bytes) -> Facts:
    """InputError or TooLarge with what is wrong: no JSON, no bundle, no technique in it."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"the bundle has {len(data) >> 20} MiB; {MAX_BYTES >> 20} are the limit")
    objects = _objects(data)
    known: dict[str, Entry] = {}
    live: set[str] = set()
    deprecated: dict[str, str] = {}
    for one in objects:
        entry = _entry(one)
        if entry is None:
            continue
        known[one["id"]] = entry
        if one.get("x_mitre_deprecated") is True:
            deprecated[entry.id] = entry.name
        elif one.get("revoked") is not True:
            live.add(one["id"])
    entries = tuple({known[id_].id: known[id_] for id_ in sorted(live)}.values())
    if not any(entry.kind == "technique" for entry in entries):
        raise InputError("the bundle holds no technique of enterprise ATT&CK")
    uses, mitigates, revoked = _relations(objects, known, live)
    return Facts(_version(objects), entries, uses, mitigates, revoked, deprecated)


def _objects(data: bytes) -> list[dict[str, Any]]:
    try:
        bundle = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"not a STIX bundle: no JSON ({error})") from None
    objects = bundle.get("objects") if isinstance(bundle, dict) and bundle.get("type") == "bundle" else None
    if not isinstance(objects, list):
        raise InputError('not a STIX bundle: {"type": "bundle", "objects": [...]} is wanted')
    if len(objects) > MAX_OBJECTS:
        raise TooLarge(f"the bundle has {len(objects)} objects; {MAX_OBJECTS} are the limit")
    return [one for one in objects if isinstance(one, dict) and isinstance(one.get("id"), str)]


def _entry(one: dict[str, Any]) -> Entry | None:
    """None for what is of another kind or matrix, or has no id or name of ATT&CK."""
    kind = _KINDS.get(str(one.get("type")))
    if kind is None:
        return None
    domains = one.get("x_mitre_domains")
    if isinstance(domains, list) and _DOMAIN not in domains:
        return None
    id_, name = _external_id(one, kind), _text(one.get("name"))
    if id_ is None or not name:
        return None
    aliases = [*_list(one.get("aliases")), *_list(one.get("x_mitre_aliases"))]
    form = {"software": str(one["type"]), "tactic": _text(one.get("x_mitre_shortname"))}.get(kind, "")
    return Entry(
        id=id_,
        name=name,
        kind=kind,
        phases=_phases(one) if kind == "technique" else (),
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)) if kind != "technique" else (),
        platforms=_list(one.get("x_mitre_platforms")),
        form=form,
    )


def _external_id(one: dict[str, Any], kind: str) -> str | None:
    references = one.get("external_references")
    for reference in references if isinstance(references, list) else ():
        found = reference.get("external_id") if isinstance(reference, dict) else None
        if isinstance(found, str) and _IDS[kind].fullmatch(found):
            return found
    return None


def _phases(one: dict[str, Any]) -> tuple[str, ...]:
    phases = one.get("kill_chain_phases")
    found = [
        _text(phase.get("phase_name"))
        for phase in (phases if isinstance(phases, list) else ())
        if isinstance(phase, dict) and phase.get("kill_chain_name") in _CHAINS
    ]
    return tuple(dict.fromkeys(name for name in found[:MAX_LISTED] if name))


def _relations(
    objects: Iterable[dict[str, Any]], known: dict[str, Entry], live: set[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], dict[str, str]]:
    found: dict[str, dict[tuple[str, str], None]] = {"uses": {}, "mitigates": {}}
    revoked: dict[str, str] = {}
    for one in objects:
        source, target = known.get(str(one.get("source_ref"))), known.get(str(one.get("target_ref")))
        if one.get("type") != "relationship" or source is None or target is None:
            continue
        kind = one.get("relationship_type")
        if kind == "revoked-by":
            revoked[source.id] = target.id
        elif kind in found and one.get("source_ref") in live and one.get("revoked") is not True:
            found[str(kind)][(source.id, target.id)] = None
    return tuple(found["uses"]), tuple(found["mitigates"]), revoked


def _version(objects: Iterable[dict[str, Any]]) -> str:
    """As the bundle's collection says; "unknown" where it has none."""
    for one in objects:
        version = one.get("x_mitre_version")
        if one.get("type") == "x-mitre-collection" and isinstance(version, str) and _VERSION.fullmatch(version):
            return version
    return "unknown"


def _list(value: Any) -> tuple[str, ...]:
    return tuple(_text(member) for member in value[:MAX_LISTED] if _text(member)) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    """A name on one line, without what does not print."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value[: MAX_NAME * 2]).split())[
        :MAX_NAME
    ]
