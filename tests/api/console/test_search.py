"""Search in the console: rows, numbers, files and help while typing, over a real lake."""

import csv
import io

import orjson
import pyarrow.parquet as pq
import pytest

from hinomi.api.console.search import ActivityPage, FieldList, HistoryList
from hinomi.api.console.search_completion import CompletionShape
from hinomi.api.console.search_numbers import (
    CountShape,
    FacetList,
    HistogramShape,
    StackPage,
    bucket_size,
)
from hinomi.schema.activity import FIELDS
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, COMMAND, Running
from tests.api.test_envelope import told

API = "/console/api"
SEARCH = f"{API}/search"
ALL = ATTACKED + 5
DAY = {"from": "2026-01-15", "to": "2026-01-16"}


def test_search_finds_pages_and_counts(shared: Running) -> None:
    person, seen = shared.person(), []
    parameters = {"query": "objectCmd: hklm", "top": "5", "from": "2026-01-15", "to": "2026-01-16"}
    page = person.get(f"{API}/search", params=parameters).json()
    ActivityPage.model_validate(page)
    assert page["totalCount"] == ATTACKED
    while True:
        seen += [row["uuid"] for row in page["items"]]
        if "skipToken" not in page:
            break
        page = person.get(f"{API}/search", params={"top": "5", "skipToken": page["skipToken"]}).json()
    assert len(seen) == len(set(seen)) == ATTACKED


def test_rows_are_exact_in_a_browser(shared: Running) -> None:
    row = shared.person().get(f"{API}/search", params={"query": "endpointHostName: PC-3"}).json()["items"][0]
    assert isinstance(row["objectProcessHashId"], str)
    assert isinstance(row["objectPid"], int)
    assert "rawDataStr" not in row
    again = shared.person().get(f"{API}/search", params={"query": f"objectProcessHashId: {row['objectProcessHashId']}"})
    assert again.json()["totalCount"] == 1


def test_search_without_a_query_is_everything_and_columns_are_chosen(shared: Running) -> None:
    person = shared.person()
    page = person.get(f"{API}/search", params={"columns": "objectCmd"}).json()
    assert page["totalCount"] == ALL
    assert set(page["items"][0]) == {"objectCmd", "uuid", "eventTime"}
    told(person.get(f"{API}/search", params={"columns": "colour"}), 400, "BadRequest")
    wrong = told(person.get(f"{API}/search", params={"query": "objectCmdd: x"}), 400, "BadRequest")
    assert wrong["message"] == "column 1: unknown field 'objectCmdd'; nearest: 'objectCmd'"
    assert wrong["column"] == 1
    assert wrong["text"]["ja"] == "1 文字目: フィールド 'objectCmdd' はありません。近いもの: 'objectCmd'"
    japanese = {"Accept-Language": "ja,en-US;q=0.7"}
    told_in = told(person.get(f"{API}/search", params={"query": "("}, headers=japanese), 400, "BadRequest")
    assert told_in["message"] == "2 文字目: フィールドと値、または語が必要です (ここは 末尾)"
    quoted = person.get(f"{API}/search", params={"query": f'objectCmd: "{COMMAND[:10]}"'}).json()
    assert quoted["totalCount"] == 0


def test_fields_are_listed_with_their_types(shared: Running) -> None:
    found = shared.person().get(f"{API}/search/fields").json()
    FieldList.model_validate(found)
    assert {each["name"] for each in found["items"]} == set(FIELDS)


DATASETS = [
    ("", ALL),
    ("all", ALL),
    ("endpoint", ALL),
    ("ENDPOINT", ALL),
    ("mail", 0),
    ("thirdparty", 0),
    ("detections", ALL),
]


@pytest.mark.parametrize(("dataset", "expected"), DATASETS)
def test_a_data_set_decides_what_is_searched(shared: Running, dataset: str, expected: int) -> None:
    person = shared.person()
    assert person.get(SEARCH, params={"dataset": dataset}).json()["totalCount"] == expected
    counted = person.get(f"{SEARCH}/count", params={"dataset": dataset}).json()
    CountShape.model_validate(counted)
    assert counted == {"count": expected}


