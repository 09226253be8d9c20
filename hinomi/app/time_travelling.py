"""Time travel from the command line: through the server when one runs on the data folder, else over the lake directly."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hinomi.api.console.time_travel import SentTravel, told_json
from hinomi.app.content import open_book
from hinomi.app.lake import open_lake
from hinomi.app.local_server import LocalServer
from hinomi.errors import HinomiError, InputError
from hinomi.operations.time_travels import TimeTravels
from hinomi.settings import Settings

ROUTE = "/console/api/time-travel"
POLL_S = 0.3

Progress = Callable[[int, int], None]  # activities read so far, and in all


def request(
    from_: str | None, to: str | None, models: Sequence[str], filters: Sequence[str], *, exceptions: bool = True
) -> dict[str, Any]:
    """The body of the route. A model or filter is an id, `ID@VERSION`, or a file whose name is the id."""
    sent: dict[str, Any] = {"from": from_, "to": to, "texts": [], "versions": []}
    for kind, words in (("model", models), ("filter", filters)):
        for word in words:
            _add(sent, kind, word)
    return {name: value for name, value in sent.items() if value} | ({} if exceptions else {"exceptions": False})


def _add(sent: dict[str, Any], kind: str, word: str) -> None:
    name, at, version = word.rpartition("@")
    if at and version.isascii() and version.isdigit():
        sent["versions"].append({"kind": kind, "id": _id_of(name), "version": int(version)})
    elif Path(word).is_file():
        text = Path(word).read_text(encoding="utf-8")
        sent["texts"].append({"kind": kind, "id": _id_of(word), "text": text})
    elif kind == "model":
        sent.setdefault("models", []).append(word)
    else:
        raise InputError(f"no such file: {word}; a filter is given as a file or as ID@VERSION")


def _id_of(name: str) -> str:
    """Shipped files are called after their id."""
    return Path(name).stem if name.endswith((".yml", ".yaml")) else name


def time_travel(settings: Settings, sent: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    """The result as `GET /console/api/time-travel/{job}` gives it. An interruption cancels it and goes on upwards."""
    server = LocalServer.of(settings)
    return _here(settings, sent, on_progress) if server is None else _asked(server, sent, on_progress)


def _here(settings: Settings, sent: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    started = time.monotonic()
    book = open_book(settings)
    try:
        with open_lake(settings) as lake:
            told = TimeTravels(book, lake, time.time).tell(SentTravel.model_validate(sent).asked(), on_progress)
    finally:
        book.database.close()
    seconds = round(time.monotonic() - started, 3)
    return {"state": "done", "read": told.travel.seen.read, "seconds": seconds, **told_json(told)}


def _asked(server: LocalServer, sent: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    job = server.ask("POST", ROUTE, json=sent).json()["job"]
    try:
        while (found := server.get(f"{ROUTE}/{job}"))["state"] == "running":
            on_progress(found["read"], found["total"])
            time.sleep(POLL_S)
    finally:  # also when a person has had enough: the server must not go on for nobody
        server.ask("DELETE", f"{ROUTE}/{job}")
    if found["state"] != "done":
        raise HinomiError(found["error"]["en"] if found["error"] else f"the time travel was {found['state']}")
    return found
