"""Writes the tables of docs/reference/routes.md anew from the routes there are: `make docs-routes`.

A route stands under the heading whose address it begins with; the last column is the first line of its docstring.
"""

import re
import sys
from pathlib import Path

from fastapi.routing import APIRoute

from hinomi.api import console, ingest, probes, v3
from hinomi.api.gate import Gate, gates

PAGE = Path(__file__).resolve().parents[1] / "docs/reference/routes.md"
HEAD = "| method | path | needs | does |\n|---|---|---|---|\n"
OPENAPI = "| GET | `/openapi.json` | open | The description of every route. |"


def rows(routers: tuple[object, ...]) -> list[str]:
    found = []
    for router in routers:
        for route in router.routes:  # type: ignore[attr-defined]
            if isinstance(route, APIRoute):
                found += [line(route, method) for method in sorted(route.methods or ())]
    return found


def line(route: APIRoute, method: str) -> str:
    gate = gates(route)[0]
    needs = str(gate.permission or "any key") if isinstance(gate, Gate) else "open"
    does = (route.endpoint.__doc__ or "").strip().splitlines()[0]
    return f"| {method} | `{route.path}` | {needs} | {does} |"


def main() -> None:
    tables = [rows(v3.RESOURCES), rows(console.RESOURCES), [*rows((ingest.router, probes.router)), OPENAPI]]
    parts = re.split(re.escape(HEAD) + r"(?:\|.*\n)*", PAGE.read_text())
    if len(parts) != len(tables) + 1:
        sys.exit(f"{PAGE}: {len(tables)} tables expected")
    written = [part + HEAD + "\n".join(table) + "\n" for part, table in zip(parts, tables, strict=False)]
    PAGE.write_text("".join([*written, parts[-1]]))


main()