def test_an_unknown_data_set_is_told_in_both_languages(shared: Running) -> None:
    wrong = told(shared.person().get(SEARCH, params={"dataset": "phones"}), 400, "BadRequest")
    assert "endpoint" in wrong["text"]["en"]
    assert "データセット" in wrong["text"]["ja"]


def test_detections_are_searched_by_their_own_names_and_keep_their_activity(shared: Running) -> None:
    person, seen = shared.person(), []
    asked = {"dataset": "detections", "query": "filterName: SAM and techniqueId: T1003-002", "top": "5"}
    page = person.get(SEARCH, params=asked).json()
    assert page["totalCount"] == ATTACKED
    while True:
        seen += [row["id"] for row in page["items"]]
        if "skipToken" not in page:
            break
        page = person.get(SEARCH, params={"top": "5", "skipToken": page["skipToken"]}).json()
    assert len(set(seen)) == len(seen) == ATTACKED
    row = page["items"][0]
    assert row["objectCmd"] == COMMAND
    assert row["riskLevel"] == "high"
    assert person.get(f"{API}/activities/{row['uuid']}").status_code == 200
    chosen = person.get(SEARCH, params=asked | {"columns": "filterName"}).json()["items"][0]
    assert set(chosen) == {"id", "uuid", "eventTime", "filterName"}


def test_the_histogram_has_every_row_once(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{SEARCH}/histogram", params=DAY | {"buckets": "48"}).json()
    HistogramShape.model_validate(found)
    assert found["bucketMs"] == 3_600_000
    assert [each["count"] for each in found["items"]] == [ATTACKED, 5]
    assert found["items"][0]["t"] == 1768446000000  # 2026-01-15T03:00Z
    unbounded = person.get(f"{SEARCH}/histogram", params={"buckets": "400"}).json()
    assert sum(each["count"] for each in unbounded["items"]) == ALL
    assert len(unbounded["items"]) > 2
    nothing = person.get(f"{SEARCH}/histogram", params={"query": "objectCmd: nothing-like-it"}).json()
    assert (nothing["from"], nothing["items"]) == (None, [])
    told(person.get(f"{SEARCH}/histogram", params={"buckets": "401"}), 400, "BadRequest")


@pytest.mark.parametrize("span_ms", [1, 999, 61_000, 86_400_000, 30 * 86_400_000, 400 * 366 * 86_400_000])
@pytest.mark.parametrize("wished", [1, 7, 60, 400])
def test_buckets_are_never_more_than_wished(span_ms: int, wished: int) -> None:
    assert span_ms <= bucket_size(span_ms, wished) * wished


def test_facets_tell_the_frequent_and_the_rare(shared: Running) -> None:
    person = shared.person()
    fields = "endpointHostName,objectPid,endpointIp,objectUser"
    found = person.get(f"{SEARCH}/facets", params=DAY | {"fields": fields, "top": "3"}).json()
    FacetList.model_validate(found)
    hosts, pids, addresses, _ = found["items"]
    assert hosts["values"][0] == {"value": "PC-1", "count": 6, "share": 6 / ALL}
    assert [each["count"] for each in hosts["rare"]] == [1, 1, 1]
    assert hosts["distinct"] == ATTACKED
    assert pids["values"][0]["value"] in range(4000, 6000)
    assert addresses == {"field": "endpointIp", "distinct": 0, "absent": ALL, "values": [], "rare": []}
    assert found["sampled"] is False


def test_facets_of_detections(shared: Running) -> None:
    asked = {"dataset": "detections", "fields": "riskLevel,techniqueId,objectPid"}
    risk, technique, pid = shared.person().get(f"{SEARCH}/facets", params=asked).json()["items"]
    assert {each["value"]: each["count"] for each in risk["values"]} == {"high": ATTACKED, "low": 5}
    assert technique["rare"][0] == {"value": "T1033", "count": 5}
    assert isinstance(pid["values"][0]["value"], int)


def test_a_stack_is_paged_rare_first_and_frequent_first(shared: Running) -> None:
    person = shared.person()
    for order in ("rare", "frequent"):
        asked = {"by": "endpointHostName,objectName", "order": order, "top": "4"}
        page, seen = person.get(f"{SEARCH}/stack", params=asked).json(), []
        StackPage.model_validate(page)
        assert page["totalCount"] == ATTACKED + 1
        while True:
            seen += page["items"]
            if "skipToken" not in page:
                break
            page = person.get(f"{SEARCH}/stack", params=asked | {"skipToken": page["skipToken"]}).json()
        counts = [each["count"] for each in seen]
        assert counts == sorted(counts, reverse=order == "frequent")
        assert sum(counts) == ALL
        assert len({tuple(each["values"]) for each in seen}) == ATTACKED + 1
    assert seen[0]["values"] == ["PC-1", "whoami.exe"]
    assert seen[0]["endpoints"] == 1
    assert seen[0]["lastSeen"] - seen[0]["firstSeen"] == 4 * 60_000
    other = person.get(f"{SEARCH}/stack", params={"by": "objectPid", "top": "1"}).json()["skipToken"]
    told(person.get(f"{SEARCH}/stack", params=asked | {"skipToken": other}), 400, "BadRequest")


def test_absent_values_stand_in_a_stack_as_null(shared: Running) -> None:
    found = shared.person().get(f"{SEARCH}/stack", params={"by": "dpt,endpointIp"}).json()
    assert [each["values"] for each in found["items"]] == [[None, None]]
    assert found["items"][0]["count"] == ALL


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        ("facets", {"fields": "colour"}),
        ("facets", {"fields": "rawDataStr"}),
        ("facets", {"fields": ",".join(list(FIELDS)[:13])}),
        ("facets", {}),
        ("stack", {"by": "a,b,c,d"}),
        ("stack", {"by": "endpointHostName", "order": "random"}),
        ("stack", {"by": "endpointHostName) FROM system.tables --"}),
        ("stack", {"by": "endpointHostName", "skipToken": "x"}),
        ("export", {"format": "exe"}),
        ("export", {"limit": "0"}),
        ("count", {"from": "2026-01-16", "to": "2026-01-15"}),
    ],
)
def test_what_cannot_be_asked_is_told(shared: Running, way: str, wrong: dict[str, str]) -> None:
    told(shared.person().get(f"{SEARCH}/{way}", params=wrong), 400, "BadRequest")


