"""The worked example of docs/how-to/add-a-source.md is sound."""

import re
from pathlib import Path
from typing import Any

from hinomi.normalise.source import Mapping, Source, Take
from hinomi.schema.activity import FIELDS

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-source.md"


def test_the_example_is_a_source_that_says_what_the_page_says() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    source = names["SOURCE"]
    assert isinstance(source, Source)
    printed = source.mapping(307)
    assert isinstance(printed, Mapping)
    assert set(printed.fields) <= set(FIELDS)
    user = printed.fields["processUser"]
    assert isinstance(user, Take)
    assert user.convert("EXAMPLE\\hanako") == "hanako"
    assert source.mapping(1) is source.otherwise
