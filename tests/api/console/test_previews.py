import threading
from collections.abc import Iterator

import pytest

from hinomi.api.console.previews import PreviewShape
from hinomi.lake.lake import Lake
from hinomi.operations import preview
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, HIVE_FILTER, MODEL, Running
from tests.api.test_envelope import told

API = "/console/api/content/preview"


def ended(running: Running) -> None:
    """When all previews are over."""
    for job in running.house.previews.jobs._jobs.values():
        assert job.thread is not None
        job.thread.join()


def tried(running: Running, kind: str, text: str, days: int = 30) -> dict[str, object]:
    """The preview at its end."""
    person = running.person()
    job = person.post(API, json={"kind": kind, "text": text, "days": days}).json()["job"]
    ended(running)
    found = person.get(f"{API}/{job}").json()
    PreviewShape.model_validate(found)
    return found  # type: ignore[no-any-return]


def test_a_filter_is_tried_on_what_arrived(shared: Running) -> None:
    found = tried(shared, "filter", HIVE_FILTER.replace("hklm\\\\sam", "sam"))
    assert (found["state"], found["progress"], found["error"]) == ("done", 1.0, None)
    assert (found["read"], found["matched"], found["alerts"]) == (17, ATTACKED, None)
    assert found["perDay"] == [{"day": "2026-01-15", "count": ATTACKED}]
    sample = found["samples"][0]  # type: ignore[index]
    assert sample["endpointName"] == "PC-0"
    assert "objectCmd" in [one["field"] for one in sample["highlights"]]


def test_a_model_is_tried_with_its_rules(shared: Running) -> None:
    found = tried(shared, "model", MODEL)
    assert (found["state"], found["matched"], found["alerts"]) == ("done", ATTACKED, ATTACKED)
    counted = MODEL.replace("type: single", "type: count\n    window: 1h\n    threshold: 2\n    group_by: []")
    found = tried(shared, "model", counted)
    assert (found["matched"], found["alerts"]) == (ATTACKED, 1)
    assert found["perDay"] == [{"day": "2026-01-15", "count": 1}]


def test_what_cannot_be_tried_is_refused(shared: Running) -> None:
    person = shared.person()
    told(person.post(API, json={"kind": "filter", "text": "title: a"}), 400, "BadRequest")
    told(person.post(API, json={"kind": "filter", "text": HIVE_FILTER, "days": 31}), 400, "BadRequest")
    told(person.get(f"{API}/none"), 404, "NotFound")
    told(person.delete(f"{API}/none"), 404, "NotFound")
    told(shared.key(Role.ANALYST).post(API, json={"kind": "filter", "text": HIVE_FILTER}), 403, "AccessDenied")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Previews read nothing until it is set."""
    go = threading.Event()
    read = Lake.records

    def records(*args: object, **more: object) -> object:
        go.wait(60)
        return read(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Lake, "records", records)
    yield go
    go.set()


def test_a_preview_is_stopped_and_few_run_at_once(shared: Running, held: threading.Event) -> None:
    person = shared.person()
    asked = {"kind": "filter", "text": HIVE_FILTER, "days": 1}
    first, second = (person.post(API, json=asked).json()["job"] for _ in range(preview.PER_PERSON))
    told(person.post(API, json=asked), 429, "TooManyRequests")
    assert person.get(f"{API}/{first}").json()["state"] == "running"
    assert person.delete(f"{API}/{first}").status_code == 204
    held.set()
    ended(shared)
    assert person.get(f"{API}/{first}").json()["state"] == "cancelled"
    assert person.get(f"{API}/{second}").json()["state"] == "done"


def test_a_preview_that_takes_too_long_says_so(shared: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MAX_SECONDS", 0.0)
    found = tried(shared, "filter", HIVE_FILTER)
    assert found["state"] == "failed"
    assert found["error"] == {
        "en": "this took too long: try fewer days",
        "ja": "時間がかかりすぎました。日数を減らしてください",
    }


def test_a_preview_is_its_owners(shared: Running) -> None:
    job = shared.person().post(API, json={"kind": "filter", "text": HIVE_FILTER, "days": 1}).json()["job"]
    told(shared.key().get(f"{API}/{job}"), 404, "NotFound")
    ended(shared)
    assert shared.person().delete(f"{API}/{job}").status_code == 204
    told(shared.person().get(f"{API}/{job}"), 404, "NotFound")
