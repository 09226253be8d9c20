"""ATT&CK in Sigma's tags: `attack.t1003.002` names a technique, `attack.credential-access` a tactic."""

import re
from collections.abc import Iterable

# Names as of ATT&CK v19, and the older one that v19 gave up. Source: the tactic objects of the enterprise bundles.
TACTICS: dict[str, str] = {
    "reconnaissance": "TA0043",
    "resource-development": "TA0042",
    "initial-access": "TA0001",
    "execution": "TA0002",
    "persistence": "TA0003",
    "privilege-escalation": "TA0004",
    "defense-evasion": "TA0005",
    "stealth": "TA0005",
    "defense-impairment": "TA0112",
    "credential-access": "TA0006",
    "discovery": "TA0007",
    "lateral-movement": "TA0008",
    "collection": "TA0009",
    "command-and-control": "TA0011",
    "exfiltration": "TA0010",
    "impact": "TA0040",
}

_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
# Groups and software (attack.g0016, attack.s0002) say who used the technique, not what the filter finds.
_OTHER = re.compile(r"attack\.[gs]\d{4}", re.IGNORECASE)


def techniques_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Technique ids in the order of the tags, once each: T1003.002."""
    found = (_TECHNIQUE.fullmatch(tag) for tag in tags)
    return tuple(dict.fromkeys(match[1].upper() for match in found if match))


def tactics_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Tactic ids in the order of the tags, once each: TA0006."""
    names = (tag.lower().removeprefix("attack.").replace("_", "-") for tag in tags if tag.lower().startswith("attack."))
    return tuple(dict.fromkeys(TACTICS[name] for name in names if name in TACTICS))


def unknown_of(tags: Iterable[str]) -> list[str]:
    """Tags in the ATT&CK name space that are neither technique, tactic, group nor software."""
    return [
        tag
        for tag in tags
        if tag.lower().startswith("attack.")
        and not _TECHNIQUE.fullmatch(tag)
        and not _OTHER.fullmatch(tag)
        and not tactics_of([tag])
    ]
