import pytest

from hinomi.operations.wanted import wanted_text


@pytest.mark.parametrize(
    ("operator", "value", "text"),
    [
        ("contains", "a b", "a b"),
        ("glob", ("a", 0, "b", 1), "a*b?"),
        ("re", ("x+", "i"), "/x+/i"),
        ("field", ("User", "equals"), "equals User"),
        ("time part", ("hour", 3), "hour 3"),
        ("null", None, ""),
        ("exists", True, "true"),
        ("number", 5, "5"),
    ],
)
def test_as_people_write_it(operator: str, value: object, text: str) -> None:
    assert wanted_text(operator, value) == text
