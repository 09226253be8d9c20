"""The pages for writers of content: their examples work, and they leave no key out."""

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sigma.modifiers import modifier_mapping

from hinomi.detect.content import Content, load_content
from hinomi.detect.filter_file import FilterFile
from hinomi.detect.model_file import ModelFile
from hinomi.operations.proofs import verify

DOCS = Path(__file__).parents[2] / "docs"
LOGON_FILTER = """\
title: Logon
id: {id}
status: stable
description: A logon.
author: Hinomi
date: 2026-11-22
tags: [attack.t1110]
logsource: {{product: windows, service: security}}
detection: {{logon: {logon}, condition: logon}}
level: informational
hinomi: {{class: behaviour, highlights: [endpointHostName], ja: {{title: ログオン, description: ログオン。}}}}
tests: {{fires: [{logon}], silent: [{{EventID: 4634}}]}}
"""


def example(page: str) -> tuple[str, str]:
    """(file, YAML) of the worked example of a page."""
    text = (DOCS / "how-to" / page).read_text()
    name = re.search(r"`content/([\w/]+\.yml)`", text)
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert name is not None
    assert block is not None
    return name[1], block[1]


def loaded(folder: Path, files: dict[str, str]) -> Content:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    content, errors = load_content(folder)
    assert errors == []
    return content


def test_the_example_of_a_filter(tmp_path: Path) -> None:
    content = loaded(tmp_path, dict([example("write-a-filter.md")]))
    assert len(content.filters) == 1
    assert verify(content).failed == ()


def test_the_example_of_a_model(tmp_path: Path) -> None:
    failed = LOGON_FILTER.format(id="3f1f7a52-63b5-4c0e-8a39-93a7d6f0c501", logon="{EventID: 4625}")
    network = LOGON_FILTER.format(id="3f1f7a52-63b5-4c0e-8a39-93a7d6f0c502", logon="{EventID: 4624, LogonType: 3}")
    filters = {"filters/windows/logon_failed.yml": failed, "filters/windows/logon_from_network.yml": network}
    content = loaded(tmp_path, filters | dict([example("write-a-model.md")]))
    assert len(content.models) == 1
    assert verify(content).failed == ()


def test_the_reference_names_every_key_and_modifier() -> None:
    page = (DOCS / "reference" / "content.md").read_text()
    named = {word for code in re.findall(r"`([^`]+)`", page) for word in re.findall(r"\w+", code)}
    aliases = {"ignorecase", "multiline", "dotall"}  # long names of i, m and s
    wanted = keys(FilterFile) | keys(ModelFile) | (set(modifier_mapping) - aliases)
    assert wanted - named == set()


def keys(model: type[BaseModel]) -> set[str]:
    found: set[str] = set()
    for name, info in model.model_fields.items():
        found.add(info.alias or name)
        inner: list[Any] = [info.annotation, *getattr(info.annotation, "__args__", ())]
        for one in inner:
            if isinstance(one, type) and issubclass(one, BaseModel):
                found |= keys(one)
    return found
