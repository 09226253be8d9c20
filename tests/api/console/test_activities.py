from hinomi.api.console.activities import ActivityPage, ActivityShape, FieldList
from hinomi.schema.activity import FIELDS
from tests.api.house import ATTACKED, COMMAND, Running
from tests.api.test_envelope import told

API = "/console/api"


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
    assert page["totalCount"] == ATTACKED + 5
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


def test_an_activity_is_shown_beside_its_record(shared: Running) -> None:
    person = shared.person()
    row = person.get(f"{API}/search", params={"query": "endpointHostName: PC-3"}).json()["items"][0]
    for parameters in ({"time": str(row["eventTime"])}, {}):
        found = person.get(f"{API}/activities/{row['uuid']}", params=parameters).json()
        ActivityShape.model_validate(found)
        assert found["fields"]["objectCmd"] == COMMAND
        assert found["record"]["Event"]["EventData"]["CommandLine"] == COMMAND
        assert found["recordFile"] == "made.jsonl"
        assert found["recordNumber"] == 4
    told(person.get(f"{API}/activities/no-such-uuid"), 404, "NotFound")
