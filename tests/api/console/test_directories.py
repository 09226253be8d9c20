from hinomi.schema.principal import Role
from tests.api.house import Running

WISH = {
    "name": "corp",
    "kind": "openldap",
    "settings": {"host": "ldap.example.com", "base": "dc=example,dc=com", "bind_dn": "cn=hinomi,dc=example,dc=com"},
    "password": "hush-hush",
}


def test_a_directory_is_connected_listed_without_secret_and_forgotten(shared: Running) -> None:
    administrator = shared.key(Role.ADMINISTRATOR)
    assert shared.key().post("/console/api/directories", json=WISH).status_code == 403
    assert administrator.post("/console/api/directories", json=WISH).status_code == 201
    listed = shared.key().get("/console/api/directories")
    assert listed.json()["items"][0]["baseDn"] == "dc=example,dc=com"
    assert "hush" not in listed.text
    assert administrator.post("/console/api/directories", json=WISH | {"name": "x y"}).status_code == 400
    plain = WISH | {"name": "plain", "settings": {**WISH["settings"], "security": "none"}}  # type: ignore[dict-item]
    assert administrator.post("/console/api/directories", json=plain).status_code == 400
    assert administrator.delete("/console/api/directories/corp").status_code == 204
    assert administrator.delete("/console/api/directories/corp").status_code == 404
