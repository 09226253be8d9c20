"""The kernel's packet rules, by nft(8): whole tables in one transaction, and one hash of what stands.

The hash is taken of the rules without what changes by itself: counters, handles and what is left of time-outs.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable
from typing import Any

from hinomi.sensor.action import ActionFailed

TIMEOUT_S = 20
_FLEETING = frozenset({"handle", "expires", "timeout"})  # timeout: a re-made element has only what is left of its own


def missing() -> str | None:
    """Why rules cannot be made here; None when they can."""
    if shutil.which("nft") is None:
        return "nft is not installed (package nftables)"
    try:
        list_tables()
    except ActionFailed as failure:
        return str(failure)
    return None


def _run(arguments: list[str], text: str | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["nft", *arguments],  # noqa: S607
            input=text,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError:
        raise ActionFailed("unsupported", "nft is not installed", "nft がインストールされていません") from None
    except subprocess.TimeoutExpired:
        raise ActionFailed("timeout", "nft did not answer", "nft が応答しません") from None
    if done.returncode:
        reason = done.stderr.strip()[:500]
        raise ActionFailed("internal", f"nft: {reason}", f"nft のエラー: {reason}")
    return done.stdout


def apply(rules: str) -> None:
    """All of it or nothing (nft -f is one transaction)."""
    _run(["-f", "-"], rules)


def replacing(table: str, body: str) -> str:
    """The text that puts `body` in the place of what the table was, or makes it."""
    return f"table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n{body}\n}}\n"


def delete(table: str) -> None:
    """No error when it is not there."""
    _run(["-f", "-"], f"table inet {table}\ndelete table inet {table}\n")


def list_tables() -> set[tuple[str, str]]:
    found = json.loads(_run(["-j", "list", "tables"]))["nftables"]
    return {(each["table"]["family"], each["table"]["name"]) for each in found if "table" in each}


def is_there(table: str) -> bool:
    return ("inet", table) in list_tables()


def read(table: str) -> list[dict[str, Any]]:
    """Objects of one table as nft says them; empty when it is not there."""
    if not is_there(table):
        return []
    found: list[dict[str, Any]] = json.loads(_run(["-s", "-j", "list", "table", "inet", table]))["nftables"]
    return found


def elements(table: str, name: str) -> list[Any]:
    """What a set holds now; empty when it, or the table, is not there."""
    for each in read(table):
        if each.get("set", {}).get("name") == name:
            return list(each["set"].get("elem", []))
    return []


def table_sha256(table: str) -> str:
    """ "" when the table is not there."""
    found = read(table)
    return _hash(found) if found else ""


def chains_sha256(table: str) -> str:
    """Without what the sets hold: that changes as elements time out."""
    return _hash([each for each in read(table) if "set" not in each])


def ruleset_sha256(apart: Iterable[str] = ()) -> str:
    """Of all rules but our own tables named in `apart`."""
    ours = {("inet", name) for name in apart}
    return _hash(
        [each for each in json.loads(_run(["-s", "-j", "list", "ruleset"]))["nftables"] if _table(each) not in ours]
    )


def _table(entry: dict[str, Any]) -> tuple[str, str]:
    kind, found = next(iter(entry.items()))
    return (str(found.get("family", "")), str(found.get("name" if kind == "table" else "table", "")))


def _hash(found: list[dict[str, Any]]) -> str:
    lasting = [_lasting(each) for each in found if "metainfo" not in each]
    return hashlib.sha256(json.dumps(lasting, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lasting(each) for name, each in value.items() if name not in _FLEETING}
    return [_lasting(each) for each in value] if isinstance(value, list) else value
