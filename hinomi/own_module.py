"""How one module of ours runs in a process of its own: the command line, and the environment that lets it find its package."""

import os
import sys
from pathlib import Path

_PACKAGE = str(Path(__file__).resolve().parents[1])


def own_command(module: str, *options: str) -> list[str]:
    """-P: no modules from the folder it runs in."""
    return [sys.executable, "-P", "-m", module, *options]


def own_environment() -> dict[str, str]:
    """Ours, with this very package first among the places where modules are looked for."""
    places = [_PACKAGE, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
