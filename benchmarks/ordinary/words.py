"""Invented names for the gaps in the stories: `<user>`, `<n>`, `<site>` ... Deterministic for a seed."""

import random
import re
import uuid
from collections.abc import Callable, Mapping, Sequence

_GAP = re.compile(r"<(\w+)>")

USERS = (
    "tanaka",
    "suzuki",
    "sato",
    "takahashi",
    "watanabe",
    "ito",
    "yamamoto",
    "nakamura",
    "kobayashi",
    "kato",
    "yoshida",
    "yamada",
    "sasaki",
)
ADMINISTRATORS = ("adm.mori", "adm.abe", "adm.ikeda")
WORDS = (
    "budget",
    "minutes",
    "proposal",
    "estimate",
    "invoice",
    "schedule",
    "roster",
    "survey",
    "handover",
    "design",
    "review",
    "order",
    "contract",
    "notes",
    "inventory",
    "forecast",
    "agenda",
    "summary",
    "holiday",
    "training",
    "catalogue",
    "leaflet",
    "parts",
    "drawing",
    "shipping",
)
SITES = tuple(f"{name}.example.{end}" for name in WORDS[:14] for end in ("com", "jp"))
MAKERS = ("Akebono", "Hikari", "Kumo", "Matsu", "Nami", "Sakura", "Tsuki", "Yama")
PRODUCTS = (
    "Ledger",
    "Planner",
    "Viewer",
    "Scanner",
    "Drawing",
    "Printing",
    "Phone",
    "Sync",
    "Mailer",
    "Archive",
    "Payroll",
    "Stock",
)
SERVERS = ("SRV-FILE1", "SRV-FILE2", "SRV-SQL1", "SRV-WEB1", "SRV-PRINT", "SRV-APP1", "SRV-BACKUP", "DC-01", "DC-02")


class Words:
    """Fills gaps for one host and one account."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def fill(self, text: str, known: Mapping[str, str]) -> str:
        return _GAP.sub(lambda gap: known.get(gap[1]) or self._made(gap[1], gap[0]), text)

    def guid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _made(self, name: str, gap: str) -> str:
        make = _MADE.get(name)
        return make(self.chance) if make else gap  # such as "<Image>" in a script's text


def _one_of(names: Sequence[str]) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(names)


_MADE: dict[str, Callable[[random.Random], str]] = {
    "n": lambda chance: str(chance.randrange(1, 9999)),
    "small": lambda chance: str(chance.randrange(1, 20)),
    "port": lambda chance: str(chance.randrange(49152, 65535)),
    "hex": lambda chance: f"{chance.getrandbits(32):08x}",
    "guid": lambda chance: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    "ip": lambda chance: f"10.20.{chance.randrange(4)}.{chance.randrange(2, 250)}",
    "outside": lambda chance: f"198.51.100.{chance.randrange(2, 250)}",
    "version": lambda chance: f"{chance.randrange(1, 24)}.{chance.randrange(9)}.{chance.randrange(999)}",
    "word": _one_of(WORDS),
    "site": _one_of(SITES),
    "maker": _one_of(MAKERS),
    "product": _one_of(PRODUCTS),
    "server": _one_of(SERVERS),
    "colleague": _one_of(USERS),
    "pc": lambda chance: f"PC-{chance.randrange(1, 40):03d}",
}
