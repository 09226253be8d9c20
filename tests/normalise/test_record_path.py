import orjson
from hypothesis import given
from hypothesis import strategies as st

from hinomi.normalise.record_path import MOST_LEAVES, Leaf, leaves_of, named, saying, text_at
from tests import make


def test_a_windows_event_is_written_as_people_write_it() -> None:
    leaves = leaves_of(make.record(CommandLine="whoami /all").decode())
    (found,) = named(leaves, ["CommandLine"])
    assert (found.path, found.value) == ("Event.EventData.CommandLine", "whoami /all")
    (provider,) = [leaf for leaf in leaves if leaf.value == "Microsoft-Windows-Sysmon"]
    assert provider.path == "Event.System.Provider.#attributes.Name"


def test_a_name_may_stand_beside_its_value_or_round_it() -> None:
    record = {
        "EventData": {
            "Data": [{"Name": "Image", "text": "a.exe"}, {"#attributes": {"Name": "User"}, "#text": "x"}],
            "EventID": {"#attributes": {"Qualifiers": 0}, "#text": 7},
        }
    }
    leaves = leaves_of(orjson.dumps(record).decode())
    paths = {name: named(leaves, [name])[0].path for name in ("Image", "User", "EventID")}
    assert paths == {
        "Image": "EventData.Data[0].text",
        "User": "EventData.Data[1].#text",
        "EventID": "EventData.EventID.#text",
    }


def test_a_record_within_a_text_has_its_path_behind() -> None:
    inner = orjson.dumps({"Event": {"EventData": {"User": "taro"}}}).decode()
    (found,) = named(leaves_of(orjson.dumps({"case": 1, "raw": inner}).decode()), ["User"])
    assert found.path == "raw → Event.EventData.User"


def test_names_are_looked_for_loosely_and_best_first() -> None:
    leaves = [Leaf("a.Threat Name", "Threat Name", 1), Leaf("b", "other", 2), Leaf("process.pid", "pid", 3)]
    assert [leaf.value for leaf in named(leaves, ["other", "ThreatName"])] == [2, 1]
    assert [leaf.value for leaf in named(leaves, ["process.pid"])] == [3]


def test_an_equal_text_counts_only_where_it_is_no_accident() -> None:
    leaves = [Leaf("a", "a", 1), Leaf("b", "b", "1.2.3.4")]
    assert saying(leaves, "1") is None
    assert saying(leaves, "1.2.3.4") == leaves[1]


def test_what_is_no_json_is_one_value() -> None:
    assert leaves_of("Jan 15 sshd[1]: Failed") == [Leaf("", "", "Jan 15 sshd[1]: Failed")]


def test_a_huge_record_is_bounded() -> None:
    assert len(leaves_of(orjson.dumps(list(range(MOST_LEAVES + 10))).decode())) == MOST_LEAVES


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(_JSON)
def test_any_json_is_taken_apart(value: object) -> None:
    for leaf in leaves_of(orjson.dumps(value).decode()):
        assert isinstance(text_at(leaf), str)
        assert leaf.value is not None
