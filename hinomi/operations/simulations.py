"""Simulations that a person tries: the script to run, its password, and the recording laid at this moment.

The script's zip has the classic encryption, for Windows Explorer opens no other. Its password is no secret: it stands beside
the download, and keeps scanners on the way from taking the script for what it shows.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.errors import InputError, NotFound
from hinomi.operations.simulation import Demo, Simulation, read_simulations, record_batch
from hinomi.response.zip_crypto import classic_zip
from hinomi.schema.content import Text
from hinomi.schema.principal import Principal
from hinomi.schema.record import RecordBatch

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else when typed
_PASSWORD_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Script:
    """`name` of the zip; `hashes`: file name -> SHA-1 and SHA-256 of what is inside, for block lists and checks."""

    name: str
    content: bytes
    password: str
    hashes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Replayed:
    sequence: int
    records: int


class Simulations:
    """`append` lays a batch in the spool, `secret` is the house's own, `clock` seconds since 1970 UTC."""

    def __init__(
        self,
        folder: Path,
        org: str,
        secret: bytes,
        clock: Callable[[], float],
        append: Callable[[RecordBatch], int],
        audit: Audit,
        database: Database,
    ) -> None:
        self._folder, self._builder = folder, ScriptBuilder(org, secret)
        self._clock, self._append, self._audit, self._database = clock, append, audit, database

    def rows(self, content: Content) -> list[dict[str, Any]]:
        """Those with something to try."""
        names = {one.id: one.name for one in content.models}
        return [
            simulation_row(one, self.password(one), names.get(one.demo.model))
            for one in self.all()
            if one.demo is not None
        ]

    def all(self) -> list[Simulation]:
        """Those with something to try first."""
        return sorted(read_simulations(self._folder), key=lambda one: (one.demo is None, one.id))

    def get(self, id_: str) -> Simulation:
        return find(self.all(), id_)

    def script(self, id_: str, scenario: int | None = None) -> Script:
        return self._builder.build(self.get(id_), scenario)

    def password(self, simulation: Simulation) -> str:
        return self._builder.password(simulation.id)

    def hashes(self, id_: str) -> dict[str, set[str]]:
        """File name -> SHA-1 and SHA-256 of the script in all its forms."""
        simulation = self.get(id_)
        forms: list[int | None] = [None, *(one.number for one in demo_of(simulation).scenarios)]
        found: dict[str, set[str]] = {}
        for form in forms:
            for name, text in self._builder.texts(simulation, form).items():
                found.setdefault(name, set()).update(_hashes(text))
        return found

    def replay(self, by: Principal, id_: str, scenario: int | None = None) -> Replayed:
        """Lay the recording in the spool as if it had just happened; it goes the way of every record."""
        chosen = of_scenario(self.get(id_), scenario)
        batch = record_batch(chosen, ends_ms=int(self._clock() * 1000))
        with self._database.begin() as connection:
            self._audit.add(
                connection, by, "replay simulation", id_, {"scenario": scenario, "records": len(batch.records)}
            )
        return Replayed(self._append(batch), len(batch.records))


def find(simulations: list[Simulation], id_: str) -> Simulation:
    for one in simulations:
        if one.id == id_:
            return one
    raise NotFound(f"there is no simulation {id_[:80]!r}; there are: {', '.join(one.id for one in simulations)}")


def of_scenario(simulation: Simulation, scenario: int | None) -> Simulation:
    """The recording of one scenario; the whole one when None. InputError when there is no such scenario."""
    if scenario is None:
        return simulation
    for one in demo_of(simulation).scenarios:
        if one.number == scenario:
            return replace(simulation, records=one.records)
    raise InputError(f"{simulation.id} has no scenario {scenario}")


def demo_of(simulation: Simulation) -> Demo:
    if simulation.demo is None:
        raise NotFound(f"the simulation {simulation.id} has no script: it can be replayed only")
    return simulation.demo


class ScriptBuilder:
    """Scripts of one organisation: the same each time, so that their hashes can be looked for."""

    def __init__(self, org: str, secret: bytes) -> None:
        self._org, self._secret = org, secret

    def password(self, id_: str) -> str:
        digest = hmac.new(self._secret, f"simulation {id_}".encode(), hashlib.sha256).digest()
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_PASSWORD_LENGTH])

    def texts(self, simulation: Simulation, scenario: int | None = None) -> dict[str, bytes]:
        """File name -> script. Without a scenario it does all of them, one after the other."""
        of_scenario(simulation, scenario)
        return {name: self._filled(name, text, scenario) for name, text in demo_of(simulation).scripts}

    def _filled(self, name: str, template: str, scenario: int | None) -> bytes:
        chosen = "all" if scenario is None else str(scenario)
        text = template.replace("{org}", self._org).replace("{scenario}", chosen).replace("\r\n", "\n")
        return (text.replace("\n", "\r\n") if name.endswith(".bat") else text).encode()

    def build(self, simulation: Simulation, scenario: int | None = None) -> Script:
        texts = self.texts(simulation, scenario)
        password = self.password(simulation.id)
        hashes = {name: _hashes(text) for name, text in texts.items()}
        return Script(f"{demo_of(simulation).script}.zip", classic_zip(texts, password), password, hashes)


def _hashes(data: bytes) -> tuple[str, str]:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest(), hashlib.sha256(data).hexdigest()


def simulation_row(simulation: Simulation, password: str, model: Text | None = None) -> dict[str, Any]:
    """One with a script, as the console's routes and the command line give it. `model`: the name of what raises the alert."""
    demo = demo_of(simulation)
    return {
        "id": simulation.id,
        "technique": simulation.techniques[0],
        "techniques": list(simulation.techniques),
        "title": _both(demo.name),
        "description": _both(demo.description),
        "file": f"{demo.script}.zip",
        "password": password,
        "encryption": "zipcrypto",
        "scenarios": [{"id": one.number, "title": _both(one.title), "filter": one.filter} for one in demo.scenarios],
        "modelId": demo.model,
        "model": _both(model) if model else None,
    }


def recording_row(simulation: Simulation) -> dict[str, Any]:
    return {"id": simulation.id, "title": _both(simulation.title), "records": len(simulation.records)}


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}
