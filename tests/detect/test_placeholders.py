"""Lists of values for placeholders: from a file into rules, within bounds."""

from pathlib import Path

import pytest

from hinomi.detect.placeholders import fill, read_placeholders
from tests.detect import making


def test_placeholders_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "placeholders.yml"
    file.write_text("admins: [a, 7]\ntool: rar\nwrong: {a: b}\n")
    values, errors = read_placeholders(file)
    assert values == {"admins": ("a", "7"), "tool": ("rar",)}
    assert [str(error) for error in errors] == [
        "placeholders.yml:3: the placeholder 'wrong' needs a text or a list of at most 10000 texts"
    ]
    assert "プレースホルダー" in errors[0].ja


def test_placeholders_that_make_too_many_values_are_refused() -> None:
    rule = making.sigma_filter({"A|expand": "%many%-%many%"}, name="x").sigma.rule
    with pytest.raises(ValueError, match="more than 10000 combinations"):
        fill(rule, {"many": tuple(str(number) for number in range(101))})
