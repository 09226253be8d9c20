"""What the kind alone says about a condition."""

from typing import Any

import pytest

from hinomi.detect.log_source import events_of
from tests.detect import making


@pytest.mark.parametrize(
    ("detection", "events"),
    [
        ({"EventID": 1, "A": "x"}, {1}),
        ({"EventID": [1, 2], "A": "x"}, {1, 2}),
        ({"Event ID": "7", "A": "x"}, {7}),
        ({"A": "x"}, None),
        ({"one": {"EventID": 1}, "two": {"A": "x"}, "condition": "one or two"}, None),
        ({"one": {"EventID": 1}, "two": {"EventID": 2, "A": "x"}, "condition": "one or two"}, {1, 2}),
        ({"one": {"EventID": 1}, "two": {"EventID": 2}, "condition": "one and two"}, set()),
        ({"one": {"EventID": 1}, "condition": "not one"}, None),
        ({"one": {"A": "x"}, "two": {"EventID": 1}, "condition": "one and not two"}, None),
        ({"EventID|gt": 1}, None),
        ({"EventID": "46*"}, None),
    ],
)
def test_event_ids_that_a_condition_is_bound_to(detection: dict[str, Any], events: set[int] | None) -> None:
    assert events_of(making.sigma_filter(detection).sigma.condition) == events
