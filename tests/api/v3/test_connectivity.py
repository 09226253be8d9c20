from hinomi.schema.principal import Role
from tests.api.house import Running


def test_any_valid_key_is_answered(shared: Running) -> None:
    for role in Role:
        reply = shared.key(role).get("/v3.0/healthcheck/connectivity")
        assert reply.json() == {"status": "available"}
