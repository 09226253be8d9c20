"""Simulations: recordings that ship with Hinomi as text (content/simulations/*.yml), laid at a moment of choice.

In: YAML of records (values, offset, machine). Out: a RecordBatch, as if a sensor had just recorded it. The same file laid
at the same moment gives the same bytes, so the same identities. One that has a demo says what a person can try.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hinomi.errors import ContentError, Place
from hinomi.operations.canonical import START, NoEvent, filled, record
from hinomi.schema.content import Text
from hinomi.schema.record import RecordBatch

_RESERVED = ("at", "computer", "repeat", "step")


Records = tuple[tuple[timedelta, str, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing the demo's script does, the filter that it alone meets, and what Windows records of it."""

    number: int
    title: Text
    filter: str
    records: Records


@dataclass(frozen=True, slots=True)
class Demo:
    """What a person tries: `scripts` are (file name, text with {org} and {scenario}); `model` raises the alert."""

    name: Text
    description: Text
    script: str
    model: str
    scripts: tuple[tuple[str, str], ...]
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """`records` are (offset, machine, values), oldest first."""

    id: str
    title: Text
    techniques: tuple[str, ...]
    records: Records
    demo: Demo | None = None


def read_simulations(folder: Path) -> list[Simulation]:
    """All simulations of the folder, by id; ContentError names the file that cannot be used."""
    return [_read(path) for path in sorted(folder.glob("*.yml"))]


def record_batch(simulation: Simulation, ends_ms: int) -> RecordBatch:
    """The records with the last one at `ends_ms` (milliseconds since 1970 UTC)."""
    batch = RecordBatch(source="simulation", files=[f"{simulation.id}.yml"])
    last = max(offset for offset, _, _ in simulation.records)
    begin = datetime.fromtimestamp(ends_ms / 1000, UTC) - last - START
    for number, (offset, computer, values) in enumerate(simulation.records, 1):
        batch.records.append(record(values, computer=computer, offset=begin + offset, number=number))
        batch.file_of.append(0)
        batch.numbers.append(number)
        batch.occurrences.append(0)
    return batch


def _read(path: Path) -> Simulation:
    place = Place(f"simulations/{path.name}")
    try:
        read = yaml.safe_load(path.read_text())
        rows = _records(read["records"])
        demo = _demo(read["demo"], rows, path.with_suffix("")) if "demo" in read else None
        title = Text(str(read["title"]), str(read["ja"]["title"]))
        return Simulation(path.stem, title, tuple(read["techniques"]), rows, demo)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, NoEvent, OSError) as error:
        ja = f"使えないシミュレーションです: {error}"
        raise ContentError(f"no usable simulation: {error}", at=place, ja=ja) from None


def _records(entries: list[dict[str, Any]]) -> Records:
    rows = [row for entry in entries for row in _rows(entry)]
    for _, computer, values in rows:
        record(values, computer=computer)
    return tuple(sorted(rows, key=lambda row: row[0]))


def _demo(read: dict[str, Any], records: Records, folder: Path) -> Demo:
    """`records`: those of a scenario that has none of its own."""
    script = str(read["script"])
    return Demo(
        Text(str(read["name"]), str(read["ja"]["name"])),
        Text(str(read["description"]).strip(), str(read["ja"]["description"]).strip()),
        script,
        str(read["model"]),
        # bytes decoded as they are: the line ends of a batch file matter
        tuple((path.name, path.read_bytes().decode()) for path in sorted(folder.glob(f"{script}.*"))),
        tuple(
            Scenario(
                int(one["number"]),
                Text(str(one["title"]), str(one["ja"]["title"])),
                str(one["filter"]),
                _records(one["records"]) if "records" in one else records,
            )
            for one in read["scenarios"]
        ),
    )


def _rows(entry: dict[str, Any]) -> list[tuple[timedelta, str, dict[str, Any]]]:
    """The records an entry stands for: `repeat` of them, `step` apart, `{n}` filled in."""
    values = {name: value for name, value in entry.items() if name not in _RESERVED}
    at, step = _seconds(entry["at"]), _seconds(entry.get("step", "1s"))
    return [
        (
            timedelta(seconds=at + step * n),
            entry["computer"],
            {name: filled(value, n) for name, value in values.items()},
        )
        for n in range(int(entry.get("repeat", 1)))
    ]


def _seconds(text: str) -> float:
    return float(text.removesuffix("s"))
