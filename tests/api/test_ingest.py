from hinomi.schema.principal import Role
from hinomi.wire.packing import MAX_BODY_BYTES, pack
from tests import make
from tests.api.house import Running, attack
from tests.api.test_envelope import told

RECORDS, PROGRESS = "/ingest/v1/records", "/ingest/v1/progress"


def test_a_batch_is_kept_and_its_progress_told(worked: Running) -> None:
    client = worked.key(Role.INGESTER)
    kept = worked.house.progress(0)["total"]["kept"]
    body = pack(make.record_batch(attack(50), attack(51)))
    sent = client.post(RECORDS, content=body)
    assert sent.status_code == 200, sent.text
    sequence = sent.json()["sequence"]
    assert client.get(PROGRESS, params={"sequence": sequence}).json()["done"] is False
    worked.house.pipeline.drain()
    after = client.get(PROGRESS, params={"sequence": sequence}).json()
    assert after["done"] is True
    assert after["waiting"] == 0
    assert after["total"]["kept"] == kept + 2
    told(client.post(RECORDS, content=b"no batch"), 400, "BadRequest")
    bomb = pack(make.record_batch(b"0" * (64 << 20)))
    told(client.post(RECORDS, content=bomb), 413, "RequestEntityTooLarge")
    told(client.post(RECORDS, content=b"0" * (MAX_BODY_BYTES + 1)), 413, "RequestEntityTooLarge")
    told(client.get("/v3.0/workbench/alerts"), 403, "AccessDenied")
    told(worked.key(Role.SIEM).post(RECORDS, content=body), 403, "AccessDenied")