def test_a_query_is_checked_while_it_is_typed(shared: Running) -> None:
    person = shared.person()
    assert person.get(f"{SEARCH}/check", params={"query": "objectCmd: x"}).json() == {"isValid": True}
    wrong = person.get(f"{SEARCH}/check", params={"query": "dpt: 1 objectCmdd: x"}).json()
    assert not wrong["isValid"]
    assert (wrong["problem"]["at"], wrong["problem"]["suggestion"]) == (8, "objectCmd")
    assert "objectCmdd" in wrong["problem"]["text"]["en"]
    assert "objectCmdd" in wrong["problem"]["text"]["ja"]


COMPLETIONS = [
    ("objectC", "field", "objectCmd: "),
    ("objectCmd", "operator", "objectCmd: "),
    ("dpt", "operator", "dpt >= "),
    ("objectCmd: x ", "keyword", "and "),
    ("eventId: pro", "value", "PROCESS"),
    ("endpointHostName: pc-1", "value", '"PC-1"'),
    ('endpointHostName: "PC-', "value", '"PC-1"'),
    ("endpointHostName: (PC-2 or pc-1", "value", '"PC-1"'),
]


@pytest.mark.parametrize(("text", "kind", "insert"), COMPLETIONS)
def test_completion_offers_what_may_stand_there(shared: Running, text: str, kind: str, insert: str) -> None:
    found = shared.person().get(f"{SEARCH}/completion", params={"text": text}).json()
    CompletionShape.model_validate(found)
    assert (kind, insert) in {(each["kind"], each["insert"]) for each in found["items"]}
    assert found["to"] == len(text)


