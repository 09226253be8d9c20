from hinomi.api.v3.notes import MAX_CONTENT, NoteList, PublicNote
from tests.api.house import Running
from tests.api.test_envelope import told

ALERTS = "/v3.0/workbench/alerts"


def test_notes_are_added_changed_listed_and_deleted(worked: Running) -> None:
    client = worked.key()
    alert = worked.alert_of("PC-3")
    notes = f"{ALERTS}/{alert}/notes"
    assert client.get(notes).json() == {"totalCount": 0, "count": 0, "items": []}
    added = client.post(notes, json={"content": "見ました"})
    assert (added.status_code, added.content) == (201, b"")
    assert added.headers["Location"] == f"{worked.url}{notes}/1"

    got = client.get(added.headers["Location"])
    PublicNote.model_validate(got.json())
    assert got.json()["content"] == "見ました"
    assert got.json()["lastUpdatedBy"] is None
    changed = client.patch(f"{notes}/1", json={"content": "two"}, headers={"If-Match": f'"{got.headers["ETag"]}"'})
    assert changed.status_code == 204
    stale = client.patch(f"{notes}/1", json={"content": "three"}, headers={"If-Match": got.headers["ETag"]})
    told(stale, 412, "ConditionNotMet")
    assert client.get(f"{notes}/1").json()["lastUpdatedBy"]

    for number in range(3):
        client.post(notes, json={"content": f"note {number}"})
    first = client.get(notes, params={"top": 3, "orderBy": "id desc"}).json()
    NoteList.model_validate(first)
    assert [note["id"] for note in first["items"]] == [4, 3, 2]
    last = client.get(first["nextLink"]).json()
    assert [note["id"] for note in last["items"]] == [1]
    assert "nextLink" not in last
    assert client.get(notes, headers={"TMV1-Filter": "id eq '2' or id eq 3"}).json()["totalCount"] == 2
    assert client.get(notes, params={"endDateTime": "2020-01-01T00:00:00Z"}).json()["items"] == []

    deleted = client.post(f"{notes}/delete", json=[{"id": "1"}, {"id": 2}])
    assert (deleted.status_code, deleted.content) == (204, b"")
    told(client.get(f"{notes}/1"), 404, "NotFound")
    assert client.get(notes).json()["totalCount"] == 2
    told(client.post(notes, json={"content": ""}), 400, "BadRequest")
    told(client.post(notes, json={"content": "x" * (MAX_CONTENT + 1)}), 400, "BadRequest")
    told(client.post(f"{ALERTS}/WB-7-20200101-00001/notes", json={"content": "x"}), 404, "NotFound")
    told(client.get(notes, params={"orderBy": "colour"}), 400, "BadRequest")
