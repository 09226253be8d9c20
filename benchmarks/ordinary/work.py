"""A working day of a company of 40 PCs and 9 servers, made from stories/*.yml and a seed.

A story has groups. Each group runs `times` times on hosts of its `on`; a run is its lines in order, seconds apart, or
`pick` of them. A line is what the group's `kind` says (kinds.py). Equal seed, equal records.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from hinomi.operations.canonical import record
from hinomi.schema.record import RecordBatch

from .kinds import KINDS, Setting
from .words import ADMINISTRATORS, USERS, Words

STORIES = Path(__file__).resolve().parent / "stories"
DAY_S = 9 * 3600
HOSTS = {
    "pc": [f"PC-{n:03d}" for n in range(1, 41)],
    "server": ["SRV-FILE1", "SRV-FILE2", "SRV-SQL1", "SRV-WEB1", "SRV-PRINT", "SRV-APP1", "SRV-BACKUP"],
    "domain": ["DC-01", "DC-02"],
}
HOSTS["any"] = [host for hosts in ("pc", "server", "domain") for host in HOSTS[hosts]]

Record = tuple[float, str, dict[str, Any]]  # (second of the day, host, values)


def ordinary_batches(seed: int = 7, folder: Path = STORIES) -> Iterator[tuple[str, list[RecordBatch]]]:
    """(name of the story, its records as a sensor would have sent them), story by story."""
    for path in sorted(folder.glob("*.yml")):
        chance = random.Random(f"{seed} {path.stem}")
        story = yaml.load(path.read_text(), yaml.CSafeLoader)
        records = [one for group in story["groups"] for one in _group(group, chance)]
        yield path.stem, [_batch(path.name, sorted(records, key=lambda one: one[0]))]


def _group(group: dict[str, Any], chance: random.Random) -> Iterator[Record]:
    lines = group["lines"] if isinstance(group["lines"], list) else group["lines"].strip().splitlines()
    for _ in range(group.get("times", 1)):
        setting = _setting(group, chance)
        chosen = lines if "pick" not in group else [chance.choice(lines) for _ in range(group["pick"])]
        second = chance.uniform(0, DAY_S)
        for line in chosen:
            for values in KINDS[group["kind"]](setting, group, line):
                yield second, setting.host, values
                second += chance.uniform(0.05, 0.4)
            second += chance.uniform(0, group.get("gap", 3))


def _setting(group: dict[str, Any], chance: random.Random) -> Setting:
    host = chance.choice(HOSTS[group.get("on", "pc")])
    account = group.get("as", "user")
    user = USERS[sum(host.encode()) % len(USERS)]
    name = {"admin": chance.choice(ADMINISTRATORS), "user": user}.get(account, account)
    return Setting(Words(chance), host, account, name, {"user": user, "admin": chance.choice(ADMINISTRATORS)})


def _batch(name: str, records: list[Record]) -> RecordBatch:
    batch = RecordBatch(source="simulation", files=[name])
    for number, (second, host, values) in enumerate(records, 1):
        batch.records.append(record(values, computer=host, offset=timedelta(seconds=second), number=number))
        batch.file_of.append(0)
        batch.numbers.append(number)
        batch.occurrences.append(0)
    return batch
