from hinomi.api.console.activities import ActivityShape
from tests.api.house import COMMAND, Running
from tests.api.test_envelope import told

API = "/console/api"


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
        assert found["decoded"] == {}
        assert found["assets"] == {}
    told(person.get(f"{API}/activities/no-such-uuid"), 404, "NotFound")
