"""One sentence, and the right one."""

import pytest

from hinomi.detect.explain import explain
from hinomi.operations.reason import reason_of
from tests.detect import making


@pytest.mark.parametrize(
    ("detection", "row", "en", "ja"),
    [
        ({"A": "x"}, {"A": "x"}, "The condition is met; 1 predicate says yes.", "条件に一致しました"),
        ({"A": "x", "B": "y"}, {"A": "x", "B": "z"}, "Not met: B equals 'y'; found 'z'.", "不一致: B equals 'y'"),
        ({"A": "x"}, {"B": "x"}, "has no such value", "その値はありません"),
        ({"A": ["x", "y"]}, {"A": "z"}, "None of 2 alternatives is met.", "2 件の選択肢"),
        (
            {"one": {"A": "x"}, "not_this": {"B|contains": "ok"}, "condition": "one and not not_this"},
            {"A": "x", "B": "is ok"},
            "An exclusion of the filter holds: B contains 'ok'.",
            "除外条件に該当",
        ),
    ],
)
def test_the_reason(detection: dict[str, object], row: dict[str, object], en: str, ja: str) -> None:
    verdict = explain(making.sigma_filter(detection), making.batch(row), 0)
    reason = reason_of(verdict)
    assert en in reason.en
    assert ja in reason.ja


def test_the_log_source_comes_first() -> None:
    found = making.sigma_filter({"A": "x"}, logsource={"product": "windows", "category": "registry_set"})
    reason = reason_of(explain(found, making.batch({"A": "x"}), 0))
    assert reason.en.startswith("The filter looks at windows/registry_set; this activity is process_creation (")
    assert "対象は windows/registry_set" in reason.ja
