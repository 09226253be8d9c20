"""Waiting for what must come: looked for again and again, never slept through."""

import time
from collections.abc import Callable
from typing import Any

_LOOK_AGAIN_S = 0.05


def until(what: Callable[[], Any], why: str, seconds: float = 60) -> Any:
    """The first true answer. What did not come is named."""
    ends = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < ends, f"not within {seconds:.0f} s: {why}"
        time.sleep(_LOOK_AGAIN_S)
    return found
