"""A bundle says the same as the data that come with the product; a hostile one is refused or read as far as it is right."""

import uuid
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.attack.bundled import VERSION, bundled_facts
from hinomi.attack.facts import Entry, Facts
from hinomi.attack.stix import MAX_NAME, read_stix
from hinomi.errors import InputError, TooLarge

_TYPES = {"technique": "attack-pattern", "group": "intrusion-set", "mitigation": "course-of-action"}


def stix_id(kind: str, id_: str) -> str:
    return f"{kind}--{uuid.uuid5(uuid.NAMESPACE_URL, id_)}"


def thing(id_: str, name: str, kind: str = "attack-pattern", **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "id": stix_id(kind, id_),
        "name": name,
        "external_references": [{"source_name": "mitre-attack", "external_id": id_}],
        "description": "A sentence that is not ours.",
        **more,
    }


def relation(kind: str, source: str, target: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "relationship",
        "id": stix_id("relationship", f"{kind}{source}{target}"),
        "relationship_type": kind,
        "source_ref": source,
        "target_ref": target,
        **more,
    }


def bundle(*objects: Any) -> bytes:
    return orjson.dumps({"type": "bundle", "id": "bundle--1", "objects": list(objects)})


def bundle_of(facts: Facts) -> bytes:
    """Facts written down as MITRE writes them."""
    refs: dict[str, str] = {}
    objects: list[dict[str, Any]] = [
        {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": facts.version}
    ]

    def add(entry: Entry, **more: Any) -> None:
        one = thing(entry.id, entry.name, _TYPES.get(entry.kind) or entry.form, **more)
        refs[entry.id] = one["id"]
        objects.append(one)

    for entry in facts.entries:
        phases = [{"kill_chain_name": "mitre-attack", "phase_name": phase} for phase in entry.phases]
        aliases = [entry.name, *entry.aliases] if entry.aliases else []
        add(entry, kill_chain_phases=phases, aliases=aliases, x_mitre_platforms=list(entry.platforms))
    for id_ in facts.revoked:
        kind = {"T": "technique", "G": "group"}.get(id_[0], "software")
        add(Entry(id_, "old", kind, form="malware"), revoked=True)
    for id_, name in facts.deprecated.items():
        kind = {"T": "technique", "G": "group", "M": "mitigation"}.get(id_[0], "software")
        add(Entry(id_, name, kind, form="malware"), x_mitre_deprecated=True)
    pairs = [("uses", *pair) for pair in facts.uses] + [("mitigates", *pair) for pair in facts.mitigates]
    pairs += [("revoked-by", *pair) for pair in facts.revoked.items()]
    objects += [relation(kind, refs[one], refs[other]) for kind, one, other in pairs]
    return bundle(*objects)


def test_a_bundle_of_the_same_version_gives_the_same_facts() -> None:
    ours = bundled_facts()
    theirs = read_stix(bundle_of(ours))
    assert theirs.version == VERSION
    assert {one.id: one for one in theirs.entries} == {one.id: one for one in ours.entries}
    assert set(theirs.uses) == set(ours.uses)
    assert set(theirs.mitigates) == set(ours.mitigates)
    assert theirs.revoked == ours.revoked
    assert theirs.deprecated == ours.deprecated


def test_no_sentence_is_kept() -> None:
    assert "sentence" not in repr(read_stix(bundle(thing("T1003", "OS Credential Dumping"))))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"not json", "no JSON"),
        (b"[]", "not a STIX bundle"),
        (b'{"type": "bundle"}', "not a STIX bundle"),
        (bundle(), "holds no technique"),
        (bundle(thing("T0800", "Of another matrix", x_mitre_domains=["ics-attack"])), "holds no technique"),
        (bundle(thing("../../etc", "x"), thing("T1003", ""), 7, None, {"id": 4}), "holds no technique"),
    ],
)
def test_what_is_no_bundle_of_attack_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_stix(data)


def test_too_many_objects_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_stix(b'{"type": "bundle", "objects": [' + b"0," * 200_000 + b"0]}")


def test_names_are_bounded_and_harmless() -> None:
    facts = read_stix(bundle(thing("T1003", "a\x1b[31m\nb" + "c" * 1000), thing("T1004", "x", kill_chain_phases=3)))
    names = [entry.name for entry in facts.entries]
    assert all(name.isprintable() and len(name) <= MAX_NAME for name in names)
    assert facts.version == "unknown"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
_OBJECTS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", "c"]), "type": st.sampled_from(["attack-pattern", "relationship", "tool"])},
        optional={
            "name": _JSON,
            "external_references": _JSON | st.just([{"external_id": "T1003"}]),
            "kill_chain_phases": _JSON,
            "aliases": _JSON,
            "source_ref": _JSON,
            "target_ref": _JSON,
            "relationship_type": st.sampled_from(["uses", "revoked-by"]) | _JSON,
            "x_mitre_domains": _JSON,
            "revoked": _JSON,
        },
    ),
    max_size=6,
)


@given(_OBJECTS | _JSON)
def test_any_bundle_is_read_or_refused(objects: Any) -> None:
    try:
        facts = read_stix(orjson.dumps({"type": "bundle", "objects": objects}))
    except InputError:
        return
    assert any(entry.kind == "technique" for entry in facts.entries)
