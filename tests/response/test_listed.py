"""What of activities stands on the block list: held against a slow second reading, and as the pipeline's thread uses it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.response.block_object import RISKS, BlockObject
from hinomi.response.listed import PLACES, Listed, ListedValues
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.principal import Role
from tests.make_access import person
from tests.make_response import ASKER, Desk

NOW_MS = 1_790_000_000_000
KIND = ActivityKind("linux", frozenset({"network_connection"}), frozenset(), "", None)
SHA1, SHA256 = "a" * 40, "b" * 64


def batch(*rows: dict[str, Any], projected: bool = False) -> ActivityBatch:
    names = dict.fromkeys(name for row in rows for name in row)
    fields: dict[str, list[Any]] = {name: [row.get(name) for row in rows] for name in names}
    return ActivityBatch(KIND, len(rows), fields, projected=projected)


def marks(objects: list[BlockObject], *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """What each row is marked with."""
    made = batch(*rows)
    Listed(objects).mark([made], NOW_MS)
    return [
        {name: value for name, value in made.row(index).items() if name.startswith("denyList")}
        for index in range(made.length)
    ]


@pytest.mark.parametrize(
    ("type_", "listed", "row", "field", "value"),
    [
        ("ip", "192.0.2.7", {"dst": "192.0.2.7"}, "denyListIp", ["192.0.2.7"]),
        ("ip", "192.0.2.7", {"src": "::ffff:192.0.2.7"}, "denyListIp", ["192.0.2.7"]),
        ("ip", "2001:db8::7", {"objectIps": ["192.0.2.1", "2001:DB8::7"]}, "denyListIp", ["2001:db8::7"]),
        ("domain", "bad.example", {"hostName": "A.Bad.Example."}, "denyListHost", "bad.example"),
        ("domain", "bad.example", {"request": "https://u:p@x.bad.example:8/y"}, "denyListHost", "bad.example"),
        ("url", "https://bad.example/x?q=1", {"request": "HTTPS://bad.example/x?q=1#part"}, "denyListRequest", "https://bad.example/x?q=1"),
        ("fileSha1", SHA1, {"objectFileHashSha1": SHA1.upper()}, "denyListFileHash", SHA1),
        ("fileSha256", SHA256, {"processFileHashSha256": SHA256}, "denyListFileHashSha256", SHA256),
    ],
)  # fmt: skip
def test_a_listed_value_is_marked(type_: str, listed: str, row: dict[str, Any], field: str, value: Any) -> None:
    (found,) = marks([BlockObject(type_, listed)], row)
    assert found == {"denyListType": type_, "denyListRisk": "high", field: value}


@pytest.mark.parametrize(
    ("type_", "listed", "row"),
    [
        ("domain", "bad.example", {"hostName": "notbad.example"}),
        ("domain", "bad.example", {"hostName": "bad.example.org"}),
        ("domain", "bad.example", {"request": "https://good.example/bad.example"}),
        ("domain", "bad.example", {"request": "http://[broken/bad.example"}),
        ("ip", "192.0.2.7", {"dst": "192.0.2.70"}),
        ("url", "https://bad.example/x", {"request": "https://bad.example/xy"}),
        ("url", "https://bad.example/x", {"request": "https://bad.example:99999999/x"}),
        ("fileSha1", SHA1, {"parentFileHashSha1": SHA1}),  # its own start told
        ("senderMailAddress", "a@bad.example", {"request": "a@bad.example"}),
    ],
)
def test_what_only_looks_alike_is_not(type_: str, listed: str, row: dict[str, Any]) -> None:
    assert marks([BlockObject(type_, listed)], row) == [{}]


def test_rows_keep_apart_and_the_highest_risk_is_told() -> None:
    objects = [
        BlockObject("ip", "192.0.2.7", risk="low"),
        BlockObject("ip", "192.0.2.8", risk="medium"),
        BlockObject("domain", "bad.example", risk="high", action="log"),
    ]
    rows = [
        {"src": "192.0.2.7", "dst": "192.0.2.8"},
        {"dst": "192.0.2.9"},
        {"dst": "192.0.2.7", "hostName": "bad.example"},
    ]
    assert marks(objects, *rows) == [
        {"denyListType": "ip", "denyListRisk": "medium", "denyListIp": ["192.0.2.7", "192.0.2.8"]},
        {},
        {"denyListType": "domain", "denyListRisk": "high", "denyListIp": ["192.0.2.7"], "denyListHost": "bad.example"},
    ]


def test_what_has_expired_no_longer_counts() -> None:
    row = {"dst": "192.0.2.7"}
    assert marks([BlockObject("ip", "192.0.2.7", expires_ms=NOW_MS)], row) == [{}]
    assert marks([BlockObject("ip", "192.0.2.7", expires_ms=NOW_MS + 1)], row) != [{}]


def test_a_second_reading_is_left_alone() -> None:
    made = batch({"dst": "192.0.2.7"}, projected=True)
    assert Listed([BlockObject("ip", "192.0.2.7")]).mark([made], NOW_MS) == 0
    assert "denyListIp" not in made.fields


NAMES = st.sampled_from(["bad.example", "a.bad.example", "example", "good.example", "xbad.example", "", None])
ADDRESSES = st.sampled_from(["192.0.2.1", "192.0.2.2", "::1", "", None])
URLS = st.sampled_from(["https://bad.example/x", "https://a.bad.example/", "x", "http://[", "", None])
HASHES = st.sampled_from([SHA1, SHA1.upper(), "c" * 40, "", None])
ROWS = st.lists(
    st.fixed_dictionaries({
        "src": ADDRESSES, "dst": ADDRESSES, "objectIps": st.none() | st.lists(ADDRESSES.filter(bool), max_size=3),
        "hostName": NAMES, "request": URLS, "processFileHashSha1": HASHES, "objectFileHashSha1": HASHES,
    }),
    min_size=1, max_size=6,
)  # fmt: skip
OBJECTS = st.lists(
    st.builds(
        BlockObject,
        st.just("ip"), st.sampled_from(["192.0.2.1", "::1"]), risk=st.sampled_from(RISKS),
    ) | st.builds(BlockObject, st.just("domain"), st.sampled_from(["bad.example", "good.example"]), risk=st.sampled_from(RISKS))
    | st.builds(BlockObject, st.just("url"), st.just("https://bad.example/x"), risk=st.sampled_from(RISKS))
    | st.builds(BlockObject, st.just("fileSha1"), st.just(SHA1), risk=st.sampled_from(RISKS)),
    unique_by=lambda one: one.key, max_size=5,
)  # fmt: skip


@given(OBJECTS, ROWS)
def test_one_object_and_one_row_at_a_time_say_the_same(objects: list[BlockObject], rows: list[dict[str, Any]]) -> None:
    for row, found in zip(rows, marks(objects, *rows), strict=True):
        met = [one for one in objects if names(row, one)]
        assert ("denyListRisk" in found) == bool(met)
        if met:
            assert found["denyListRisk"] == min((one.risk for one in met), key=RISKS.index)
        for one in met:
            told = found[PLACES[one.type][0]]
            assert one.value in told if one.type == "ip" else told in {each.value for each in met}
        assert all(
            found.get(PLACES[one.type][0]) != one.value for one in objects if one not in met and one.type != "ip"
        )


def names(row: dict[str, Any], one: BlockObject) -> bool:
    """The obvious, slow way."""
    values = [row.get(name) for name in PLACES[one.type][1]]
    texts = [text for value in values for text in (value if isinstance(value, list) else [value]) if text]
    if one.type != "domain":
        return any(text.lower() == one.value for text in texts)
    hosts = []
    for text in texts:
        try:
            hosts.append(urlsplit(text).hostname or "" if "//" in text else text)
        except ValueError:
            continue
    return any(host == one.value or host.endswith(f".{one.value}") for host in hosts)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    yield found
    found.close()


def test_the_list_is_followed_and_an_exception_wins(desk: Desk) -> None:
    values = ListedValues(desk.database)
    listed = desk.desk.block_list

    def count() -> int:
        return values.mark([batch({"dst": "192.0.2.7"})], NOW_MS)

    assert count() == 0
    listed.add(ASKER, [{"type": "ip", "value": "192.0.2.7"}])
    assert count() == 1
    listed.add_exception(person("mari", Role.SENIOR_ANALYST), "ip", "192.0.2.7", "our own")
    assert count() == 0
    listed.remove_exception(person("mari", Role.SENIOR_ANALYST), "ip", "192.0.2.7")
    assert count() == 1
    listed.remove(ASKER, [("ip", "192.0.2.7")])
    assert count() == 0
