import pytest

from hinomi.api.console.hunts import (
    CheckPointList,
    CheckPointShape,
    DayCheckList,
    MadeFilter,
    SavedQueryList,
    SavedQueryShape,
)
from hinomi.hunt import watch_list
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

API = "/console/api/hunts"
HIVES = {"name": "Hives saved", "query": "objectCmd: hklm", "dataset": "endpoint", "techniques": ["T1003.002"]}


def save(running: Running, **changes: object) -> SavedQueryShape:
    reply = running.person().post(f"{API}/queries", json=HIVES | changes)
    assert reply.status_code == 201, reply.text
    return SavedQueryShape.model_validate(reply.json())


def test_the_trip_of_a_watched_query(shared: Running) -> None:
    person, made = shared.person(), save(shared)
    watch = {"everyMinutes": 5, "lookbackMinutes": 60, "isActive": True}
    told_watch = person.put(f"{API}/queries/{made.id}/watch", json=watch).json()["watch"]
    assert told_watch["everyMinutes"] == 5
    shared.house.hunt.watches.work()  # the house of these tests is not started: nobody else runs what is due
    points = CheckPointList.model_validate(person.get(f"{API}/checkpoints").json()).items
    (point,) = [one for one in points if one.query_id == made.id]
    assert (point.count, point.state, len(point.sample)) == (ATTACKED, "open", 5)
    assert isinstance(point.sample[0]["objectProcessHashId"], str)
    listed = SavedQueryList.model_validate(person.get(f"{API}/queries").json()).items
    assert [one.open for one in listed if one.id == made.id] == [1]

    today = {one.id: one for one in DayCheckList.model_validate(person.get(f"{API}/today").json()).items}
    assert today["workbench"].count == ATTACKED
    assert today[f"query-{made.id}"].count == 1
    assert person.post(f"{API}/today/query-{made.id}/done").status_code == 204
    assert person.get(f"{API}/today").json()["items"][-1]["state"] == "done"

    done = person.post(f"{API}/checkpoints/{point.id}/done", json={"note": "a test"}).json()
    assert CheckPointShape.model_validate(done).note == "a test"
    assert person.get(f"{API}/queries/{made.id}").json()["open"] == 0
    assert person.post(f"{API}/checkpoints/{point.id}/reopen").json()["state"] == "open"
    assert person.delete(f"{API}/queries/{made.id}/watch").status_code == 204
    assert person.delete(f"{API}/queries/{made.id}").status_code == 204
    told(person.get(f"{API}/queries/{made.id}"), 404, "NotFound")


def test_why_a_watch_failed_is_told_in_both_languages(shared: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_list, "MAX_RESULTS", 1)
    person, made = shared.person(), save(shared)
    person.put(f"{API}/queries/{made.id}/watch", json={"everyMinutes": 5, "lookbackMinutes": 60, "isActive": True})
    shared.house.hunt.watches.work()
    (watch,) = [one["watch"] for one in person.get(f"{API}/queries").json()["items"] if one["id"] == made.id]
    assert watch["lastError"]["en"].startswith("more than 1 new results")
    assert watch["lastError"]["ja"].startswith("新しい結果が 1 件を超えました")
    assert person.delete(f"{API}/queries/{made.id}").status_code == 204


def test_a_wrong_query_is_told_with_its_column(shared: Running) -> None:
    wrong = told(shared.person().post(f"{API}/queries", json=HIVES | {"query": "a objectCmdd: x"}), 400, "BadRequest")
    assert wrong["column"] == 3


def test_a_query_becomes_a_filter_in_one_step(worked: Running) -> None:
    made = save(worked, query='processName: "whoami.exe" and objectCmd: *odd-flag*')
    wish = {"name": {"en": "Odd whoami", "ja": "不審な whoami"}, "risk": "high"}
    reply = worked.person().post(f"{API}/queries/{made.id}/filter", json=wish)
    assert reply.status_code == 201, reply.text
    found = MadeFilter.model_validate(reply.json())
    assert (found.id, found.enabled) == ("custom_odd_whoami", False)
    piece = worked.house.book.piece("filter", found.id)
    assert piece.errors == ()
    assert "attack.t1003.002" in found.text
    told(worked.key(Role.ANALYST).post(f"{API}/queries/{made.id}/filter", json=wish), 403, "AccessDenied")
    again = told(
        worked.person().post(f"{API}/queries/{save(worked, query='*').id}/filter", json=wish), 400, "BadRequest"
    )
    assert "everything" in again["message"]


def test_who_may_not(shared: Running) -> None:
    made = save(shared)
    siem = shared.key(Role.SIEM)
    assert siem.get(f"{API}/queries").status_code == 200
    told(siem.post(f"{API}/queries", json=HIVES), 403, "AccessDenied")
    told(siem.put(f"{API}/queries/{made.id}/watch", json={}), 403, "AccessDenied")
    told(siem.post(f"{API}/today/workbench/done"), 403, "AccessDenied")
    told(shared.key(Role.INGESTER).get(f"{API}/checkpoints"), 403, "AccessDenied")
    shared.person().delete(f"{API}/queries/{made.id}")
