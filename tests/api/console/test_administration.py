from hinomi.api.console.administration import (
    AuditPage,
    NewTokenShape,
    NewUserShape,
    StatusShape,
    TokenList,
    UserList,
    UserShape,
)
from hinomi.schema.principal import Role
from tests.api.house import ATTACKED, PASSWORD, Running
from tests.api.test_envelope import told

API = "/console/api"


def test_users_are_made_changed_and_removed(shared: Running) -> None:
    admin = shared.person(Role.ADMINISTRATOR)
    made = admin.post(f"{API}/users", json={"name": "new-user", "role": "analyst"})
    NewUserShape.model_validate(made.json())
    assert made.status_code == 201
    assert made.json()["password"]
    given = admin.post(f"{API}/users", json={"name": "other-user", "role": "analyst", "password": PASSWORD})
    assert "password" not in given.json()
    changed = admin.patch(f"{API}/users/new-user", json={"role": "auditor", "enabled": False}).json()
    UserShape.model_validate(changed)
    assert (changed["role"], changed["enabled"]) == ("auditor", False)
    listed = admin.get(f"{API}/users").json()
    UserList.model_validate(listed)
    assert "new-user" in {user["name"] for user in listed["items"]}
    assert admin.delete(f"{API}/users/new-user").status_code == 204
    told(admin.delete(f"{API}/users/new-user"), 404, "NotFound")
    told(admin.post(f"{API}/users", json={"name": "x", "role": "king"}), 400, "BadRequest")


def test_a_token_opens_the_public_api_until_it_is_removed(shared: Running) -> None:
    admin = shared.person(Role.ADMINISTRATOR)
    made = admin.post(f"{API}/tokens", json={"name": "collector", "role": "siem", "expiresInDays": 45})
    NewTokenShape.model_validate(made.json())
    program = shared.client(Authorization=f"Bearer {made.json()['token']}")
    assert program.get("/v3.0/workbench/alerts").status_code == 200
    listed = admin.get(f"{API}/tokens").json()
    TokenList.model_validate(listed)
    assert all("token" not in token for token in listed["items"])
    assert admin.delete(f"{API}/tokens/{made.json()['id']}").status_code == 204
    assert program.get("/v3.0/workbench/alerts").status_code == 401


def test_the_audit_log_tells_who_changed_what(shared: Running) -> None:
    admin = shared.person(Role.ADMINISTRATOR)
    admin.post(f"{API}/users", json={"name": "audited", "role": "analyst"})
    found = admin.get(f"{API}/audit", params={"search": "audited", "top": "1"}).json()
    AuditPage.model_validate(found)
    assert found["items"][0]["action"] == "user.create"
    assert found["items"][0]["address"] == "127.0.0.1"
    first = admin.get(f"{API}/audit", params={"top": "1"}).json()
    second = admin.get(f"{API}/audit", params={"top": "1", "skipToken": first["skipToken"]}).json()
    assert second["items"][0]["id"] == first["items"][0]["id"] - 1
    assert shared.person(Role.AUDITOR).get(f"{API}/audit").status_code == 200


def test_the_status_has_the_numbers(shared: Running) -> None:
    found = shared.person().get(f"{API}/status").json()
    StatusShape.model_validate(found)
    assert found["activities"] == ATTACKED + 5
    assert found["alerts"] == ATTACKED
    assert found["spool"] == {"waiting": 0}
