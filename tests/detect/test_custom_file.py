import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.detect.custom_file import read_custom
from hinomi.schema.content import Filter, Model, Severity

FILTER = """title: Tool seen
logsource: {product: windows, category: process_creation}
detection:
  tool: {Image|endswith: '\\tool.exe'}
  condition: tool
"""
MODEL = """name: Tool used
rules:
  - id: seen
    name: The tool was seen
    type: single
    filters: [custom_tool]
"""


def test_a_plain_sigma_rule_is_a_filter() -> None:
    found, errors = read_custom("filter", "custom_tool", FILTER)
    assert errors == []
    assert isinstance(found, Filter)
    assert (found.id, found.origin, found.risk) == ("custom_tool", "custom", Severity.MEDIUM)
    assert found.title.ja == "Tool seen"


def test_a_rule_of_the_community_is_a_filter_with_all_its_keys() -> None:
    text = FILTER + (
        "related: [{id: 0e6b6bd4-6f0e-4a57-9d4f-60cf5a7ac1aa, type: derived}]\nlicense: x\nstatus: deprecated\n"
        "falsepositives: [Unknown]\nlevel: critical\ntags: [attack.t1059, detection.threat-hunting]\n"
    )
    found, errors = read_custom("filter", "custom_tool", text)
    assert errors == []
    assert isinstance(found, Filter)
    assert found.risk is Severity.CRITICAL


def test_a_short_model_is_a_model() -> None:
    found, errors = read_custom("model", "custom_model", MODEL)
    assert errors == []
    assert isinstance(found, Model)
    assert (found.severity, found.products, found.rules[0].name.ja) == (Severity.MEDIUM, (), "The tool was seen")


def test_japanese_given_in_part_is_filled_in() -> None:
    found, errors = read_custom("model", "custom_model", MODEL + "ja: {name: ツールの使用}\n")
    assert errors == []
    assert isinstance(found, Model)
    assert (found.name.ja, found.description.ja) == ("ツールの使用", "Tool used")


@pytest.mark.parametrize(
    ("kind", "text", "line", "column", "said"),
    [
        ("filter", FILTER.replace("condition: tool", "condition: toll"), 5, 3, "toll"),
        ("filter", FILTER + "hinomi: {highlights: [objectCmdd]}\n", 6, 1, "nearest: 'objectCmd'"),
        ("filter", FILTER + "level: huge\n", 6, 1, "level"),
        ("filter", FILTER + "tests:\n  fire: []\n", 7, 3, "unknown key 'fire'; nearest: 'fires'"),
        ("filter", "title: [unclosed", 2, 1, "not valid YAML"),
        ("filter", "", 1, 1, "one filter is wanted"),
        ("filter", FILTER + "---\n" + FILTER, 1, 1, "the text has 2"),
        ("filter", "title: a\n", 1, 1, "logsource"),
        ("model", MODEL.replace("single", "singel"), 5, 5, "nearest: 'single'"),
        ("model", MODEL.replace("rules:", "rulez:"), 2, 1, "nearest: 'rules'"),
        ("model", MODEL.replace("    type: single\n", ""), 3, 5, "type"),
        ("model", "name: a\nrules: 5\n", 2, 1, "rules"),
        ("model", "name: a\nja: 5\nrules: []\n", 2, 1, "ja"),
    ],
)
def test_what_is_wrong_has_its_place(kind: str, text: str, line: int, column: int, said: str) -> None:
    found, errors = read_custom(kind, "custom_x", text)
    assert found is None
    matching = [one for one in errors if said in one.message]
    assert matching, [str(one) for one in errors]
    assert (matching[0].at.line, matching[0].at.column) == (line, column)


def test_a_text_without_end_is_refused() -> None:
    found, errors = read_custom("filter", "custom_x", "a" * (1 << 20) + "b")
    assert found is None
    assert "larger" in errors[0].message


FILTER_KEYS = (
    "title",
    "id",
    "logsource",
    "detection",
    "level",
    "tags",
    "falsepositives",
    "hinomi",
    "tests",
    "date",
    "references",
)
MODEL_KEYS = ("name", "severity", "products", "rules", "ja", "tests", "suppress", "description")
INNER_KEYS = (
    "condition",
    "tool",
    "Image|re",
    "id",
    "type",
    "filters",
    "fires",
    "silent",
    "records",
    "ja",
    "rules",
    "class",
)
ANYTHING = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=8), st.dates()
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(INNER_KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(("kind", "keys", "sound"), [("filter", FILTER_KEYS, FILTER), ("model", MODEL_KEYS, MODEL)])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_written_is_judged(kind: str, keys: tuple[str, ...], sound: str, data: st.DataObject) -> None:
    """A text is used or its errors are told; nothing else happens."""
    changes = data.draw(st.dictionaries(st.sampled_from(keys), ANYTHING, max_size=4))
    text = yaml.safe_dump({**yaml.safe_load(sound), **changes}, allow_unicode=True)
    found, errors = read_custom(kind, "custom_x", text)
    assert (found is None) is bool(errors)
    assert all(one.at.line and one.at.column for one in errors)


@settings(deadline=None)
@given(st.text(alphabet="abc:{}[]&*!|>-#'\"\n \t%", max_size=60))
def test_any_text_is_judged(text: str) -> None:
    for kind in ("filter", "model"):
        found, errors = read_custom(kind, "custom_x", text)
        assert found is None
        assert errors
