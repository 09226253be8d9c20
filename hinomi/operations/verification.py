"""All proofs of a content, spread over processes when that pays, and only those of what changed when asked.

What was green stays green while neither its text nor the code that judges it has changed: the cache file holds the
content hashes of all that was green (a model's hash is made of its filters' too) under one hash of the code.
"""

import hashlib
import multiprocessing
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import orjson

from hinomi.detect.content import Content
from hinomi.operations.proofs import Proof, Report, State, prove_filter, prove_model
from hinomi.schema.content import Filter, Model

Item = Filter | Model
Result = TypeVar("Result")

PAYS_FROM = 20_000  # test records, some two seconds of work; below, starting processes costs more than it saves
CHUNK = 8  # items handed to a process at a time
_JUDGES = ("pysigma", "google-re2", "hyperscan", "orjson", "pyyaml")
_ROOMS = ("errors.py", "schema", "normalise", "detect", "operations")


def verify_all(
    content: Content, *, cache_file: Path | None = None, on_done: Callable[[int, int], None] | None = None
) -> Report:
    """The proofs of all filters and models. With `cache_file`: only of those that were not green when last asked.

    `on_done` is told (items done, items to do). The report holds what was run; what was green before is left out.
    """
    known = ProofCache(cache_file) if cache_file else None
    items: list[Item] = [*content.filters, *content.models]
    due = [one for one in items if known is None or not known.is_green(one)]
    proofs = tuple(spread(prove, due, content, on_done))
    if known is not None:
        known.keep([one for one, proof in zip(due, proofs, strict=True) if proof.state is not State.RED], items)
    return Report(proofs)


def prove(one: Item, content: Content) -> Proof:
    return prove_filter(one) if isinstance(one, Filter) else prove_model(one, content)


# ---- processes ----
_work: tuple[Callable[[Item, Content], object], Sequence[Item], Content] | None = None  # inherited by forked processes


def spread(
    judge: Callable[[Item, Content], Result],
    items: Sequence[Item],
    content: Content,
    on_done: Callable[[int, int], None] | None = None,
) -> Iterator[Result]:
    """`judge` of each item, in their order; by as many processes as there are processors when that pays."""
    global _work
    workers = _workers(items)
    places = [range(first, min(first + CHUNK, len(items))) for first in range(0, len(items), CHUNK)]
    if workers < 2:
        for place in places:
            yield from (judge(items[index], content) for index in place)
            if on_done:
                on_done(place.stop, len(items))
        return
    _work = (judge, items, content)
    try:
        # forked: parsed content is large and does not travel; the children find it where it is
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
            for place, found in zip(places, pool.map(_chunk, places), strict=True):
                yield from found  # type: ignore[misc]
                if on_done:
                    on_done(place.stop, len(items))
    finally:
        _work = None


def _chunk(place: range) -> list[object]:
    assert _work is not None  # noqa: S101  (set before the fork)
    judge, items, content = _work
    return [judge(items[index], content) for index in place]


def _workers(items: Sequence[Item]) -> int:
    if sum(records_of(test) for one in items for test in (*one.tests_fire, *one.tests_silent)) < PAYS_FROM:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def records_of(test: Mapping[str, Any]) -> int:
    """About how many records a test stands for: `each` of a filter's, those of a model's case."""
    if isinstance(test.get("records"), list):
        return sum(entry.get("repeat", 1) for entry in test["records"])
    several = (value["each"] for value in test.values() if isinstance(value, dict) and "each" in value)
    return max((len(members) for members in several if isinstance(members, list)), default=1)


# ---- what was green ----
class ProofCache:
    """A file that may be lost, torn or of another version at any time: then everything is proved again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._green = _read(path)

    def is_green(self, one: Item) -> bool:
        return _key(one) in self._green

    def keep(self, green: Sequence[Item], items: Sequence[Item]) -> None:
        """`green` are green now; of the rest, what is no longer in `items` is forgotten."""
        keys = {_key(one) for one in items}
        kept = sorted((self._green & keys) | {_key(one) for one in green})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        fresh.write_bytes(orjson.dumps({"code": code_version(), "green": kept}))
        fresh.replace(self._path)


def _read(path: Path) -> frozenset[str]:
    try:
        found = orjson.loads(path.read_bytes())
        return frozenset(map(str, found["green"])) if found["code"] == code_version() else frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _key(one: Item) -> str:
    return f"{'filter' if isinstance(one, Filter) else 'model'} {one.id} {one.version}"


@cache
def code_version() -> str:
    """16 hex over everything that judges content: our rooms, the libraries they ask, the interpreter."""
    package = Path(__file__).resolve().parents[1]
    hashed = hashlib.blake2b(platform.python_version().encode(), digest_size=8)
    for name in _JUDGES:
        hashed.update(f"{name} {version(name)}\n".encode())
    for room in _ROOMS:
        path = package / room
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            hashed.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()
