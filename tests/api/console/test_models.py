from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.api.console.content_whole import Loaded, WholeFunnel
from hinomi.api.console.models import ModelList, ModelShape
from hinomi.schema.alert import AlertQuery
from hinomi.schema.principal import Role
from tests import make
from tests.api.house import ATTACKED, Running, attack, running
from tests.api.test_envelope import told

API = "/console/api"
MODEL = f"{API}/models/credential_dumping_registry"


def test_models_are_shown(shared: Running) -> None:
    person = shared.person()
    found = person.get(f"{API}/models").json()
    ModelList.model_validate(found)
    model = found["items"][0]
    assert model["available"] is True
    assert model["unavailable"] is None
    assert [need["seen"] for need in model["needs"]] == [True, False]
    assert model["alertCount"] == ATTACKED
    assert model["rules"][0]["filters"][0]["id"] == "sam_hive_saved"
    assert (model["origin"], model["edited"], model["conflict"], model["enabled"]) == ("shipped", False, False, True)
    assert model["proof"] == {"state": "green", "failures": []}
    told(person.get(f"{API}/models/none"), 404, "NotFound")


def test_a_model_has_its_text(shared: Running) -> None:
    person = shared.person()
    shown = person.get(MODEL).json()
    ModelShape.model_validate(shown)
    assert shown["text"].strip().startswith("name: Credential Dumping via Registry")
    assert shown["version"] == 0
    assert shown["severity"] == shown["defaultSeverity"] == "high"


def test_the_funnel_counts_from_records_to_alerts(shared: Running) -> None:
    person = shared.person()
    whole = person.get(f"{API}/content/funnel").json()
    WholeFunnel.model_validate(whole)
    assert (whole["records"], whole["filterHits"], whole["ruleHits"], whole["alerts"]) == (17, 17, ATTACKED, ATTACKED)
    assert whole["models"][0]["filterHits"] == ATTACKED
    day = {"from": "2026-01-16T00:00:00Z", "to": "2026-01-17T00:00:00Z"}
    empty = person.get(f"{API}/content/funnel", params=day).json()
    assert (empty["records"], empty["filterHits"], empty["ruleHits"], empty["alerts"]) == (0, 0, 0, 0)
    told(person.get(f"{API}/content/funnel", params={"from": "soon"}), 400, "BadRequest")


def test_a_model_is_switched_off_and_on(worked: Running) -> None:
    person = worked.person()
    off = person.patch(MODEL, json={"enabled": False}).json()
    ModelShape.model_validate(off)
    assert off["enabled"] is False
    assert off["updatedBy"]
    assert person.get(MODEL).json()["enabled"] is False
    assert person.patch(MODEL, json={"enabled": True}).json()["enabled"] is True
    told(person.patch(f"{API}/models/none", json={"enabled": True}), 404, "NotFound")
    told(person.patch(MODEL, json={"enabled": "maybe"}), 400, "BadRequest")
    said = person.get(f"{API}/audit", params={"search": "content.switch credential"}).json()["items"]
    assert [entry["details"] for entry in said[:2]] == [{"enabled": True}, {"enabled": False}]


def test_severity_and_rules_are_set_and_taken_back(worked: Running) -> None:
    person = worked.person()
    changed = person.patch(MODEL, json={"severity": "low", "rules": {"hive_saved": False}}).json()
    assert (changed["severity"], changed["defaultSeverity"]) == ("low", "high")
    assert [rule["enabled"] for rule in changed["rules"]] == [False]
    assert changed["enabled"] is True
    told(person.patch(MODEL, json={"severity": "info"}), 400, "BadRequest")
    told(person.patch(MODEL, json={"rules": {"none": False}}), 400, "BadRequest")
    back = person.patch(MODEL, json={"severity": None, "rules": {"hive_saved": True}}).json()
    assert (back["severity"], back["rules"][0]["enabled"]) == ("high", True)


def test_precision_is_over_closed_alerts(worked: Running) -> None:
    person = worked.person()
    before = person.get(MODEL).json()["precision"]  # others of this house close alerts too
    for machine, found in (("PC-9", "True Positive"), ("PC-10", "False Positive"), ("PC-11", "Benign True Positive")):
        alert = worked.alert_of(machine)
        change = {"status": "Closed", "investigationResult": found, "reason": "looked into"}
        assert person.patch(f"{API}/workbench/alerts/{alert}", json=change).status_code == 200
    precision = person.get(MODEL).json()["precision"]
    gained = {name: precision[name] - before[name] for name in ("closed", "truePositives", "falsePositives")}
    assert gained == {"closed": 3, "truePositives": 2, "falsePositives": 1}
    assert precision["ratio"] == precision["truePositives"] / precision["closed"]


def test_content_is_read_again(worked: Running) -> None:
    loaded = worked.person().post(f"{API}/content/reload").json()
    Loaded.model_validate(loaded)
    assert loaded["models"] >= 1
    assert loaded["problems"] == []


def test_only_who_may_change_content_does(worked: Running) -> None:
    analyst = worked.key(Role.ANALYST)
    assert analyst.get(MODEL).status_code == 200
    told(analyst.patch(MODEL, json={"enabled": False}), 403, "AccessDenied")
    told(analyst.post(f"{API}/content/reload"), 403, "AccessDenied")
    told(worked.client().get(MODEL), 401, "Unauthorized")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Running]:
    """A house for one test: others count the alerts of theirs."""
    with running(tmp_path) as found:
        yield found


def test_switches_and_grades_count_from_the_next_batch_on(own: Running) -> None:
    person, house = own.person(), own.house

    def attacked(number: int) -> list[str]:
        """Severities of the alerts that an attack on a new machine raises."""
        house.append(make.record_batch(attack(number)))
        house.pipeline.drain()
        found = house.workbench.page(AlertQuery(entity=f"PC-{number}"))
        return [str(row.severity) for row in found.items]

    path = f"{API}/filters/sam_hive_saved"
    person.patch(MODEL, json={"severity": "low"})
    assert attacked(40) == ["low"]
    person.patch(MODEL, json={"severity": None, "rules": {"hive_saved": False}})
    assert attacked(41) == []
    person.patch(MODEL, json={"rules": {"hive_saved": True}, "enabled": False})
    assert attacked(42) == []
    person.patch(MODEL, json={"enabled": True})
    person.patch(path, json={"enabled": False})
    hits = person.get(path).json()["hits"]
    assert attacked(43) == []
    assert person.get(path).json()["hits"] == hits
    person.patch(path, json={"enabled": True, "risk": "critical"})
    assert attacked(44) == ["high"]
    newest = person.get(f"{API}/detections", params={"endpoint": "PC-44"}).json()["items"]
    assert [one["risk"] for one in newest] == ["critical"]
    person.patch(path, json={"risk": None})
