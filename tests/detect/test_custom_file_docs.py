"""The page for writers of their own content: its examples work as they stand."""

import re
from pathlib import Path

from hinomi.detect.content import Content
from hinomi.detect.custom_file import read_custom
from hinomi.operations.proofs import State, prove_filter, prove_model
from hinomi.schema.content import Filter, Model

PAGE = Path(__file__).parents[2] / "docs/how-to/write-your-own-content.md"


def test_the_examples_work() -> None:
    texts = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    found, wrong = read_custom("filter", "custom_ledger_tool_run", texts[0])
    model, wrong_model = read_custom("model", "custom_ledger_tool_used", texts[1])
    assert (wrong, wrong_model) == ([], [])
    assert isinstance(found, Filter)
    assert isinstance(model, Model)
    assert prove_filter(found).state is State.GREEN
    assert prove_model(model, Content((found,))).state is State.UNPROVEN
