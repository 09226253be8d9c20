from dataclasses import replace

import httpx

from hinomi.api.probes import Alive, Ready
from hinomi.api.server import create_app
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, Running, served


def test_the_probes_answer_without_a_key(shared: Running) -> None:
    client = shared.client()
    Alive.model_validate(client.get("/healthz").json())
    ready = client.get("/readyz")
    Ready.model_validate(ready.json())
    assert (ready.status_code, ready.json()["reasons"]) == (200, [])


def test_a_server_that_cannot_take_work_says_why(shared: Running) -> None:
    full = replace(shared.api, unready=lambda: ["disk: 1 MiB left"])
    with served(create_app(full)) as url:
        reply = httpx.get(f"{url}/readyz", trust_env=False)
    assert reply.status_code == 503
    assert reply.json() == {"status": "unready", "reasons": ["disk: 1 MiB left"]}


def test_the_numbers_are_for_this_machine_and_for_keys(shared: Running) -> None:
    client = shared.client()
    client.get("/healthz")
    text = client.get("/metrics").text
    assert f'hinomi_detections{{risk="high"}} {float(ATTACKED)}' in text
    assert f'hinomi_alerts_open{{severity="high"}} {float(ATTACKED)}' in text
    assert f"hinomi_activities {float(ATTACKED + 5)}" in text
    assert "hinomi_spool_waiting 0.0" in text
    assert "hinomi_correlation_evicted 0.0" in text
    assert 'hinomi_request_seconds_count{method="GET",route="/healthz",status="200"}' in text
    relayed = {"X-Forwarded-For": "203.0.113.9"}
    assert client.get("/metrics", headers=relayed).status_code == 401
    assert shared.key(Role.SIEM).get("/metrics", headers=relayed).status_code == 200
    assert shared.key(Role.INGESTER).get("/metrics", headers=relayed).status_code == 403
