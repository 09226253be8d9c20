"""The words of the console in each language, as its locales say them: tests of both languages look for what people read."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_LOCALES = Path(__file__).resolve().parents[2] / "console" / "src" / "locales"


class Words:
    """`say("search.label")`: the text; places as keywords: `say("hunts.watchTitle", name="x")`."""

    def __init__(self, language: str) -> None:
        self._tree = _locale(language)

    def __call__(self, key: str, **places: Any) -> str:
        text: Any = self._tree
        for part in key.split("."):
            text = text[part]
        for name, value in places.items():
            text = text.replace("{{" + name + "}}", str(value))
        assert isinstance(text, str), key
        return text


@cache
def _locale(language: str) -> Any:
    return json.loads((_LOCALES / f"{language}.json").read_text(encoding="utf-8"))
