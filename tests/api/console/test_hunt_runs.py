from hinomi.api.console.hunt_runs import ReportShape, RunDetail, RunList
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

API = "/console/api/hunts"
REPORT = "T1003.002 was used; C2 evil[.]bad-zone[.]ru and 198.51.100[.]9; SHA1 DA39A3EE5E6B4B0D3255BFEF95601890AFD80701"


def test_a_report_is_shown_before_it_is_run(shared: Running) -> None:
    reply = shared.person().post(f"{API}/report", json={"text": REPORT})
    found = ReportShape.model_validate(reply.json())
    assert [(one.kind, one.value) for one in found.indicators][:2] == [
        ("domain", "evil.bad-zone.ru"),
        ("ip", "198.51.100.9"),
    ]
    assert found.indicators[0].as_written == "evil[.]bad-zone[.]ru"
    assert [(one.id, one.name) for one in found.techniques] == [("T1003.002", "Security Account Manager")]


def test_a_hunt_is_run_shown_and_kept(shared: Running) -> None:
    person = shared.person()
    sent = {"kind": "report", "text": REPORT, "from": "2026-01-15T00:00:00Z", "to": "2026-01-15T23:59:59Z"}
    reply = person.post(f"{API}/runs", json=sent)
    assert reply.status_code == 202, reply.text
    id_ = reply.json()["id"]
    (job,) = [job for job in shared.house.hunts.jobs._jobs.values() if job.id == id_]
    assert job.thread is not None
    job.thread.join(60)
    run = RunDetail.model_validate(person.get(f"{API}/runs/{id_}").json())
    assert (run.state, run.error) == ("done", None)
    assert (run.from_, run.to) == ("2026-01-15T00:00:00.000Z", "2026-01-15T23:59:59.999Z")
    parts = {(one.kind, one.id): one for one in run.parts}
    hit = parts["filter", "sam_hive_saved"]
    assert (hit.count, hit.endpoints, hit.link) == (ATTACKED, ATTACKED, "/filters/sam_hive_saved")
    assert len(run.indicators) == 3
    listed = RunList.model_validate(person.get(f"{API}/runs").json()).items
    assert listed[0].id == id_
    assert person.delete(f"{API}/runs/{id_}").status_code == 204


def test_what_is_refused(shared: Running) -> None:
    person = shared.person()
    told(person.post(f"{API}/runs", json={"kind": "moon"}), 400, "BadRequest")
    told(person.post(f"{API}/runs", json={"kind": "technique", "technique": "T9999"}), 404, "NotFound")
    told(person.post(f"{API}/runs", json={"kind": "report", "text": "nothing"}), 400, "BadRequest")
    told(person.get(f"{API}/runs/none"), 404, "NotFound")
    told(
        shared.key(Role.SIEM).post(f"{API}/runs", json={"kind": "technique", "technique": "T1003"}), 403, "AccessDenied"
    )