def test_what_completion_inserts_can_be_searched(shared: Running) -> None:
    person, text = shared.person(), "objectCmd: SAM"
    found = person.get(f"{SEARCH}/completion", params={"text": text}).json()
    (only,) = [each for each in found["items"] if each["kind"] == "value"]
    assert only["count"] == ATTACKED
    query = text[: found["from"]] + only["insert"] + text[found["to"] :]
    assert person.get(f"{SEARCH}/count", params={"query": query}).json() == {"count": ATTACKED}


def export(shared: Running, **asked: str) -> tuple[bytes, int]:
    reply = shared.person().get(f"{SEARCH}/export", params=asked)
    assert reply.status_code == 200, reply.text
    assert f".{asked['format']}" in reply.headers["content-disposition"]
    return reply.content, int(reply.headers["hinomi-rows"])


def test_an_export_has_every_row_in_three_forms(shared: Running) -> None:
    asked = {"columns": "eventTime,endpointHostName,objectPid,objectCmd", "query": "objectCmd: *"}
    text, rows = export(shared, format="csv", **asked)
    table = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(table) == rows == ALL
    lines, _ = export(shared, format="ndjson", **asked)
    read = [orjson.loads(line) for line in lines.splitlines()]
    packed, _ = export(shared, format="parquet", **asked)
    assert pq.read_table(io.BytesIO(packed)).to_pylist() == read
    assert [row["objectPid"] for row in table] == [str(row["objectPid"]) for row in read]
    assert list(table[0]) == asked["columns"].split(",")
    assert export(shared, format="ndjson", limit="3")[0].count(b"\n") == 3


def test_detections_are_exported_too(shared: Running) -> None:
    packed, rows = export(shared, format="parquet", dataset="detections")
    table = pq.read_table(io.BytesIO(packed)).to_pylist()
    assert len(table) == rows == ALL
    assert {row["filterId"] for row in table} == {"sam_hive_saved", "whoami_run"}
    assert all(row["techniqueId"] for row in table)


def test_an_empty_export_is_a_whole_file(shared: Running) -> None:
    packed, rows = export(shared, format="parquet", query="objectCmd: nothing-like-it")
    assert rows == pq.read_table(io.BytesIO(packed)).num_rows == 0


def test_history_is_the_callers_own_and_can_be_forgotten(shared: Running) -> None:
    person, other = shared.new_person(Role.ANALYST), shared.new_person(Role.ANALYST)
    for query in ("objectCmd: hklm", "objectCmd: whoami", "objectCmd: hklm"):
        person.get(SEARCH, params=DAY | {"query": query})
    found = person.get(f"{SEARCH}/history").json()
    HistoryList.model_validate(found)
    assert [(each["query"], each["rows"]) for each in found["items"]] == [
        ("objectCmd: hklm", ATTACKED),
        ("objectCmd: whoami", 5),
    ]
    assert found["items"][0]["from"] == "2026-01-15T00:00:00.000Z"
    assert other.get(f"{SEARCH}/history").json()["items"] == []
    assert person.delete(f"{SEARCH}/history").status_code == 204
    assert person.get(f"{SEARCH}/history").json()["items"] == []


def test_history_remembers_counts_and_stacks_by_the_rows_they_found(shared: Running) -> None:
    person = shared.new_person(Role.ANALYST)
    assert person.get(f"{SEARCH}/count", params=DAY | {"query": "objectCmd: whoami"}).json() == {"count": 5}
    stacked = person.get(f"{SEARCH}/stack", params=DAY | {"query": "objectCmd: hklm", "by": "endpointHostName"})
    assert stacked.status_code == 200
    found = person.get(f"{SEARCH}/history").json()["items"]
    assert [(each["query"], each["rows"]) for each in found] == [
        ("objectCmd: hklm", ATTACKED),
        ("objectCmd: whoami", 5),
    ]


def test_searches_stand_in_the_audit_log(shared: Running) -> None:
    query = "objectCmd: audited-words"
    shared.person().get(SEARCH, params={"query": query})
    shared.person().get(f"{SEARCH}/stack", params={"query": query, "by": "dpt"})
    export(shared, format="csv", query=query)
    rows = shared.house.access.audit.search(text="audited-words").items
    assert {row.details["way"] for row in rows} == {"rows", "stack", "export"}
    assert {row.action for row in rows} == {"search.run"}
