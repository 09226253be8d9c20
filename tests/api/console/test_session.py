import httpx

from hinomi.api.console.session import Session
from hinomi.schema.principal import COMMAND_LINE, Role
from tests.api.house import PASSWORD, Running
from tests.api.test_envelope import told

API = "/console/api"


def test_a_person_logs_in_and_out(shared: Running) -> None:
    shared.house.access.users.create(COMMAND_LINE, "hana", Role.ANALYST, PASSWORD)
    client = shared.client()
    told(client.get(f"{API}/session"), 401, "Unauthorized")
    told(client.post(f"{API}/login", json={"user": "hana", "password": "wrong"}), 401, "Unauthorized")
    session = client.post(f"{API}/login", json={"user": "hana", "password": PASSWORD})
    Session.model_validate(session.json())
    assert session.json()["org"] == "7"
    assert session.json()["user"]["permissions"] == ["investigate", "view"]
    assert client.get(f"{API}/session").json() == session.json()
    told(client.post(f"{API}/logout"), 403, "AccessDenied")
    assert client.post(f"{API}/logout", headers={"X-CSRF-Token": session.json()["csrf"]}).status_code == 204
    told(client.get(f"{API}/session"), 401, "Unauthorized")


def test_guessing_is_slowed_down(shared: Running) -> None:
    client = shared.client()
    replies: list[httpx.Response] = []
    while not replies or (replies[-1].status_code == 401 and len(replies) < 20):
        replies.append(client.post(f"{API}/login", json={"user": "guessed", "password": "x"}))
    told(replies[-1], 429, "TooManyRequests")
    assert int(replies[-1].headers["Retry-After"]) > 0


def test_a_person_changes_language_theme_and_password(shared: Running) -> None:
    person = shared.new_person()
    changed = person.patch(f"{API}/me", json={"language": "ja", "theme": "dark"}).json()["user"]
    assert (changed["language"], changed["theme"]) == ("ja", "dark")
    told(person.patch(f"{API}/me", json={"language": "xx"}), 400, "BadRequest")
    told(person.post(f"{API}/me/password", json={"old": "x", "new": "ame-yuki-kaze-12"}), 403, "AccessDenied")
    assert person.post(f"{API}/me/password", json={"old": PASSWORD, "new": "ame-yuki-kaze-12"}).status_code == 204
    assert person.get(f"{API}/session").status_code == 200
